import { parentPort, workerData } from 'node:worker_threads'
import type { Connector } from '../types/connector.ts'
import { assert, unreachable } from '../types/error.ts'
import type { Engine } from './engine.ts'
import type { ExecutorPort, SealedEpoch } from './engine-contract.ts'
import { realHost } from './host.ts'
import { epochBy, isPackedChunk, packedBuffers, packedChunk, unpackedChunk } from './packed-chunk.ts'
import { makeEngine } from './port.ts'
import { errorData, type Reply, type Request, type ThreadSetup } from './thread-messages.ts'

/** The executor thread: requests in order; between them generators run one chunk at a time. */
const port = parentPort
assert(port !== null, 'worker.ts runs as a thread')
const setup = workerData as ThreadSetup
const engine = makeEngine(
  realHost(),
  await loadConnectors(setup.connectorsModule),
  () => post({ id: undefined, full: true }),
  setup.epochBytesMax,
)
const IDLE_MS = 5
let sliceQueued = false

port.on('message', (request: Request) => {
  const { id } = request
  try {
    const result = run(engine, request)
    if (request.method === 'barrier') postEpoch(id, result as SealedEpoch)
    else post({ id, result })
  } catch (error) {
    post({ id, error: errorData(error) })
  }
  queueSlice()
})

function post(reply: Reply): void {
  port?.postMessage(reply)
}

function queueSlice(): void {
  if (sliceQueued || !engine.generates) return
  sliceQueued = true
  setImmediate(slice)
}

function slice(): void {
  sliceQueued = false
  try {
    if (engine.slice()) queueSlice()
    else if (engine.generates) {
      sliceQueued = true
      setTimeout(slice, IDLE_MS)
    }
  } catch (error) {
    post({ id: undefined, error: errorData(error) })
  }
}

function run(to: Engine, { method, args: sent }: Request): unknown {
  const args = sent.map(part => (isPackedChunk(part) ? unpackedChunk(part) : part))
  type Args<M extends keyof ExecutorPort> = Parameters<ExecutorPort[M]>
  switch (method) {
    case 'add':
      return to.add(...(args as unknown as Args<'add'>))
    case 'drop':
      return to.drop(...(args as unknown as Args<'drop'>))
    case 'replace':
      return to.replace(...(args as unknown as Args<'replace'>))
    case 'revise':
      return to.revise(...(args as unknown as Args<'revise'>))
    case 'attach':
      return to.attach(...(args as unknown as Args<'attach'>))
    case 'load':
      return to.load(...(args as unknown as Args<'load'>))
    case 'restored':
      return to.restored()
    case 'push':
      return to.push(...(args as unknown as Args<'push'>))
    case 'pushInput':
      return to.pushInput(...(args as unknown as Args<'pushInput'>))
    case 'openInput':
      return to.openInput(...(args as unknown as Args<'openInput'>))
    case 'pushCatchUp':
      return to.pushCatchUp(...(args as unknown as Args<'pushCatchUp'>))
    case 'catchUp':
      return to.catchUp(...(args as unknown as Args<'catchUp'>))
    case 'retain':
      return to.retain(...(args as unknown as Args<'retain'>))
    case 'rateLimit':
      return to.rateLimit(...(args as unknown as Args<'rateLimit'>))
    case 'hold':
      return to.hold(...(args as unknown as Args<'hold'>))
    case 'barrier':
      return to.barrier(...(args as unknown as Args<'barrier'>))
    default:
      return unreachable(method)
  }
}

function postEpoch(id: number, sealed: SealedEpoch): void {
  const result = epochBy(sealed, packedChunk)
  const reply: Reply = { id, result }
  port?.postMessage(reply, packedBuffers(result.deltas.flatMap(delta => delta.chunks)))
}

async function loadConnectors(url: string | undefined): Promise<ReadonlyMap<string, Connector>> {
  if (url === undefined) return new Map()
  const module = (await import(url)) as { readonly connectors: ReadonlyMap<string, Connector> }
  return module.connectors
}
