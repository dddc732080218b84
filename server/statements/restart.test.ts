import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

const BEFORE = [
  'CREATE TABLE t (k int PRIMARY KEY, v int, gone int)',
  'INSERT INTO t VALUES (1, 10, 0), (2, 20, 0)',
  'CREATE TABLE bag AS SELECT 1 AS x UNION ALL SELECT 1',
  'CREATE MATERIALIZED VIEW sums AS SELECT sum(v) AS s FROM t',
  'CREATE INDEX by_v ON t (v)',
  'CREATE VIEW seen AS SELECT * FROM bag',
  "ALTER TABLE t ADD COLUMN note varchar DEFAULT 'none'",
  'ALTER TABLE bag ADD COLUMN y int',
  'ALTER TABLE bag ALTER COLUMN y TYPE bigint',
  'DROP INDEX by_v',
  'ALTER TABLE t DROP COLUMN gone',
  'CREATE INDEX by_note ON t (note)',
  'ALTER TABLE t RENAME COLUMN v TO w',
  'ALTER TABLE t RENAME TO u',
  "COMMENT ON TABLE u IS 'renamed'",
  'INSERT INTO bag VALUES (2, 3000000000)',
  'CREATE FUNCTION half(n int) RETURNS int LANGUAGE sql RETURN n / 2',
  "CREATE FUNCTION js_half(n int) RETURNS int LANGUAGE javascript AS 'return Math.floor(n / 2)'",
  `CREATE AGGREGATE product(n int) RETURNS int LANGUAGE javascript AS $$
    export function create_state() { return 1 }
    export function accumulate(state, n) { return state * n }
    export function retract(state, n) { return state / n }
  $$`,
  'CREATE MATERIALIZED VIEW products AS SELECT product(w) AS p FROM u',
  'CREATE SEQUENCE counted',
  'CREATE TABLE facts (k int PRIMARY KEY, v int)',
  'CREATE MATERIALIZED VIEW chosen AS SELECT k, v FROM facts WHERE v > 10',
  'INSERT INTO facts VALUES (1, 11), (2, 2)',
  'ALTER MATERIALIZED VIEW chosen AS SELECT k, v + 100 AS v FROM facts',
  'INSERT INTO facts VALUES (3, 3)',
  'CREATE TABLE shapes (s struct<a int, b varchar>)',
  'CREATE MATERIALIZED VIEW shaped AS SELECT s, count(*) AS c FROM shapes GROUP BY s',
  "INSERT INTO shapes VALUES (ROW(1, 'x')), (ROW(1, 'x'))",
  'ALTER TABLE shapes ALTER COLUMN s TYPE struct<b varchar, d int>',
  "SELECT nextval('counted')",
  'CREATE TABLE beats (at timestamp, n int)',
  "CREATE MATERIALIZED VIEW gapless AS SELECT n FROM GAP_FILL(beats, at, INTERVAL '1 second', LOCF(n))",
  "INSERT INTO beats VALUES ('2026-01-01 00:00:00', 1), ('2026-01-01 00:00:02', 2)",
  'ALTER MATERIALIZED VIEW sums SET PARALLELISM = 3',
  'CREATE DOMAIN positive AS int DEFAULT 7 CHECK (value > 0)',
  'CREATE TABLE counts (k int PRIMARY KEY, n positive)',
  'CREATE MATERIALIZED VIEW lifted AS SELECT k, (n - 5)::positive AS n FROM counts',
  'INSERT INTO counts VALUES (1, 6)',
  'CREATE TYPE place AS (street varchar(8), no int)',
  'CREATE TABLE homes (k int PRIMARY KEY, at place)',
  'CREATE MATERIALIZED VIEW streets AS SELECT at, (at).street, count(*) AS n FROM homes GROUP BY at',
  "INSERT INTO homes VALUES (1, ('a', 1)), (2, '(a,1)')",
  'ALTER TYPE place RENAME TO site',
  "CREATE TYPE mood AS ENUM ('sad', 'happy')",
  'CREATE TABLE moods (k mood PRIMARY KEY, n int)',
  'CREATE MATERIALIZED VIEW told_moods AS SELECT k::text AS t, n FROM moods',
  'CREATE MATERIALIZED VIEW best AS SELECT max(k) AS k FROM moods',
  "INSERT INTO moods VALUES ('sad', 1)",
  "ALTER TYPE mood ADD VALUE 'ok' AFTER 'sad'",
  'CREATE MATERIALIZED VIEW halves AS SELECT k, half(w) AS a, js_half(w) AS b FROM u',
]

