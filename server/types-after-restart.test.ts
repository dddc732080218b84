import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from './test-server.ts'

const MADE = `
  CREATE TABLE t (id int PRIMARY KEY, e vector(2), v variant, j jsonb, i rw_int256, b varbit, f bit(3)[], d json);
  CREATE MATERIALIZED VIEW by_vector AS SELECT e, count(*) AS n FROM t GROUP BY e;
  CREATE MATERIALIZED VIEW by_document AS SELECT j, count(*) AS n FROM t GROUP BY j;
  CREATE MATERIALIZED VIEW by_bits AS SELECT b, bit_and(f[1]) AS f FROM t GROUP BY b;
  CREATE MATERIALIZED VIEW kinds AS SELECT id, variant_typeof(v) AS kind, v FROM t;
  CREATE MATERIALIZED VIEW parts AS SELECT id, d -> 'a' AS a, d::text AS d FROM t;
  CREATE MATERIALIZED VIEW lists AS SELECT json_typeof(d) AS kind, json_agg(d ORDER BY id) AS list FROM t GROUP BY 1;
  INSERT INTO t VALUES (1, '[1,2]', to_variant(1::smallint), '{"a": 1.0}', 7, '01', '{101}', '{"b": 1,  "a":[ 2 ]}'),
    (2, '[1,2]', '[1.5]', '{"a": 1}', 2, '01', '{110}', ' {}'), (3, NULL, NULL, NULL, NULL, '', NULL, NULL)`

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
    'SELECT * FROM by_bits ORDER BY b',
    [
      ['', null],
      ['01', '100'],
    ],
  ],
  [
    'SELECT * FROM kinds ORDER BY id',
    [
      [1, 'int16', '1'],
      [2, 'array', '[1.5]'],
      [3, null, null],
    ],
  ],
  [
    'SELECT id, a::text, d FROM parts ORDER BY id',
    [
      [1, '[ 2 ]', '{"b": 1,  "a":[ 2 ]}'],
      [2, null, ' {}'],
      [3, null, null],
    ],
  ],
  [
    'SELECT kind, list::text FROM lists ORDER BY kind',
    [
      ['object', '[{"b": 1,  "a":[ 2 ]},  {}]'],
      [null, '[null]'],
    ],
  ],
] as const

test('vectors, variants, bit strings and documents are after a crash what they were, and streams go on with them', async () => {
  await using first = await TestServer.start({ inline: true })
  await (await first.connect()).query(MADE)
  for (const [sql, wanted] of READ) assert.deepEqual(await first.rows(sql), wanted)
  await using again = await first.afterCrash()
  for (const [sql, wanted] of READ) assert.deepEqual(await again.rows(sql), wanted)
  await again.rows("UPDATE t SET e = '[0,1]', j = '{\"b\": 0.50}' WHERE id = 1")
  await again.rows('DELETE FROM t WHERE id = 2')
  assert.deepEqual(await again.rows("SELECT f FROM by_bits WHERE b = '01'"), [['101']])
  assert.deepEqual(await again.rows(READ[0][0]), [
    ['[0,1]', '1'],
    [null, '1'],
  ])
  assert.deepEqual(await again.rows('SELECT kind, list::text FROM lists WHERE kind IS NOT NULL'), [
    ['object', '[{"b": 1,  "a":[ 2 ]}]'],
  ])
  assert.deepEqual(await again.rows('SELECT j, n FROM by_document WHERE j IS NOT NULL'), [[{ b: 0.5 }, '1']])
})
