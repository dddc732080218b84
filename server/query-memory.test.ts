import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { report, textRows, WireClient } from './protocol/wire-client.ts'
import { TestServer } from './test-server.ts'

const server = await TestServer.start({ queryMemoryMb: 2 })
after(() => server.close())

test('a query that holds more rows than it may ends with 53200, and the session goes on', async () => {
  const client = await WireClient.start(server.port)
  await client.query('CREATE TABLE n (x int); INSERT INTO n SELECT x FROM generate_series(1, 200000) AS g(x)')
  for (const [sql, outcome] of [
    ['SELECT x, count(*) FROM n GROUP BY x', '53200'],
    ['SELECT count(DISTINCT x) FROM n', '53200'],
    ['SELECT x FROM n ORDER BY x DESC OFFSET 1', '53200'],
    ['SELECT a.x FROM n a JOIN n b ON a.x = b.x', '53200'],
    ['SELECT x FROM n EXCEPT SELECT 1', '53200'],
    ['SELECT sum(s) FROM (SELECT sum(x) OVER (ORDER BY x) AS s FROM n) AS t', '53200'],
    ['SELECT x % 10, count(*) FROM n GROUP BY 1', undefined],
    ['SELECT x FROM n', undefined],
  ] as const)
    assert.equal(report(await client.query(sql))['C'], outcome, sql)
  assert.deepEqual(textRows(await client.query('SELECT count(*) FROM n')), [['200000']])
  client.close()
})
