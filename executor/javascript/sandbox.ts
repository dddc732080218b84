import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { Definition } from './definition.ts'
import type { Work } from './realm.ts'

/** One answer to one input. */
export type Answer = { readonly value: unknown } | { readonly error: string }

/** What the sandbox's thread is asked. `definition` is a function's JSON, its name there. */
export type Request =
  | { readonly ask: 'exports'; readonly definition: string }
  | {
      readonly ask: 'run'
      readonly definition: string
      readonly work: Work
      readonly inputs: readonly string[]
      readonly timeoutMs: number
    }

/** `answers`: JSON of a list; shorter than the inputs when the time was over at the next one. */
export type Reply = { readonly answers: string } | { readonly error: string }

/** Limits of one call. */
export const TIME_LIMIT_MS = 1000
export const MEMORY_LIMIT_MB = 128

/** A call's time where the function has run out of it before: the thread that waits has other work. */
const SHORT_LIMIT_MS = 100
const SHORT_AFTER = 3

/** How long a thread that should have answered is waited for. */
const GRACE_MS = 1500
const START_MS = 20_000

interface Thread {
  readonly worker: Worker
  readonly port: MessagePort
  /** 0: a request, 1: a reply is there; 2: the thread has started. */
  readonly signal: Int32Array
}

let thread: Thread | undefined

/** How often each function ran out of time, by definition. */
const overruns = new Map<string, number>()

/** Names that the source exports, or why it does not run. */
export function exportsOf(
  definition: Definition,
): { readonly names: readonly string[] } | { readonly error: string } {
  const reply = ask({ ask: 'exports', definition: JSON.stringify(definition) }, START_MS)
  if (reply === undefined) return { error: 'it takes too long or too much memory to load' }
  return 'error' in reply ? reply : { names: JSON.parse(reply.answers) as string[] }
}

/**
 * Runs a function on inputs in a thread with limits of time and memory, and waits. The input at which a limit is passed gets an
 * error, those after it run; with `untilOverrun` they have no answer, unless there is none at all.
 */
export function runInSandbox(
  definition: string,
  work: Work,
  inputs: readonly string[],
  untilOverrun = false,
): readonly Answer[] {
  const all: Answer[] = []
  while (all.length < inputs.length) {
    const timeoutMs = (overruns.get(definition) ?? 0) >= SHORT_AFTER ? SHORT_LIMIT_MS : TIME_LIMIT_MS
    const left = inputs.slice(all.length)
    const reply = ask({ ask: 'run', definition, work, inputs: left, timeoutMs }, timeoutMs + GRACE_MS)
    if (reply !== undefined && 'error' in reply) return inputs.map(() => ({ error: reply.error }))
    const answers = reply === undefined ? [] : (JSON.parse(reply.answers) as readonly Answer[])
    all.push(...answers)
    if (all.length === inputs.length) break
    overruns.set(definition, (overruns.get(definition) ?? 0) + 1)
    if (untilOverrun && all.length > 0) break
    // A thread that died did not say at which input: it runs them one by one.
    if (reply === undefined && left.length > 1) {
      for (const input of left) all.push(...runInSandbox(definition, work, [input]))
      break
    }
    const over = `it ran longer than ${timeoutMs} ms`
    all.push({ error: reply === undefined ? `${over} or took more than ${MEMORY_LIMIT_MB} MB` : over })
  }
  return all
}

/** Sends a request and waits for the reply; undefined: the thread did not answer and is no more. */
function ask(request: Request, waitMs: number): Reply | undefined {
  thread ??= start()
  const { port, signal, worker } = thread
  Atomics.store(signal, 1, 0)
  port.postMessage(request)
  Atomics.store(signal, 0, 1)
  Atomics.notify(signal, 0)
  // Apart from the start, which may take its time: that a thread died of memory is only known by its silence.
  Atomics.wait(signal, 2, 0, START_MS)
  const until = Date.now() + waitMs
  while (Atomics.load(signal, 1) === 0) {
    const left = until - Date.now()
    if (left <= 0 || Atomics.wait(signal, 1, 0, left) === 'timed-out') break
  }
  const reply = receiveMessageOnPort(port) as { message: Reply } | undefined
  if (reply !== undefined) return reply.message
  thread = undefined
  port.close()
  void worker.terminate()
  return undefined
}

function start(): Thread {
  const { port1, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(12))
  const worker = new Worker(new URL('./sandbox-thread.ts', import.meta.url), {
    workerData: { port: port2, signal },
    transferList: [port2],
    env: {},
    execArgv: [],
    stdin: false,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
  })
  // It is missed when it does not answer.
  worker.on('error', () => {})
  worker.unref()
  port1.unref()
  return { worker, port: port1, signal }
}
