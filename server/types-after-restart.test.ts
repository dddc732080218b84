import assert from 'node:assert/strict'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startServer } from './main.ts'

const MADE = `
  CREATE TABLE t (id int PRIMARY KEY, e vector(2), v variant, j jsonb, i rw_int256);
  CREATE MATERIALIZED VIEW by_vector AS SELECT e, count(*) AS n FROM t GROUP BY e;
  CREATE MATERIALIZED VIEW by_document AS SELECT j, count(*) AS n FROM t GROUP BY j;
  CREATE MATERIALIZED VIEW kinds AS SELECT id, variant_typeof(v) AS kind, v FROM t;
  INSERT INTO t VALUES (1, '[1,2]', to_variant(1::smallint), '{"a": 1.0}', 7),
    (2, '[1,2]', '[1.5]', '{"a": 1}', 2), (3, NULL, NULL, NULL, NULL)`

const READ = [
  [
    'SELECT * FROM by_vector ORDER BY e',
    [
      ['[1,2]', '2'],
      [null, '1'],
    ],
  ],
  ['SELECT n FROM by_document ORDER BY n', [['1'], ['2']]],
  [
    'SELECT * FROM kinds ORDER BY id',
    [
      [1, 'int16', '1'],
      [2, 'array', '[1.5]'],
      [3, null, null],
    ],
  ],
] as const

test('vectors, variants and documents are after a crash what they were, and streams go on with them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'weir-types-'))
  const open = async (data: string) => {
    const server = await startServer({ data, port: 0, httpPort: 0, inline: true, log: () => {} })
    const client = new pg.Client({ host: '127.0.0.1', port: server.port, user: 'root', database: 'dev' })
    await client.connect()
    const rows = async (text: string) => (await client.query({ text, rowMode: 'array' })).rows as unknown[]
    return { client, rows, close: () => client.end().then(() => server.close()) }
  }
  try {
    const first = await open(join(folder, 'a'))
    await first.client.query(MADE)
    for (const [sql, wanted] of READ) assert.deepEqual(await first.rows(sql), wanted)
    // What a server that dies here leaves behind.
    await cp(join(folder, 'a'), join(folder, 'b'), { recursive: true })
    await first.close()
    const again = await open(join(folder, 'b'))
    for (const [sql, wanted] of READ) assert.deepEqual(await again.rows(sql), wanted)
    await again.client.query("UPDATE t SET e = '[0,1]', j = '{\"b\": 0.50}' WHERE id = 1")
    await again.client.query('DELETE FROM t WHERE id = 2')
    assert.deepEqual(await again.rows(READ[0][0]), [
      ['[0,1]', '1'],
      [null, '1'],
    ])
    assert.deepEqual(await again.rows('SELECT j, n FROM by_document WHERE j IS NOT NULL'), [
      [{ b: 0.5 }, '1'],
    ])
    await again.close()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
