import assert from 'node:assert/strict'
import { test } from 'node:test'
import type pg from 'pg'
import { TestServer } from './test-server.ts'

test('prepared statements take and give labels that came after them, in both formats', async () => {
  await using server = await TestServer.start({ inline: true })
  const client = await server.connect()
  try {
    await client.query("CREATE TYPE mood AS ENUM ('sad', 'happy')")
    await client.query('CREATE TYPE pair AS (m mood, n int)')
    await client.query('CREATE TABLE t (k int PRIMARY KEY, m mood, ms mood[], p pair)')
    const insert = (...values: unknown[]) =>
      client.query({ name: 'insert', text: 'INSERT INTO t VALUES ($1, $2, $3, $4)', values })
    const read = (binary: boolean) =>
      client.query({
        name: `read${binary}`,
        text: 'SELECT m, ms, p FROM t ORDER BY m',
        binary,
        rowMode: 'array',
      } as pg.QueryConfig)
    await insert(1, 'sad', '{happy}', '(sad,1)')
    const { fields } = await read(false)
    await read(true)
    await client.query("ALTER TYPE mood ADD VALUE 'ok' BEFORE 'happy'")
    await insert(2, 'ok', '{ok}', '(ok,2)')
    assert.deepEqual((await read(false)).rows, [
      ['sad', '{happy}', '(sad,1)'],
      ['ok', '{ok}', '(ok,2)'],
    ])
    const { rows } = await read(true)
    assert.deepEqual(
      rows.map(row => String((row as unknown as unknown[])[0])),
      ['sad', 'ok'],
    )
    const oids = await client.query({
      text: "SELECT 'mood'::regtype::oid, 'mood[]'::regtype::oid, 'pair'::regtype::oid",
      rowMode: 'array',
    })
    assert.deepEqual(
      fields.map(field => field.dataTypeID),
      (oids.rows[0] as unknown as unknown[]).map(Number),
    )
    await assert.rejects(insert(3, 'bad', null, null), { code: '22P02' })
  } finally {
    await client.end()
  }
})

test('a cursor of a subscription gives labels that came after it', async () => {
  await using server = await TestServer.start({ inline: true })
  const client = await server.connect()
  try {
    await client.query("CREATE TYPE mood AS ENUM ('sad')")
    await client.query('CREATE TABLE t (k int PRIMARY KEY, m mood)')
    await client.query("CREATE SUBSCRIPTION s FROM t WITH (retention = '1 day')")
    await client.query('DECLARE c SUBSCRIPTION CURSOR FOR s')
    await client.query("ALTER TYPE mood ADD VALUE 'happy'")
    await client.query("INSERT INTO t VALUES (1, 'happy')")
    const { rows } = await client.query('FETCH 1 FROM c')
    assert.equal(rows[0].m, 'happy')
  } finally {
    await client.end()
  }
})

test('a label is not added while a running job has its type in the text of a function', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows("CREATE TYPE mood AS ENUM ('sad')")
  await server.rows('CREATE TABLE t (k int PRIMARY KEY, m mood)')
  await server.rows("CREATE FUNCTION told(m mood) RETURNS text LANGUAGE javascript AS 'return m'")
  await server.rows('CREATE MATERIALIZED VIEW v AS SELECT told(m) AS m FROM t')
  await assert.rejects(server.rows("ALTER TYPE mood ADD VALUE 'happy'"), { code: '0A000' })
  await server.rows('DROP MATERIALIZED VIEW v')
  await server.rows("ALTER TYPE mood ADD VALUE 'happy'")
  await server.rows("INSERT INTO t VALUES (1, 'happy')")
  assert.deepEqual(await server.rows('SELECT told(m) FROM t'), [['happy']])
})
