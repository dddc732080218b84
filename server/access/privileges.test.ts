import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type pg from 'pg'
import { rowsOf as rows, TestServer } from '../test-server.ts'

const server = await TestServer.start()
after(() => server.close())

const as = (user: string) => server.connect({ user })

async function fails(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(work, (error: pg.DatabaseError) => {
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  })
}

const DENIED = /permission denied for table acc/

test('a right on columns covers these only, wherever a statement names others', async () => {
  const root = await as('root')
  await root.query(`
    CREATE USER ann; CREATE USER bob;
    CREATE TABLE acc (a int PRIMARY KEY, b int, c int); INSERT INTO acc VALUES (1, 2, 3);
    GRANT SELECT (a, b), UPDATE (b) ON acc TO ann; GRANT INSERT (a) ON acc TO bob WITH GRANT OPTION`)
  const ann = await as('ann')
  assert.deepEqual(await rows(ann, 'SELECT a, b FROM acc'), [[1, 2]])
  assert.deepEqual(await rows(ann, 'SELECT count(*) FROM acc'), [['1']])
  for (const query of [
    'SELECT c FROM acc',
    'SELECT * FROM acc',
    'SELECT acc FROM acc',
    'SELECT to_jsonb(acc.*) FROM acc',
    'SELECT a FROM acc WHERE c = 3',
    'SELECT a FROM acc ORDER BY c',
    'SELECT a FROM acc GROUP BY a, c',
    'SELECT sum(a) OVER (PARTITION BY c) FROM acc',
    'SELECT x.a FROM acc AS x JOIN acc AS y USING (c)',
    'SELECT x.a FROM acc AS x NATURAL JOIN acc AS y',
    'SELECT 1 WHERE EXISTS (SELECT FROM acc WHERE c = 3)',
    'SELECT t.a FROM (SELECT * FROM acc) AS t',
    'WITH t AS (SELECT c FROM acc) SELECT 1 FROM t',
    'SELECT * FROM acc AS x (p, q, r)',
    'UPDATE acc SET c = 5',
    'UPDATE acc SET b = c',
    'UPDATE acc SET b = 5 RETURNING c',
    'DELETE FROM acc',
    'COPY acc TO STDOUT',
    'TRUNCATE acc',
    'MERGE INTO acc USING (SELECT 1 AS k) AS s ON a = s.k WHEN MATCHED THEN UPDATE SET c = 1',
    'CREATE MATERIALIZED VIEW leak AS SELECT c FROM acc',
  ])
    await fails(ann.query(query), '42501', /permission denied/)
  await ann.query('UPDATE acc SET b = 7 WHERE a = 1 RETURNING a, b')
  const bob = await as('bob')
  await bob.query('INSERT INTO acc (a) VALUES (9)')
  await fails(bob.query('INSERT INTO acc (a, b) VALUES (10, 1)'), '42501', DENIED)
  await fails(bob.query('INSERT INTO acc (a) VALUES (11) RETURNING a'), '42501', DENIED)
  await fails(bob.query('SELECT a FROM acc'), '42501', DENIED)
  await bob.query('GRANT INSERT (a) ON acc TO ann')
  await fails(bob.query('GRANT INSERT (b) ON acc TO ann'), '42501', DENIED)
  await fails(root.query('GRANT SELECT (nope) ON acc TO ann'), '42703', /column "nope" of relation "acc"/)
  await fails(
    root.query('GRANT DELETE (a) ON acc TO ann'),
    '0LP01',
    /invalid privilege type DELETE for column/,
  )
  assert.deepEqual(
    await rows(
      root,
      "SELECT attname, attacl::text FROM pg_attribute WHERE attrelid = 'acc'::regclass AND attacl IS NOT NULL",
    ),
    [
      ['a', '{bob=a*/root,ann=ar/root}'],
      ['b', '{ann=rw/root}'],
    ],
  )
  await root.query('REVOKE SELECT ON acc FROM ann')
  await fails(ann.query('SELECT a FROM acc'), '42501', DENIED)
})

test("a view reads with its owner's rights, which may be lost", async () => {
  const root = await as('root')
  await root.query('GRANT CREATE ON SCHEMA public TO ann; GRANT SELECT (a) ON acc TO ann')
  const ann = await as('ann')
  await ann.query('CREATE VIEW seen AS SELECT a FROM acc; GRANT SELECT ON seen TO bob')
  const bob = await as('bob')
  assert.equal((await rows(bob, 'SELECT * FROM seen')).length, 2)
  await root.query('REVOKE SELECT ON acc FROM ann')
  await fails(bob.query('SELECT * FROM seen'), '42501', DENIED)
})

test('SET ROLE and SET SESSION AUTHORIZATION change whose rights count', async () => {
  const root = await as('root')
  await root.query('CREATE ROLE readers; GRANT SELECT ON acc TO readers; GRANT readers TO bob')
  const bob = await as('bob')
  assert.deepEqual(await rows(bob, 'SELECT current_user, session_user'), [['bob', 'bob']])
  await bob.query('SET ROLE readers')
  assert.deepEqual(await rows(bob, "SELECT current_user, session_user, current_setting('role')"), [
    ['readers', 'bob', 'readers'],
  ])
  await fails(bob.query('INSERT INTO acc (a) VALUES (12)'), '42501', DENIED)
  await bob.query('RESET ROLE; INSERT INTO acc (a) VALUES (12)')
  await fails(bob.query('SET ROLE ann'), '42501', /permission denied to set role "ann"/)
  await fails(
    bob.query("SELECT set_config('role', 'ann', false)"),
    '42501',
    /permission denied to set role "ann"/,
  )
  await fails(bob.query("SET role = 'nobody'"), '22023', /role "nobody" does not exist/)
  await fails(
    bob.query('SET SESSION AUTHORIZATION root'),
    '42501',
    /permission denied to set session authorization/,
  )
  const read = { name: 'r', text: 'SELECT a FROM acc WHERE a = 1' }
  assert.equal((await root.query(read)).rowCount, 1)
  await root.query('SET SESSION AUTHORIZATION ann')
  assert.deepEqual(await rows(root, "SELECT current_user, session_user, current_setting('is_superuser')"), [
    ['ann', 'ann', 'off'],
  ])
  await fails(root.query(read), '42501', DENIED)
  await root.query('BEGIN; SET LOCAL SESSION AUTHORIZATION bob; COMMIT')
  assert.deepEqual(await rows(root, 'SELECT session_user'), [['ann']])
  await root.query('RESET SESSION AUTHORIZATION')
  assert.equal((await root.query(read)).rowCount, 1)
})

