import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type pg from 'pg'
import { TestServer } from './test-server.ts'

const server = await TestServer.start()
after(() => server.close())

const as = (user: string, password?: string) => server.connect({ user, password })

async function fails(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(work, (error: pg.DatabaseError) => {
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  })
}

test('only the own users of the server and declared roles log in', async () => {
  await fails(as('whoever'), '28000', /role "whoever" does not exist/)
  await (await as('postgres')).query('SELECT 1')
  const root = await as('root')
  await root.query("CREATE USER ann WITH PASSWORD 'secret'; CREATE USER bob; CREATE ROLE readers")
  await fails(as('whoever'), '28000', /role "whoever" does not exist/)
  await fails(as('readers'), '28000', /role "readers" is not permitted to log in/)
  await fails(as('ann', 'wrong'), '28P01', /password authentication failed for user "ann"/)
  assert.equal((await (await as('ann', 'secret')).query('SELECT current_user AS u')).rows[0].u, 'ann')
  assert.equal((await (await as('bob')).query('SELECT current_user AS u')).rows[0].u, 'bob')
  await fails(root.query('CREATE USER ann'), '42710', /role "ann" already exists/)
  await root.query('CREATE USER IF NOT EXISTS ann')
})

test('rights are granted, used, revoked; prepared statements lose them too', async () => {
  const root = await as('root')
  await root.query('CREATE TABLE accounts (k int PRIMARY KEY, v int); INSERT INTO accounts VALUES (1, 10)')
  await root.query('CREATE MATERIALIZED VIEW total AS SELECT sum(v) AS v FROM accounts')
  const ann = await as('ann', 'secret')
  const read = { name: 'read', text: 'SELECT v FROM accounts' }
  await fails(ann.query(read), '42501', /permission denied for table accounts/)
  await fails(ann.query('SELECT * FROM total'), '42501', /permission denied for materialized view total/)
  await root.query('GRANT SELECT ON TABLE accounts TO ann; GRANT SELECT ON MATERIALIZED VIEW total TO PUBLIC')
  assert.deepEqual((await ann.query(read)).rows, [{ v: 10 }])
  assert.deepEqual((await ann.query('SELECT v FROM total')).rows, [{ v: '10' }])
  await fails(
    ann.query('INSERT INTO accounts VALUES (2, 3)'),
    '42501',
    /permission denied for table accounts/,
  )
  await root.query('GRANT INSERT, UPDATE ON accounts TO ann')
  await ann.query('INSERT INTO accounts VALUES (2, 3)')
  await ann.query('UPDATE accounts SET v = 4 WHERE k = 2')
  await fails(ann.query('DELETE FROM accounts'), '42501', /permission denied for table accounts/)
  await fails(ann.query('GRANT SELECT ON accounts TO bob'), '42501', /permission denied for table accounts/)
  const privileges =
    "SELECT has_table_privilege('ann', 'accounts', 'SELECT') AS s, has_table_privilege('bob', 'accounts', 'SELECT') AS b"
  assert.deepEqual((await root.query(privileges)).rows, [{ s: true, b: false }])
  await root.query('REVOKE SELECT ON accounts FROM ann')
  await fails(ann.query(read), '42501', /permission denied for table accounts/)
})

test('members have the rights of their role, and a view reads with the rights of its owner', async () => {
  const root = await as('root')
  const bob = await as('bob')
  await root.query('CREATE VIEW seen AS SELECT k FROM accounts; GRANT SELECT ON seen TO readers')
  await fails(bob.query('SELECT * FROM seen'), '42501', /permission denied for view seen/)
  await root.query('GRANT readers TO bob')
  assert.equal((await bob.query('SELECT * FROM seen')).rowCount, 2)
  await fails(bob.query('SELECT * FROM accounts'), '42501', /permission denied for table accounts/)
  await root.query('REVOKE readers FROM bob')
  await fails(bob.query('SELECT * FROM seen'), '42501', /permission denied for view seen/)
})

test('only owners drop and alter, and things are made where one may', async () => {
  const root = await as('root')
  const bob = await as('bob')
  await fails(bob.query('CREATE TABLE mine (a int)'), '42501', /permission denied for schema public/)
  await fails(bob.query('CREATE SCHEMA bobs'), '42501', /permission denied for database dev/)
  await fails(bob.query('DROP TABLE accounts CASCADE'), '42501', /must be owner of table accounts/)
  await fails(bob.query('CREATE USER eve'), '42501', /permission denied to create role/)
  await root.query('GRANT CREATE ON SCHEMA public TO bob; GRANT CREATE ON DATABASE dev TO bob')
  await bob.query('CREATE TABLE mine (a int); CREATE SCHEMA bobs; CREATE TABLE bobs.hidden (a int)')
  const ann = await as('ann', 'secret')
  await bob.query('GRANT SELECT ON bobs.hidden TO ann')
  await fails(ann.query('SELECT * FROM bobs.hidden'), '42501', /permission denied for schema bobs/)
  await bob.query('GRANT USAGE ON SCHEMA bobs TO ann')
  assert.equal((await ann.query('SELECT * FROM bobs.hidden')).rowCount, 0)
  await fails(bob.query('ALTER TABLE mine SWAP WITH accounts'), '42501', /must be owner of table accounts/)
  await fails(bob.query('COPY accounts TO STDOUT'), '42501', /permission denied for table accounts/)
  await fails(root.query('DROP USER bob'), '2BP01', /cannot be dropped because some objects depend on it/)
  await bob.query('DROP TABLE mine; DROP SCHEMA bobs CASCADE')
})

test('roles, passwords and rights outlive a restart; a dropped role can do nothing', async () => {
  const before = await as('root')
  await before.query("ALTER USER root WITH PASSWORD 'of root'; ALTER USER ann PASSWORD 'new'")
  await server.restart()
  await fails(as('root', 'wrong'), '28P01', /password/)
  const root = await as('root', 'of root')
  const ann = await as('ann', 'new')
  await ann.query('INSERT INTO accounts VALUES (7, 7)')
  await ann.query("ALTER USER ann PASSWORD 'own'")
  await fails(ann.query('ALTER USER ann SUPERUSER'), '42501', /permission denied to alter role/)
  await root.query('REVOKE ALL ON accounts FROM ann; DROP USER ann')
  await fails(ann.query('SELECT * FROM accounts'), '42501', /permission denied/)
  await fails(as('ann', 'own'), '28000', /role "ann" does not exist/)
  const { rows } = await root.query("SELECT rolsuper, rolpassword FROM pg_authid WHERE rolname = 'root'")
  assert.deepEqual(rows, [{ rolsuper: true, rolpassword: null }])
})
