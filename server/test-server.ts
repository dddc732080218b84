import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type RunningServer, type ServerOptions, startServer } from './main.ts'

/** A server in this process on a folder of its own, for tests: what they connected ends with it, and the folder goes. */
export class TestServer {
  readonly folder: string
  readonly #options: ServerOptions
  readonly #clients: pg.Client[] = []
  #running: RunningServer
  #own: Promise<pg.Client> | undefined

  private constructor(folder: string, options: ServerOptions, running: RunningServer) {
    this.folder = folder
    this.#options = options
    this.#running = running
  }

  /** `fill` puts into the folder what the options name, before the server starts. */
  static async start(
    options: ServerOptions | ((folder: string) => ServerOptions) = {},
    fill: (folder: string) => unknown = () => {},
  ): Promise<TestServer> {
    const folder = await mkdtemp(join(tmpdir(), 'weir-test-'))
    await fill(folder)
    const given = typeof options === 'function' ? options(folder) : options
    const all = { logLevel: 'error', port: 0, httpPort: 0, ...given }
    return new TestServer(folder, all, await startServer({ ...all, data: folder }))
  }

  get running(): RunningServer {
    return this.#running
  }

  get port(): number {
    return this.#running.port
  }

  /** A client of the server's user and default database, unless it says otherwise. */
  async connect(config: pg.ClientConfig = {}): Promise<pg.Client> {
    const at = { host: '127.0.0.1', port: this.port, user: 'root', database: 'dev' }
    const client = new pg.Client({ ...at, ...config })
    client.on('error', () => {})
    this.#clients.push(client)
    await client.connect()
    return client
  }

  /** The rows of a statement, as arrays. */
  async rows(text: string): Promise<unknown[][]> {
    this.#own ??= this.connect()
    return rowsOf(await this.#own, text)
  }

  /** The values of all rows in one list. */
  async values(text: string): Promise<unknown[]> {
    return (await this.rows(text)).flat()
  }

  /** Stops in good order, and starts again over the same folder. */
  async restart(): Promise<void> {
    await this.#stop()
    this.#running = await startServer({ ...this.#options, data: this.folder })
  }

  /** A server over what this one would leave behind if it died now. */
  async afterCrash(): Promise<TestServer> {
    return TestServer.start(this.#options, folder => cp(this.folder, folder, { recursive: true }))
  }

  async close(): Promise<void> {
    await this.#stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #stop(): Promise<void> {
    for (const client of this.#clients.splice(0)) await client.end().catch(() => {})
    this.#own = undefined
    await this.#running.close()
  }
}

/** The rows of a client's statement, as arrays. */
export async function rowsOf(client: pg.Client, text: string): Promise<unknown[][]> {
  return (await client.query({ text, rowMode: 'array' })).rows as unknown[][]
}