test('settings of roles and databases are there when a session begins, and RESET goes back to them', async () => {
  const root = await as('root')
  await root.query(`
    ALTER DATABASE dev SET timezone TO 'Europe/Prague'; ALTER ROLE ALL SET statement_timeout = '9s';
    ALTER ROLE ann SET statement_timeout = '7s'; ALTER ROLE ann IN DATABASE dev SET search_path TO a, public`)
  const shown = async (client: pg.Client) =>
    (
      await rows(
        client,
        "SELECT current_setting('timezone'), current_setting('statement_timeout'), current_setting('search_path')",
      )
    )[0]
  const ann = await as('ann')
  assert.deepEqual(await shown(ann), ['Europe/Prague', '7s', 'a, public'])
  assert.deepEqual(await shown(await as('bob')), ['Europe/Prague', '9s', '"$user", public'])
  await ann.query("SET timezone = 'UTC'; SET statement_timeout = '1s'; RESET ALL")
  assert.deepEqual(await shown(ann), ['Europe/Prague', '7s', 'a, public'])
  await fails(
    root.query('ALTER ROLE ann SET nope TO 1'),
    '42704',
    /unrecognized configuration parameter "nope"/,
  )
  await fails(ann.query("ALTER ROLE bob SET timezone TO 'UTC'"), '42501', /permission denied/)
  await ann.query('ALTER ROLE ann RESET ALL')
  await root.query('ALTER DATABASE dev RESET timezone; ALTER ROLE ALL RESET statement_timeout')
  assert.deepEqual(await shown(await as('ann')), ['UTC', '0', 'a, public'])
})

test('default privileges are granted on what is made later', async () => {
  const root = await as('root')
  await root.query(
    'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO bob; CREATE TABLE later (x int)',
  )
  const bob = await as('bob')
  assert.deepEqual(await rows(bob, 'SELECT * FROM later'), [])
  await root.query(
    'ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM bob; CREATE TABLE latest (x int)',
  )
  await fails(bob.query('SELECT * FROM latest'), '42501', /permission denied for table latest/)
})

test("functions are everyone's to call until EXECUTE is revoked, and read with the rights of the caller", async () => {
  const root = await as('root')
  await root.query(`
    CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x * 2';
    CREATE FUNCTION top() RETURNS int LANGUAGE sql AS 'SELECT max(c) FROM acc'`)
  const ann = await as('ann')
  assert.deepEqual(await rows(ann, 'SELECT twice(4)'), [[8]])
  await fails(ann.query('SELECT top()'), '42501', DENIED)
  await root.query(
    'REVOKE EXECUTE ON FUNCTION twice(int) FROM PUBLIC; GRANT EXECUTE ON FUNCTION twice TO bob',
  )
  await fails(ann.query('SELECT twice(4)'), '42501', /permission denied for function twice/)
  assert.deepEqual(await rows(await as('bob'), 'SELECT twice(4)'), [[8]])
  assert.deepEqual(
    await rows(
      root,
      "SELECT proacl::text, has_function_privilege('ann', oid, 'execute') FROM pg_proc WHERE proname = 'twice'",
    ),
    [['{root=X/root,bob=X/root}', false]],
  )
  await fails(
    ann.query('GRANT EXECUTE ON FUNCTION twice TO ann'),
    '42501',
    /permission denied for function twice/,
  )
  await root.query('GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO ann')
  assert.deepEqual(await rows(ann, 'SELECT twice(4)'), [[8]])
})

test('without CONNECT there is no session; a superuser has one', async () => {
  const root = await as('root')
  await root.query('REVOKE CONNECT ON DATABASE dev FROM PUBLIC; GRANT CONNECT ON DATABASE dev TO ann')
  await fails(as('bob'), '42501', /permission denied for database "dev"/)
  await (await as('ann')).query('SELECT 1')
  assert.deepEqual(
    await rows(root, "SELECT datacl::text, has_database_privilege('bob', 'dev', 'connect') FROM pg_database"),
    [['{=T/root,root=CTc/root,ann=c/root}', false]],
  )
  await root.query('GRANT CONNECT ON DATABASE dev TO PUBLIC')
  await (await as('bob')).query('SELECT 1')
})

test('all of it outlives a restart', async () => {
  const before = await as('root')
  const facts = `
    SELECT array(SELECT relacl::text FROM pg_class WHERE relacl IS NOT NULL ORDER BY 1)::text,
      array(SELECT setconfig::text FROM pg_db_role_setting)::text, array(SELECT datacl::text FROM pg_database)::text`
  const told = await rows(before, facts)
  await server.restart()
  assert.deepEqual(await rows(await as('root'), facts), told)
})
