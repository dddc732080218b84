import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const ROOT = join(import.meta.dirname, '..', '..')
const READY_MS = 60_000

export interface WeirOptions {
  /** Folder of local files. */
  readonly data: string
  /** The bucket; default: inside of `data`. */
  readonly state?: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
}

/** How a server process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A server in a process of its own. */
export class Weir {
  readonly #process: ChildProcess
  readonly #ended: Promise<Exit>
  #port = 0
  #httpPort = 0
  #exit: Exit | undefined
  /** The last lines of its log. */
  #log = ''

  constructor(options: WeirOptions) {
    const args = ['server/main.ts', '--data', options.data, '--port', '0', '--http-port', '0']
    if (options.state !== undefined) args.push('--state', options.state)
    args.push('--barrier-interval-ms', '200', ...(options.args ?? []))
    this.#process = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
    })
    this.#ended = once(this.#process, 'exit').then(([code, signal]) => {
      this.#exit = { code, signal } as Exit
      return this.#exit
    })
    const take = (text: string): void => {
      this.#log = (this.#log + text).slice(-8000)
      const match = /127\.0\.0\.1:(\d+)\/dev {2}console http:\/\/127\.0\.0\.1:(\d+)/.exec(text)
      if (match === null) return
      this.#port = Number(match[1])
      this.#httpPort = Number(match[2])
    }
    this.#process.stdout!.setEncoding('utf8').on('data', take)
    this.#process.stderr!.setEncoding('utf8').on('data', take)
  }

  get log(): string {
    return this.#log
  }

  get exited(): Exit | undefined {
    return this.#exit
  }

  get pid(): number {
    return this.#process.pid!
  }

  /** Resolves with true when it accepts statements, with false when the process ended before. */
  async ready(): Promise<boolean> {
    const deadline = performance.now() + READY_MS
    while (this.#exit === undefined && this.#port === 0) {
      if (performance.now() > deadline) throw new Error(`the server is not ready:\n${this.#log}`)
      await sleep(10)
    }
    return this.#exit === undefined
  }

  /** Rows of a statement; the error of a lost connection when the server dies meanwhile. */
  async query(text: string): Promise<unknown[][]> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.#port, database: 'dev', user: 'root' })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query({ text, rowMode: 'array' })).rows as unknown[][]
    } finally {
      await client.end().catch(() => {})
    }
  }

  /** Value of a metric, summed over its labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.#httpPort}/metrics`)).text()
    const lines = text.split('\n').filter(line => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal)
  }

  ended(): Promise<Exit> {
    return this.#ended
  }

  /** Ends the process and waits for that. */
  stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<Exit> {
    this.#process.kill('SIGCONT')
    this.#process.kill(signal)
    return this.#ended
  }
}
