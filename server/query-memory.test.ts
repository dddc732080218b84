import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type RunningServer, startServer } from './main.ts'
import { report, textRows, WireClient } from './protocol/wire-client.ts'

let folder = ''
let server: RunningServer

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-query-memory-'))
  server = await startServer({ data: folder, port: 0, httpPort: 0, queryMemoryMb: 2, logLevel: 'error' })
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

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
