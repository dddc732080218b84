import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestServer } from '../test-server.ts'

const FAMILY = `CREATE TABLE parent (id int PRIMARY KEY, name text UNIQUE);
  CREATE TABLE child (n int, id int REFERENCES parent ON DELETE CASCADE, name text REFERENCES parent (name) ON UPDATE CASCADE);
  CREATE TABLE grandchild (n int);
  INSERT INTO parent VALUES (1, 'a'), (2, 'b'), (3, 'c');
  INSERT INTO child VALUES (1, 1, 'a'), (2, 2, 'b')`

test('what is wrong is told in the words of PostgreSQL', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(FAMILY)
  await assert.rejects(server.rows("INSERT INTO child VALUES (3, 9, 'a')"), {
    code: '23503',
    message: 'insert or update on table "child" violates foreign key constraint "child_id_fkey"',
    detail: 'Key (id)=(9) is not present in table "parent".',
  })
  await server.rows(
    'CREATE TABLE strict (a int, b text, "C" int REFERENCES parent, FOREIGN KEY (b) REFERENCES parent (name))',
  )
  await server.rows("INSERT INTO strict VALUES (1, 'b', 2)")
  await assert.rejects(server.rows('DELETE FROM parent WHERE id = 2'), {
    code: '23503',
    message:
      'update or delete on table "parent" violates foreign key constraint "strict_C_fkey" on table "strict"',
    detail: 'Key (id)=(2) is still referenced from table "strict".',
  })
  await assert.rejects(server.rows('DROP TABLE parent'), {
    code: '2BP01',
    detail: [
      'constraint child_id_fkey on table child depends on table parent',
      'constraint child_name_fkey on table child depends on table parent',
      'constraint strict_C_fkey on table strict depends on table parent',
      'constraint strict_b_fkey on table strict depends on table parent',
    ].join('\n'),
    hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
  })
  await assert.rejects(server.rows('TRUNCATE parent'), {
    code: '0A000',
    detail: 'Table "child" references "parent".',
    hint: 'Truncate table "child" at the same time, or use TRUNCATE ... CASCADE.',
  })
  await assert.rejects(server.rows('CREATE TABLE no (id text REFERENCES parent)'), {
    code: '42804',
    message: 'foreign key constraint "no_id_fkey" cannot be implemented',
    detail: 'Key columns "id" and "id" are of incompatible types: character varying and integer.',
  })
  await assert.rejects(server.rows('CREATE TABLE no (n int REFERENCES grandchild (n))'), { code: '42830' })
})

test('foreign keys are kept over a restart', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(FAMILY)
  const told = 'SELECT conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint ORDER BY oid'
  const before = await server.rows(told)
  await server.restart()
  assert.deepEqual(await server.rows(told), before)
  await assert.rejects(server.rows('INSERT INTO child VALUES (3, 9)'), { code: '23503' })
  await server.rows("UPDATE parent SET name = 'z' WHERE id = 2; DELETE FROM parent WHERE id = 1")
  await server.restart()
  assert.deepEqual(await server.rows('SELECT * FROM child'), [[2, 2, 'z']])
})

test('all that follows from a statement is one change of the views', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(FAMILY)
  await server.rows(`CREATE MATERIALIZED VIEW orphans AS
    SELECT count(*) AS n FROM child LEFT JOIN parent ON child.id = parent.id WHERE parent.id IS NULL`)
  await server.rows("CREATE SUBSCRIPTION told FROM orphans WITH (retention = '1h')")
  const client = await server.connect()
  await client.query('DECLARE changes SUBSCRIPTION CURSOR FOR told')
  await server.rows('DELETE FROM parent WHERE id = 1')
  await server.rows(`BEGIN; INSERT INTO parent VALUES (7, 'g'); INSERT INTO child VALUES (7, 7);
    DELETE FROM parent WHERE id > 1; COMMIT`)
  assert.deepEqual(await server.rows('SELECT * FROM child'), [])
  assert.deepEqual((await client.query('FETCH 10 FROM changes')).rows, [])
})

