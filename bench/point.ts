import type { Client } from 'pg'
import { withClient } from './connect.ts'
import { quantile } from './measure.ts'
import { withFolder, withServer } from './server-process.ts'
import { count, milliseconds, printTable } from './table.ts'

const ROWS = 1_000_000
const BATCH = 100_000
const READS = 3000
const WARM_UP = 500

/** SELECT by primary key from a view of a million rows, one statement at a time over the wire. */
export function reportPointReads(): Promise<void> {
  return withFolder(folder =>
    withServer(folder, [], server =>
      withClient(server, async client => {
        await fill(client)
        const sql = 'SELECT id, name, amount FROM people WHERE id = '
        const simple = await time(id => client.query(`${sql}${id}`))
        const prepared = await time(id => client.query({ name: 'by id', text: `${sql}$1`, values: [id] }))
        const extended = await time(id => client.query(`${sql}$1`, [id]))
        printTable(
          ['point reads', 'p50', 'p99', 'reads/s', 'mark 1 ms'],
          [line('simple protocol', simple), line('prepared', prepared), line('parsed each time', extended)],
        )
      }),
    ),
  )
}

async function fill(client: Client): Promise<void> {
  await client.query('CREATE TABLE person (id bigint PRIMARY KEY, name varchar, amount bigint)')
  await client.query(
    'CREATE MATERIALIZED VIEW people AS SELECT id, name, amount FROM person WHERE amount >= 0',
  )
  for (let from = 0; from < ROWS; from += BATCH)
    await client.query(
      `INSERT INTO person SELECT n, 'person ' || n, n * 3 FROM generate_series(${from}, ${from + BATCH - 1}) AS g(n)`,
    )
}

async function time(
  read: (id: number) => Promise<{ readonly rows: readonly unknown[] }>,
): Promise<readonly number[]> {
  const times: number[] = []
  for (let i = 0; i < WARM_UP + READS; i++) {
    const id = Math.floor(Math.random() * ROWS)
    const from = performance.now()
    const { rows } = await read(id)
    const took = performance.now() - from
    if (rows.length !== 1) throw new Error(`${rows.length} rows have id ${id}`)
    if (i >= WARM_UP) times.push(took)
  }
  return times
}

function line(name: string, times: readonly number[]): string[] {
  const p50 = quantile(times, 0.5)
  const perSecond = (times.length * 1000) / times.reduce((sum, ms) => sum + ms, 0)
  return [
    name,
    milliseconds(p50),
    milliseconds(quantile(times, 0.99)),
    count(perSecond),
    `${(1 / p50).toFixed(1)}x`,
  ]
}
