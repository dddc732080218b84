import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

test('checks and their names are kept over a restart', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(
    "CREATE TABLE t (k int CONSTRAINT one PRIMARY KEY, v text CHECK (v <> 'x'), CHECK (length(v) > k))",
  )
  await server.rows("INSERT INTO t VALUES (1, 'long')")
  await server.rows('ALTER TABLE t ADD CONSTRAINT known CHECK (k < 5) NOT VALID')
  const told = 'SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint ORDER BY oid'
  const before = await server.rows(told)
  await server.restart()
  assert.deepEqual(await server.rows(told), before)
  await assert.rejects(server.rows("INSERT INTO t VALUES (2, 'x')"), {
    code: '23514',
    detail: 'Failing row contains (2, x).',
  })
  await assert.rejects(server.rows("INSERT INTO t VALUES (4, 'four')"), /"t_check"/)
  await assert.rejects(server.rows("INSERT INTO t VALUES (9, 'ninth letter')"), /"known"/)
  await server.rows('CREATE TABLE later (a int)')
  await server.rows('ALTER TABLE t VALIDATE CONSTRAINT known')
  await server.restart()
  await server.rows("INSERT INTO t VALUES (2, 'four')")
  assert.deepEqual(
    (await server.rows(told)).map(row => row[2]),
    [true, true, true, true],
  )
})

test('no row slips in while a check is added', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE t (v int)')
  const writers = await Promise.all(Array.from({ length: 8 }, () => server.connect()))
  for (let round = 0; round < 4; round++) {
    const writes = writers.map((client, i) =>
      client.query(`INSERT INTO t VALUES (${i % 4 === 0 ? -1 : i})`).catch((error: { code?: string }) => {
        assert.match(error.code ?? '', /^(23514|55006)$/)
      }),
    )
    const added = server.rows('ALTER TABLE t ADD CONSTRAINT positive CHECK (v >= 0)').then(
      () => true,
      (error: { code?: string }) => {
        assert.equal(error.code, '23514')
        return false
      },
    )
    await Promise.all(writes)
    if (await added) {
      assert.deepEqual(await server.rows('SELECT count(*) FROM t WHERE v < 0'), [['0']])
      await server.rows('ALTER TABLE t DROP CONSTRAINT positive')
    } else assert.deepEqual(await server.rows('SELECT count(*) > 0 FROM t WHERE v < 0'), [[true]])
    await server.rows('DELETE FROM t')
  }
})

test('of writers with one unique value one succeeds, whatever they write with', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE t (k int PRIMARY KEY, v int)')
  await server.rows('CREATE UNIQUE INDEX t_v ON t (v)')
  const writers = await Promise.all(Array.from({ length: 6 }, () => server.connect()))
  for (let round = 0; round < 3; round++) {
    const outcomes = await Promise.all(
      writers.map((client, i) => {
        const k = round * 10 + i
        const sql =
          i % 3 === 0
            ? `INSERT INTO t VALUES (${k}, ${round})`
            : i % 3 === 1
              ? `MERGE INTO t USING (VALUES (${k})) s (k) ON t.k = s.k WHEN NOT MATCHED THEN INSERT VALUES (s.k, ${round})`
              : `WITH w AS (INSERT INTO t VALUES (${k}, ${round}) RETURNING k) SELECT * FROM w`
        return client.query(sql).then(
          () => 'written',
          (error: { code?: string }) => error.code,
        )
      }),
    )
    assert.deepEqual(outcomes.toSorted(), ['23505', '23505', '23505', '23505', '23505', 'written'])
  }
  assert.deepEqual(await server.rows('SELECT count(*), count(DISTINCT v) FROM t'), [['3', '3']])
  await server.restart()
  await assert.rejects(server.rows('INSERT INTO t VALUES (100, 2)'), {
    code: '23505',
    detail: 'Key (v)=(2) already exists.',
  })
  await server.rows('INSERT INTO t VALUES (100, 30)')
})

test('no equal rows slip in while UNIQUE is added', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE t (v int)')
  const writers = await Promise.all(Array.from({ length: 6 }, () => server.connect()))
  for (let round = 0; round < 4; round++) {
    const writes = writers.map((client, i) =>
      client.query(`INSERT INTO t VALUES (${i === 5 ? 4 : i})`).catch((error: { code?: string }) => {
        assert.match(error.code ?? '', /^(23505|55006)$/)
      }),
    )
    const added = server.rows('ALTER TABLE t ADD CONSTRAINT once UNIQUE (v)').then(
      () => true,
      (error: { code?: string }) => {
        assert.equal(error.code, '23505')
        return false
      },
    )
    await Promise.all(writes)
    const twice = await server.rows('SELECT v FROM t GROUP BY v HAVING count(*) > 1')
    if (await added) {
      assert.deepEqual(twice, [])
      await server.rows('ALTER TABLE t DROP CONSTRAINT once')
    } else assert.deepEqual(twice, [[4]])
    await server.rows('DELETE FROM t')
  }
})
