import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startServer } from '../../server/main.ts'

export type Rows = readonly (readonly (string | null)[])[]

/** What a statement gave: rows as text, or the SQLSTATE and message. */
export type Answer =
  | { readonly rows: Rows; readonly count: number }
  | { readonly code: string; readonly message: string }

export interface Database {
  run(sql: string): Promise<Answer>
  close(): Promise<void>
}

/** A fresh server in this process with its bucket in memory. */
export async function freshWeir(): Promise<Database> {
  const data = await mkdtemp(join(tmpdir(), 'weir-fuzz-'))
  let fatal: unknown
  const server = await startServer({
    data,
    state: 'memory:',
    port: 0,
    httpPort: 0,
    inline: true,
    barrierIntervalMs: 60_000,
    log: () => {},
    onFatal: error => {
      fatal ??= error
    },
  })
  const client = await connected({ port: server.port, database: 'dev', user: 'root' })
  return {
    async run(sql) {
      const answer = await Promise.race([run(client, sql), stuck()])
      return fatal === undefined
        ? answer
        : { code: 'fatal', message: String((fatal as Error).stack ?? fatal) }
    },
    async close() {
      await client.end().catch(() => {})
      await server.close().catch(() => {})
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** The oracle at host:port; `reset` empties it. */
export async function oracle(address: string): Promise<Database & { reset(): Promise<void> }> {
  const client = await connected({
    port: Number(address.split(':')[1]),
    database: 'postgres',
    user: 'postgres',
  })
  await client.query("SET TIME ZONE 'UTC'; SET client_min_messages = error; SET lc_messages = 'C'")
  return {
    run: sql => run(client, sql),
    close: () => client.end(),
    async reset() {
      await client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public')
    },
  }
}

const TEXT = { getTypeParser: () => (text: string) => text }

async function connected(target: { port: number; database: string; user: string }): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', ...target, types: TEXT })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function run(client: pg.Client, text: string): Promise<Answer> {
  try {
    const result = await client.query({ text, rowMode: 'array' })
    return { rows: result.rows as (string | null)[][], count: result.rowCount ?? 0 }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return { code: code ?? 'lost', message }
  }
}

/** No statement of a fuzz case takes this long. */
function stuck(): Promise<Answer> {
  return new Promise(resolve => {
    setTimeout(() => resolve({ code: 'stuck', message: 'no answer in 20 s' }), 20_000).unref()
  })
}