test('row ids go on after a restart, and rows from before it have no time', async () => {
  await using server = await TestServer.start({ inline: true })
  const rows = (sql: string) => server.rows(sql)
  await rows('CREATE TABLE t (v int)')
  await rows('CREATE TABLE taken (v int PRIMARY KEY)')
  await rows('CREATE SINK gives INTO taken AS SELECT v FROM t')
  await rows("ALTER TABLE taken ADD COLUMN w text DEFAULT 'new'")
  await rows('CREATE MATERIALIZED VIEW m AS SELECT v, _row_id AS id FROM t')
  await rows(
    'CREATE MATERIALIZED VIEW told AS WITH c AS CHANGELOG FROM t SELECT *, _changelog_row_id AS id FROM c',
  )
  await rows('INSERT INTO t VALUES (1), (1)')
  await server.restart()
  await rows('INSERT INTO t VALUES (1)')
  await rows('INSERT INTO t VALUES (2)')
  assert.deepEqual(await rows('SELECT * FROM taken ORDER BY v'), [
    [1, 'new'],
    [2, 'new'],
  ])
  await rows('DELETE FROM t WHERE v = 2')
  assert.deepEqual(await rows('SELECT count(DISTINCT _row_id), count(_rw_timestamp) FROM t'), [['3', '1']])
  assert.deepEqual(await rows('SELECT v, _row_id FROM t EXCEPT ALL SELECT * FROM m'), [])
  assert.deepEqual(await rows('SELECT _rw_timestamp IS NULL FROM t ORDER BY _row_id'), [
    [true],
    [true],
    [false],
  ])
  const timed = 'SELECT _rw_timestamp IS NULL, count(*) FROM told GROUP BY 1 ORDER BY 1'
  assert.deepEqual(await rows(timed), [
    [false, '3'],
    [true, '2'],
  ])
  await rows('DELETE FROM t WHERE _row_id = (SELECT min(id) FROM m)')
  assert.deepEqual(await rows('SELECT count(*) FROM m'), [['2']])
  const ops = 'SELECT changelog_op, count(DISTINCT id) FROM told GROUP BY 1 ORDER BY 1'
  assert.deepEqual(await rows(ops), [
    [1, '4'],
    [2, '2'],
  ])
})

test('what statements changed is there after a restart, and goes on', async () => {
  await using server = await TestServer.start({ inline: true })
  const rows = (sql: string) => server.rows(sql)
  for (const sql of BEFORE) await rows(sql)
  const cluster = await rows('SELECT rw_cluster_id()')
  await server.restart()
  assert.deepEqual(await rows('SELECT * FROM u ORDER BY k'), [
    [1, 10, 'none'],
    [2, 20, 'none'],
  ])
  await rows("INSERT INTO u VALUES (3, 30, 'new'), (2, 21, 'other')")
  assert.deepEqual(await rows('SELECT s FROM sums'), [['61']])
  await rows('UPDATE facts SET v = v + 1')
  assert.deepEqual(await rows('SELECT * FROM chosen ORDER BY k'), [
    [1, 112],
    [2, 103],
    [3, 104],
  ])
  await rows('DELETE FROM shapes')
  await rows("INSERT INTO shapes VALUES (ROW('y', 2))")
  assert.deepEqual(await rows('SELECT s::varchar, c FROM shaped'), [['(,y)', '1']])
  // 10 * 20 is known from before; then 30 came and 20 became 21.
  assert.deepEqual(await rows('SELECT p FROM products'), [[6300]])
  assert.deepEqual(await rows("SELECT nextval('counted') > 1"), [[true]])
  assert.deepEqual(await rows('SELECT a, b, half(9), js_half(9) FROM halves ORDER BY k'), [
    [5, 5, 4, 4],
    [10, 10, 4, 4],
    [15, 15, 4, 4],
  ])
  assert.deepEqual(await rows("SELECT w FROM u WHERE note = 'other'"), [[21]])
  assert.deepEqual(await rows('SELECT note FROM by_note ORDER BY 1'), [['new'], ['none'], ['other']])
  assert.deepEqual(await rows('SELECT x, y FROM bag ORDER BY 1'), [
    [1, null],
    [1, null],
    [2, '3000000000'],
  ])
  assert.deepEqual(await rows('SELECT * FROM seen ORDER BY 1'), [[1], [1], [2]])
  // The row that comes after the restart fills the gap since one from before it.
  await rows("INSERT INTO beats VALUES ('2026-01-01 00:00:04', 4)")
  assert.deepEqual(await rows('SELECT n FROM gapless ORDER BY 1'), [[1], [1], [2], [2], [4]])
  await rows('INSERT INTO counts (k) VALUES (2)')
  await assert.rejects(
    rows('INSERT INTO counts VALUES (3, -1)'),
    /violates check constraint "positive_check"/,
  )
  assert.deepEqual(await rows('SELECT * FROM lifted ORDER BY k'), [
    [1, 1],
    [2, 2],
  ])
  await rows("INSERT INTO moods VALUES ('ok', 2), ('sad', 3)")
  await rows("ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok'")
  await rows("INSERT INTO moods VALUES ('meh', 4)")
  assert.deepEqual(await rows('SELECT * FROM told_moods ORDER BY n'), [
    ['ok', 2],
    ['sad', 3],
    ['meh', 4],
  ])
  assert.deepEqual(await rows('SELECT k, n FROM best JOIN moods USING (k)'), [['ok', 2]])
  await rows("INSERT INTO homes VALUES (3, ROW('a', 1)::site)")
  assert.deepEqual(await rows('SELECT at::text, street, n FROM streets'), [['(a,1)', 'a', '3']])
  const asked = "SELECT parallelism FROM rw_table_fragments WHERE table_id = 'sums'::regclass::int"
  assert.deepEqual(await rows(asked), [['3']])
  assert.deepEqual(await rows('SELECT rw_cluster_id()'), cluster)
  assert.deepEqual(await rows("SELECT obj_description('u'::regclass)"), [['renamed']])
})
