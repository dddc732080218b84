import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startServer } from './main.ts'

test('no number of a sequence is given twice, whenever the server dies', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-sequence-'))
  const open = async (data: string) => {
    const server = await startServer({ data, port: 0, httpPort: 0, inline: true, log: () => {} })
    const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'root', database: 'dev' })
    await client.connect()
    const numbers = async (sql: string): Promise<number[]> =>
      (await client.query({ text: sql, rowMode: 'array' })).rows.map(([n]) => Number(n))
    const close = async () => {
      await client.end()
      await server.close()
    }
    return { numbers, close }
  }
  const seen = new Set<number>()
  const add = (numbers: readonly number[]) => {
    for (const n of numbers) {
      assert.ok(!seen.has(n), `${n} came before`)
      seen.add(n)
    }
  }
  try {
    const first = await open(join(folder, '0'))
    await first.numbers('CREATE SEQUENCE s')
    await first.numbers('CREATE TABLE t (id serial PRIMARY KEY, v int)')
    for (const [round, count] of [1, 40, 3, 31].entries()) {
      add(await first.numbers(`SELECT nextval('s') FROM generate_series(1, ${count})`))
      add((await first.numbers('INSERT INTO t (v) VALUES (1), (2) RETURNING id')).map(n => -n))
      // What a server that dies here leaves behind.
      await cp(join(folder, '0'), join(folder, `copy${round}`), { recursive: true })
    }
    await first.close()
    for (const [round, known] of [1, 41, 44, 75].entries()) {
      const again = await open(join(folder, `copy${round}`))
      const [next] = await again.numbers("SELECT nextval('s')")
      assert.ok(next! > known && next! <= known + 33, `${next} after ${known}`)
      const [id] = await again.numbers('INSERT INTO t (v) VALUES (3) RETURNING id')
      assert.ok(id! > 2 * (round + 1))
      await again.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
