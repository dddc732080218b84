import pg from 'pg'
import type { ServerProcess } from './server-process.ts'

/** Runs `use` with a connection that is closed afterwards. */
export async function withClient<R>(
  server: ServerProcess,
  use: (client: pg.Client) => Promise<R>,
): Promise<R> {
  const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'root', database: 'dev' })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/** The first column of the first row as a number. */
export async function numberOf(client: pg.Client, sql: string): Promise<number> {
  const { rows } = await client.query<Record<string, unknown>>(sql)
  return Number(Object.values(rows[0] ?? {})[0])
}

export function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
