import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

test('a key that was added holds for views that read the table, and over restarts', async () => {
  await using server = await TestServer.start({ inline: true })
  const { rows } = { rows: (sql: string) => server.rows(sql) }
  await rows('CREATE TABLE t (k int, v int)')
  await rows('CREATE MATERIALIZED VIEW of_rows AS SELECT k, v FROM t')
  await rows('CREATE MATERIALIZED VIEW pairs AS SELECT a.k, b.v FROM t a JOIN t b ON a.v = b.v')
  await rows('INSERT INTO t VALUES (1, 10), (2, 20)')
  await rows('ALTER TABLE t ADD PRIMARY KEY (k), ADD COLUMN w int DEFAULT 5')
  await rows('INSERT INTO t VALUES (1, 20, 6)')
  const read = async () => [
    await rows('SELECT * FROM t ORDER BY k'),
    await rows('SELECT * FROM of_rows ORDER BY k'),
    await rows('SELECT * FROM pairs ORDER BY k, v'),
    await rows('SELECT w FROM t WHERE k = 1'),
  ]
  const before = await read()
  assert.deepEqual(before, [
    [
      [1, 20, 6],
      [2, 20, 5],
    ],
    [
      [1, 20],
      [2, 20],
    ],
    [
      [1, 20],
      [1, 20],
      [2, 20],
      [2, 20],
    ],
    [[6]],
  ])
  await server.restart()
  assert.deepEqual(await read(), before)
  await rows('CREATE MATERIALIZED VIEW later AS SELECT w FROM t')
  await rows('DELETE FROM t WHERE k = 2')
  await rows('INSERT INTO t VALUES (1, 30, 7), (3, 30, 8)')
  await server.restart()
  assert.deepEqual(await rows('SELECT count(*) FROM pairs'), [['4']])
  assert.deepEqual(await rows('SELECT w FROM later ORDER BY w'), [[7], [8]])
  await rows('DROP MATERIALIZED VIEW later, pairs, of_rows')
  await rows('ALTER TABLE t DROP CONSTRAINT t_pkey')
  await rows('INSERT INTO t VALUES (1, 30, 7)')
  await server.restart()
  assert.deepEqual(await rows('SELECT k FROM t ORDER BY k'), [[1], [1], [3]])
})

test('no second row of a key and no NULL slips in while it is added', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE t (k int, v int)')
  const writers = await Promise.all(Array.from({ length: 6 }, () => server.connect()))
  let made = 0
  for (let round = 0; round < 6; round++) {
    const writes = writers.map((client, i) =>
      client
        .query(`INSERT INTO t VALUES (${i === 5 ? 'NULL' : i % 4}, ${i})`)
        .catch((error: { code?: string }) => {
          assert.match(error.code ?? '', /^(23502|55006)$/)
        }),
    )
    const added = server.rows('ALTER TABLE t ADD PRIMARY KEY (k)').then(
      () => true,
      (error: { code?: string }) => {
        assert.match(error.code ?? '', /^(23505|23502)$/)
        return false
      },
    )
    await Promise.all(writes)
    const wrong = await server.rows('SELECT k FROM t GROUP BY k HAVING count(*) > 1 OR k IS NULL')
    if (await added) {
      made++
      assert.deepEqual(wrong, [])
      await server.rows('ALTER TABLE t DROP CONSTRAINT t_pkey, ALTER k DROP NOT NULL')
    } else assert.notDeepEqual(wrong, [])
    await server.rows('DELETE FROM t')
    if (round === 4) writers.length = 2
  }
  assert.ok(made > 0)
})
