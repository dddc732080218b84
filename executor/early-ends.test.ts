import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { TestServer } from '../server/test-server.ts'

const server = await TestServer.start()
after(() => server.close())

test('a LIMIT without order ends what would go on for ever', async () => {
  const client = await server.connect()
  try {
    const started = performance.now()
    for (const from of [
      'SELECT generate_series(1, 4000000000000) AS n LIMIT 2 OFFSET 1',
      'SELECT n FROM generate_series(1, 4000000000000) AS g(n) WHERE n > 1 LIMIT 2',
    ]) {
      const { rows } = await client.query(from)
      assert.deepEqual(
        rows.map(row => Number(row.n)),
        [2, 3],
      )
    }
    const { rows } = await client.query(
      'SELECT count(*)::int AS n FROM (SELECT generate_series(1, 4000000000000) LIMIT 5000) AS g',
    )
    assert.equal(rows[0].n, 5000)
    assert(performance.now() - started < 20_000)
  } finally {
    await client.end()
  }
})
