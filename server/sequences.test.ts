import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from './test-server.ts'

test('no number of a sequence is given twice, whenever the server dies', async () => {
  await using first = await TestServer.start({ inline: true })
  const numbers = async (server: TestServer, sql: string) => (await server.values(sql)).map(Number)
  const seen = new Set<number>()
  const add = (numbers: readonly number[]) => {
    for (const n of numbers) {
      assert.ok(!seen.has(n), `${n} came before`)
      seen.add(n)
    }
  }
  await first.rows('CREATE SEQUENCE s')
  await first.rows('CREATE TABLE t (id serial PRIMARY KEY, v int)')
  const rounds = [
    [1, 1],
    [40, 41],
    [3, 44],
    [31, 75],
  ] as const
  for (const [round, [count, known]] of rounds.entries()) {
    add(await numbers(first, `SELECT nextval('s') FROM generate_series(1, ${count})`))
    add((await numbers(first, 'INSERT INTO t (v) VALUES (1), (2) RETURNING id')).map(n => -n))
    await using again = await first.afterCrash()
    const [next] = await numbers(again, "SELECT nextval('s')")
    assert.ok(next! > known && next! <= known + 33, `${next} after ${known}`)
    const [id] = await numbers(again, 'INSERT INTO t (v) VALUES (3) RETURNING id')
    assert.ok(id! > 2 * (round + 1))
  }
})