test('a row is not referred to while it goes, whoever is first', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int REFERENCES parent)')
  const clients = await Promise.all(Array.from({ length: 8 }, () => server.connect()))
  for (let round = 0; round < 6; round++) {
    await server.rows('DELETE FROM child; DELETE FROM parent; INSERT INTO parent VALUES (1), (2)')
    await Promise.all(
      clients.map((client, i) => {
        const id = 1 + (i % 2)
        const [open, close] = round % 2 === 0 ? ['', ''] : ['BEGIN; ', '; COMMIT']
        const change = i % 4 < 2 ? `INSERT INTO child VALUES (${id})` : `DELETE FROM parent WHERE id = ${id}`
        return client.query(`${open}${change}${close}`).catch(async (error: { code?: string }) => {
          assert.match(error.code ?? '', /^(23503|40P01)$/)
          await client.query('ROLLBACK')
        })
      }),
    )
    const lost = 'SELECT count(*) FROM child WHERE id NOT IN (SELECT id FROM parent)'
    assert.deepEqual(await server.rows(lost), [['0']])
  }
})

test('rows that refer to one row need not wait for each other, nor for other changes of it', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(
    'CREATE TABLE parent (id int PRIMARY KEY, v int); CREATE TABLE child (id int REFERENCES parent)',
  )
  await server.rows('INSERT INTO parent VALUES (1, 0)')
  const [a, b, c] = await Promise.all([server.connect(), server.connect(), server.connect()])
  await a!.query('BEGIN; INSERT INTO child VALUES (1)')
  await b!.query('BEGIN; INSERT INTO child VALUES (1)')
  await c!.query('UPDATE parent SET v = 1')
  let gone = false
  const deleting = c!.query('DELETE FROM parent').then(
    () => (gone = true),
    (error: { code?: string }) => assert.equal(error.code, '23503'),
  )
  await a!.query('COMMIT')
  await b!.query('COMMIT')
  await deleting
  assert.equal(gone, false)
})

test('no row slips in while a foreign key is added', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int)')
  const writers = await Promise.all(Array.from({ length: 8 }, () => server.connect()))
  for (let round = 0; round < 4; round++) {
    await server.rows('INSERT INTO parent SELECT generate_series(1, 8)')
    const writes = writers.map((client, i) =>
      client
        .query(i % 2 === 0 ? `INSERT INTO child VALUES (${i})` : `DELETE FROM parent WHERE id = ${i - 1}`)
        .catch((error: { code?: string }) => assert.match(error.code ?? '', /^(23503|55006)$/)),
    )
    const added = server
      .rows('ALTER TABLE child ADD CONSTRAINT known FOREIGN KEY (id) REFERENCES parent')
      .then(
        () => true,
        (error: { code?: string }) => {
          assert.equal(error.code, '23503')
          return false
        },
      )
    await Promise.all(writes)
    if (await added) {
      const lost = 'SELECT count(*) FROM child WHERE id NOT IN (SELECT id FROM parent)'
      assert.deepEqual(await server.rows(lost), [['0']])
      await server.rows('ALTER TABLE child DROP CONSTRAINT known')
    }
    await server.rows('DELETE FROM child; DELETE FROM parent')
  }
})

test('a block that changed a table before a foreign key was added to it does not commit', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int)')
  await server.rows('INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1)')
  const client = await server.connect()
  await client.query('BEGIN; DELETE FROM parent')
  await server.rows('ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES parent')
  await assert.rejects(client.query('COMMIT'), { code: '55006' })
  assert.deepEqual(await server.rows('SELECT * FROM parent'), [[1]])
})

test('who refers to a table needs the right REFERENCES on the columns', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(
    "CREATE TABLE parent (id int PRIMARY KEY, n int UNIQUE); CREATE USER ann PASSWORD 'x'; GRANT CREATE ON SCHEMA public TO ann",
  )
  const ann = 'SET ROLE ann; '
  await assert.rejects(server.rows(`${ann}CREATE TABLE child (id int REFERENCES parent)`), { code: '42501' })
  await server.rows('RESET ROLE; GRANT REFERENCES (id) ON parent TO ann')
  await assert.rejects(server.rows(`${ann}CREATE TABLE child (id int REFERENCES parent (n))`), {
    code: '42501',
  })
  await server.rows(`${ann}CREATE TABLE child (id int REFERENCES parent)`)
  await assert.rejects(server.rows(`${ann}INSERT INTO child VALUES (1)`), { code: '23503' })
  await server.rows('RESET ROLE')
})

