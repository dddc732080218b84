import { Worker } from 'node:worker_threads'
import type { Chunk } from '../types/chunk.ts'
import { AssertionError } from '../types/error.ts'
import type { DeclaredTable, ExecutorPort, SealedEpoch } from './engine-contract.ts'
import { ownedChunk } from './owned-chunk.ts'
import { epochBy, packedBuffers, packedChunk, unpackedChunk } from './packed-chunk.ts'
import type { Method } from './port.ts'
import { errorOf, type Reply, type Request, type ThreadSetup } from './thread-messages.ts'

/** The engine in a thread of its own. Chunks given to it are copied tight and moved, not cloned. */
export function threadPort(
  setup: ThreadSetup,
  onFatal: (error: unknown) => void,
  onFull: () => void,
): ExecutorPort {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup })
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>()
  let nextId = 1
  let closed = false

  const failAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('message', (reply: Reply) => {
    const error = reply.error === undefined ? undefined : errorOf(reply.error)
    if (reply.full === true) return onFull()
    if (reply.id === undefined) return onFatal(error)
    const waiter = waiting.get(reply.id)
    waiting.delete(reply.id)
    if (error === undefined) waiter?.resolve(reply.result)
    else {
      if (error instanceof AssertionError) onFatal(error)
      waiter?.reject(error)
    }
  })
  worker.on('error', error => {
    failAll(error as Error)
    onFatal(error)
  })
  worker.on('exit', code => {
    const error = new AssertionError(`the executor thread ended with code ${code}`)
    failAll(error)
    if (!closed) onFatal(error)
  })

  function call<R>(method: Method, args: readonly unknown[], moved: readonly ArrayBuffer[] = []): Promise<R> {
    if (closed) return Promise.reject(new AssertionError('the executor is closed'))
    const id = nextId++
    const request: Request = { id, method, args }
    worker.postMessage(request, [...moved])
    return new Promise<R>((resolve, reject) => {
      waiting.set(id, { resolve: value => resolve(value as R), reject })
    })
  }

  function callWith(method: Method, chunk: Chunk, args: (owned: Chunk) => readonly unknown[]): Promise<void> {
    const owned = packedChunk(chunk.owned === true ? chunk : ownedChunk(chunk))
    return call<void>(method, args(owned), packedBuffers([owned]))
  }

  return {
    add: jobs => call<readonly DeclaredTable[]>('add', [jobs]),
    replace: job => call<readonly DeclaredTable[]>('replace', [job]),
    revise: job => call<readonly DeclaredTable[]>('revise', [job]),
    attach: relation => call<void>('attach', [relation]),
    drop: relations => call<void>('drop', [relations]),
    load(rows, expected) {
      const stored = new Uint8Array(rows.stored)
      return call<void>('load', [{ ...rows, stored }, expected], [stored.buffer])
    },
    restored: () => call<void>('restored', []),
    push: (relation, chunk, offsets) => callWith('push', chunk, owned => [relation, owned, offsets]),
    pushInput: (relation, node, chunk) => callWith('pushInput', chunk, owned => [relation, node, owned]),
    openInput: (relation, node, position) => call<void>('openInput', [relation, node, position]),
    pushCatchUp: (relation, source, chunk, offsets) =>
      chunk === undefined
        ? call<void>('pushCatchUp', [relation, source, undefined, offsets])
        : callWith('pushCatchUp', chunk, owned => [relation, source, owned, offsets]),
    catchUp: generator => call<void>('catchUp', [generator]),
    rateLimit: (relation, rowsPerSecond) => call<void>('rateLimit', [relation, rowsPerSecond]),
    retain: (relation, keepMs) => call<void>('retain', [relation, keepMs]),
    hold: on => call<void>('hold', [on]),
    barrier: async epoch => epochBy(await call<SealedEpoch>('barrier', [epoch]), unpackedChunk),
    async close() {
      closed = true
      await worker.terminate()
    },
  }
}
