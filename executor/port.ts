import type { Connector } from '../types/connector.ts'
import { AssertionError, SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import { Engine } from './engine.ts'
import type { ExecutorPort } from './engine-contract.ts'

/** Changed bytes in one epoch after which a barrier comes early: what is written in about a tenth of a second. */
export const EPOCH_BYTES_MAX = 16 << 20
const IDLE_MS = 5

export type Method = Exclude<keyof ExecutorPort, 'close'>

export function makeEngine(
  host: Pick<Host, 'now' | 'monotonic' | 'crashPoint'>,
  connectors: ReadonlyMap<string, Connector>,
  full: () => void,
  epochBytesMax: number = EPOCH_BYTES_MAX,
): Engine {
  return new Engine({
    now: () => host.now(),
    monotonic: () => host.monotonic(),
    crashPoint: id => host.crashPoint(id),
    epochBytesMax,
    full,
    generator(spec, split, from) {
      const make = connectors.get(spec.connector)?.generator
      if (make === undefined) throw new AssertionError(`connector ${spec.connector} generates rows`)
      return make(spec, split, from)
    },
  })
}

/** The engine in this thread: for tests and the simulation. Generators run between turns of the event loop. */
export function inlinePort(
  host: Host,
  connectors: ReadonlyMap<string, Connector>,
  onFatal: (error: unknown) => void,
  onFull: () => void,
): ExecutorPort {
  const engine = makeEngine(host, connectors, onFull)
  const closing = new AbortController()
  let pumping = false

  async function pump(): Promise<void> {
    if (pumping) return
    pumping = true
    try {
      while (!closing.signal.aborted && engine.generates)
        await host.sleep(engine.slice() ? 0 : IDLE_MS, closing.signal)
    } catch (error) {
      onFatal(error)
    } finally {
      pumping = false
    }
  }

  async function call<R>(act: () => R): Promise<R> {
    if (closing.signal.aborted) throw new AssertionError('the executor is closed')
    try {
      const result = act()
      if (engine.generates) void pump()
      return result
    } catch (error) {
      if (!(error instanceof SqlError)) onFatal(error)
      throw error
    }
  }

  return {
    add: jobs => call(() => engine.add(jobs)),
    replace: job => call(() => engine.replace(job)),
    revise: job => call(() => engine.revise(job)),
    attach: relation => call(() => engine.attach(relation)),
    drop: relations => call(() => engine.drop(relations)),
    load: (rows, expected) => call(() => engine.load(rows, expected)),
    restored: () => call(() => engine.restored()),
    push: (relation, chunk, offsets) => call(() => engine.push(relation, chunk, offsets)),
    pushInput: (relation, node, chunk) => call(() => engine.pushInput(relation, node, chunk)),
    openInput: (relation, node, position) => call(() => engine.openInput(relation, node, position)),
    pushCatchUp: (relation, source, chunk, offsets) =>
      call(() => engine.pushCatchUp(relation, source, chunk, offsets)),
    catchUp: generator => call(() => engine.catchUp(generator)),
    rateLimit: (relation, rowsPerSecond) => call(() => engine.rateLimit(relation, rowsPerSecond)),
    retain: (relation, keepMs) => call(() => engine.retain(relation, keepMs)),
    hold: on => call(() => engine.hold(on)),
    barrier: epoch => call(() => engine.barrier(epoch)),
    close: async () => closing.abort(),
  }
}