test('a statement that broke a foreign key leaves nothing in its block', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(FAMILY)
  const client = await server.connect()
  await client.query('BEGIN')
  await client.query("INSERT INTO parent VALUES (4, 'd')")
  await client.query('SAVEPOINT s')
  await assert.rejects(client.query("INSERT INTO child VALUES (9, 9, 'a')"), { code: '23503' })
  await client.query('ROLLBACK TO s')
  await client.query("INSERT INTO child VALUES (4, 4, 'd')")
  await client.query('COMMIT')
  await client.query('BEGIN')
  await assert.rejects(client.query("INSERT INTO child VALUES (9, 9, 'a')"), { code: '23503' })
  await client.query('COMMIT')
  assert.deepEqual(await server.rows('SELECT n FROM child ORDER BY n'), [[1], [2], [4]])
})

test('a prepared statement goes on when a foreign key has come or gone', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int)')
  const client = await server.connect()
  const insert = (id: number) =>
    client.query({ name: 'insert', text: 'INSERT INTO child VALUES ($1)', values: [id] })
  const remove = () => client.query({ name: 'remove', text: 'DELETE FROM parent' })
  await insert(1)
  await remove()
  await server.rows('DELETE FROM child; ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES parent')
  await assert.rejects(insert(1), { code: '23503' })
  await server.rows('INSERT INTO parent VALUES (1)')
  await insert(1)
  await assert.rejects(remove(), { code: '23503' })
  await server.rows('ALTER TABLE child DROP CONSTRAINT child_id_fkey')
  await remove()
  await insert(2)
})

test('many keys are looked for as few are', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(
    'CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id bigint REFERENCES parent, n int)',
  )
  await server.rows('INSERT INTO parent SELECT generate_series(1, 3000)')
  await server.rows('INSERT INTO child SELECT i, i FROM generate_series(1, 3000) i')
  await assert.rejects(server.rows('INSERT INTO child SELECT i, i FROM generate_series(1, 3001) i'), {
    detail: 'Key (id)=(3001) is not present in table "parent".',
  })
  await server.rows(`BEGIN; INSERT INTO parent VALUES (3001);
    INSERT INTO child SELECT i, i FROM generate_series(1, 3001) i; COMMIT`)
  await assert.rejects(server.rows('DELETE FROM parent WHERE id > 1500'), { code: '23503' })
  await server.rows('DELETE FROM child WHERE id > 1500; DELETE FROM parent WHERE id > 1500')
  assert.deepEqual(await server.rows('SELECT count(*) FROM parent'), [['1500']])
})

test('who takes the place of a row waits for those that refer to it', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows(FAMILY)
  const [adding, taking] = [await server.connect(), await server.connect()]
  await adding.query("BEGIN; INSERT INTO child VALUES (9, 1, 'a')")
  await taking.query("SET lock_timeout = '100ms'")
  const takePlace = () => taking.query('UPDATE parent SET id = 1 WHERE id = 3')
  await assert.rejects(takePlace(), { code: '55P03' })
  await adding.query('COMMIT')
  await takePlace()
  assert.deepEqual(await server.rows('SELECT n, name FROM child ORDER BY n'), [
    [1, 'c'],
    [2, 'b'],
    [9, 'c'],
  ])
})

test('rows that refer to none already may be changed until a foreign key is validated', async () => {
  await using server = await TestServer.start({ inline: true })
  await server.rows('CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child (id int, n int)')
  await server.rows('INSERT INTO child VALUES (9, 1)')
  await server.rows(
    'ALTER TABLE child ADD FOREIGN KEY (id) REFERENCES parent DEFERRABLE INITIALLY DEFERRED NOT VALID',
  )
  await server.rows('BEGIN; UPDATE child SET n = 2; COMMIT')
  assert.deepEqual(await server.rows('SELECT id, n FROM child'), [[9, 2]])
  await assert.rejects(server.rows('BEGIN; UPDATE child SET id = 8; COMMIT'), { code: '23503' })
})
