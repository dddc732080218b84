import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fields } from './protocol/frames.ts'
import {
  report,
  startupMessage,
  status,
  tags,
  textRows,
  typesOf,
  WireClient,
} from './protocol/wire-client.ts'
import { TestServer } from './test-server.ts'

const server = await TestServer.start({ barrierIntervalMs: 50 })
const client = await WireClient.start(server.port)
await client.query('CREATE TABLE t (k int PRIMARY KEY, v varchar)')
after(() => {
  client.close()
  return server.close()
})

test('a transaction block is in ReadyForQuery and goes on after an error', async () => {
  assert.equal(status(await client.query('BEGIN')), 'T')
  assert.equal(status(await client.query('SELECT 1')), 'T')
  assert.equal(status(await client.query('SELECT nope')), 'T')
  assert.equal(status(await client.query('SELECT 1')), 'T')
  const left = await client.query('COMMIT')
  assert.deepEqual([tags(left), status(left)], [['COMMIT'], 'I'])
})

test('ROLLBACK takes back changes of rows, and warns that what was made stays', async () => {
  await client.query("BEGIN; INSERT INTO t VALUES (1, 'a')")
  assert.equal(report(await client.query('ROLLBACK'), 'N')['S'], undefined)
  assert.deepEqual(textRows(await client.query('SELECT v FROM t WHERE k = 1')), [])
  await client.query('BEGIN; CREATE TABLE stays (a int)')
  assert.equal(report(await client.query('ROLLBACK'), 'N')['S'], 'WARNING')
  await client.query('BEGIN')
  assert.equal(report(await client.query('ROLLBACK'), 'N')['S'], undefined)
})

test('BEGIN and COMMIT in the wrong place warn as PostgreSQL does', async () => {
  assert.equal(report(await client.query('COMMIT'), 'N')['C'], '25P01')
  await client.query('BEGIN')
  assert.equal(report(await client.query('BEGIN'), 'N')['C'], '25001')
  await client.query('COMMIT')
  assert.equal(report(await client.query('BEGIN nonsense'))['C'], '42601')
  assert.equal(report(await client.query('COMMIT PREPARED'))['C'], '42601')
})

test('a read-only transaction refuses changes with 25006', async () => {
  await client.query('START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY')
  const refused = await client.query("INSERT INTO t VALUES (2, 'b')")
  assert.deepEqual(
    [report(refused)['C'], report(refused)['M']],
    ['25006', 'cannot execute INSERT in a read-only transaction'],
  )
  await client.query('ROLLBACK')
})

test('savepoints are kept and checked as in PostgreSQL', async () => {
  await client.query('BEGIN; SAVEPOINT a')
  assert.deepEqual(status(await client.query('ROLLBACK TO SAVEPOINT a')), 'T')
  assert.equal(report(await client.query('RELEASE b'))['C'], '3B001')
  assert.equal(status(await client.query('ROLLBACK')), 'I')
  assert.equal(report(await client.query('SAVEPOINT a'))['C'], '25P01')
})

test('SET LOCAL ends with the block and a rolled back SET is undone, both told by ParameterStatus', async () => {
  await client.query("SET application_name = 'one'")
  await client.query("BEGIN; SET LOCAL application_name = 'two'")
  const over = await client.query('COMMIT')
  assert.equal(over.find(reply => reply.type === 'S')?.body.toString(), 'application_name\0one\0')
  await client.query("BEGIN; SET application_name = 'three'; ROLLBACK")
  const shown = await client.query('SHOW application_name')
  assert.deepEqual([textRows(shown), tags(shown)], [[['one']], ['SHOW']])
  await client.query("BEGIN; SET application_name = 'four'; COMMIT")
  assert.deepEqual(textRows(await client.query('SHOW application_name')), [['four']])
})

test('ROLLBACK TO SAVEPOINT takes back what was set since, RELEASE keeps it', async () => {
  const style = async () => textRows(await client.query('SHOW intervalstyle')).flat()
  const title = (await client.query('SHOW TIME ZONE')).find(reply => reply.type === 'T')!.body
  assert.equal(title.toString('latin1', 2, 10), 'TimeZone')
  await client.query("SET intervalstyle = 'iso_8601'")
  await client.query(
    "BEGIN; SAVEPOINT a; SET intervalstyle = 'sql_standard'; SAVEPOINT b; SET LOCAL intervalstyle = 'postgres'",
  )
  await client.query('ROLLBACK TO b')
  assert.deepEqual(await style(), ['sql_standard'])
  const back = await client.query('ROLLBACK TO a')
  assert.equal(back.find(reply => reply.type === 'S')?.body.toString(), 'IntervalStyle\0iso_8601\0')
  await client.query("SAVEPOINT c; SET intervalstyle = 'postgres_verbose'; RELEASE c; COMMIT")
  assert.deepEqual(await style(), ['postgres_verbose'])
  await client.query('RESET intervalstyle')
})

test('the first error of a Query keeps the statements after it from running', async () => {
  const replies = await client.query('SELECT 1; SELECT 1/0; SELECT 3')
  assert.equal(typesOf(replies), 'T D C T E Z')
  assert.equal(report(replies)['C'], '22012')
  assert.equal(typesOf(await client.query('')), 'I Z')
})

test('the position of an error counts characters', async () => {
  const fields = report(await client.query("SELECT '😀é', nope"))
  assert.deepEqual([fields['C'], fields['P']], ['42703', '14'])
})

test('a portal with a row limit is suspended and goes on', async () => {
  client.parse('SELECT x FROM generate_series(1, 5) AS g(x)').bind().describe('P').execute(2).execute(2)
  const replies = await client.execute(2).sync()
  assert.equal(typesOf(replies), '1 2 T D D s D D s D C Z')
  assert.deepEqual(textRows(replies).flat(), ['1', '2', '3', '4', '5'])
  assert.deepEqual(tags(replies), ['SELECT 1'])
  client.out.begin('E').string('').int32(0).end()
  assert.equal(report(await client.sync())['C'], '34000')
})

test('a named portal lives to the end of its transaction block', async () => {
  await client.query('BEGIN')
  client.parse('SELECT x FROM generate_series(1, 3) AS g(x)').bind([], { portal: 'p' }).execute(1, 'p')
  assert.deepEqual(textRows(await client.sync()), [['1']])
  assert.deepEqual(textRows(await client.execute(0, 'p').sync()), [['2'], ['3']])
  await client.query('COMMIT')
  assert.equal(report(await client.execute(0, 'p').sync())['C'], '34000')
})

test('Describe tells inferred parameter types and columns', async () => {
  const replies = await client.parse('SELECT k FROM t WHERE v = $1 AND k > $2', 's').describe('S', 's').sync()
  const fields = new Fields(replies.find(reply => reply.type === 't')!.body)
  assert.deepEqual([fields.count(), fields.int32(), fields.int32()], [2, 1043, 23])
  const insert = await client.parse('INSERT INTO t VALUES ($1, $2)').describe('S').sync()
  assert.equal(typesOf(insert), '1 t n Z')
})

test('after an error of the extended protocol all is skipped up to Sync', async () => {
  client.parse('SELECT nope').bind().execute().parse('SELECT 1').bind().execute()
  const replies = await client.sync()
  assert.equal(typesOf(replies), 'E Z')
  assert.equal(report(await client.parse('SELECT 1', 's').sync())['C'], '42P05')
})

test('cursors of SQL are read in portions, moved and closed', async () => {
  // Outside of a block it is held, as RisingWave has it.
  await client.query('DECLARE c CURSOR FOR SELECT 7')
  assert.deepEqual(textRows(await client.query('FETCH c')), [['7']])
  await client.query('CLOSE c')
  await client.query('BEGIN; DECLARE c CURSOR FOR SELECT x FROM generate_series(1, 6) AS g(x)')
  assert.deepEqual(textRows(await client.query('FETCH FORWARD 2 FROM c')), [['1'], ['2']])
  assert.deepEqual(tags(await client.query('MOVE 1 c')), ['MOVE 1'])
  assert.deepEqual(textRows(await client.query('FETCH c')), [['4']])
  const rest = await client.query('FETCH ALL c')
  assert.deepEqual([textRows(rest), tags(rest)], [[['5'], ['6']], ['FETCH 2']])
  assert.deepEqual(tags(await client.query('FETCH c; CLOSE c; COMMIT')), [
    'FETCH 0',
    'CLOSE CURSOR',
    'COMMIT',
  ])
  assert.equal(report(await client.query('FETCH c'))['C'], '34000')
  await client.query('DECLARE h NO SCROLL CURSOR WITH HOLD FOR SELECT 7')
  assert.deepEqual(textRows(await client.query('FETCH h')), [['7']])
  assert.equal(report(await client.query('BEGIN; FETCH BACKWARD 1 h'))['C'], '55000')
  await client.query('ROLLBACK; CLOSE ALL')
})

test('PREPARE and EXECUTE share the names of Parse', async () => {
  await client.query('PREPARE p (int) AS SELECT $1 + 1, $2::varchar')
  assert.deepEqual(textRows(await client.query("EXECUTE p(40 + 1, 'x')")), [['42', 'x']])
  assert.deepEqual(textRows(await client.bind(['1', 'y'], { statement: 'p' }).execute().sync()), [['2', 'y']])
  assert.equal(report(await client.query('EXECUTE p(1)'))['C'], '42601')
  assert.deepEqual(tags(await client.query('DEALLOCATE p')), ['DEALLOCATE'])
  assert.equal(report(await client.query('EXECUTE p(1, 2)'))['C'], '26000')
})

test('a statement ends at statement_timeout and at a cancel request, and the session goes on', async () => {
  await client.query(
    'CREATE TABLE big (x int); INSERT INTO big SELECT x FROM generate_series(1, 40000) AS g(x)',
  )
  const slow = 'SELECT count(*) FROM big AS a CROSS JOIN big AS b'
  await client.query('SET statement_timeout = 50')
  const timedOut = report(await client.query(slow))
  assert.deepEqual([timedOut['C'], timedOut['M']], ['57014', 'canceling statement due to statement timeout'])
  const endless = [
    'SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b',
    'SELECT count(*) FROM generate_series(1, 1000000000000) a',
    'SELECT max(a.x) FROM big a JOIN big b ON a.x < b.x JOIN big c ON b.x <> c.x',
  ]
  for (const sql of endless) {
    const started = performance.now()
    assert.equal(report(await client.query(sql))['C'], '57014', sql)
    assert.ok(performance.now() - started < 2000, sql)
  }
  await client.query('SET statement_timeout = 0')
  const other = await WireClient.open(server.port)
  other.socket.write(startupMessage({ user: 'root', database: 'dev' }))
  const key = (await other.until('Z')).find(reply => reply.type === 'K')!.body
  other.out.begin('Q').string(slow).end()
  other.send()
  await sleep(50)
  const canceler = await WireClient.open(server.port)
  const head = Buffer.alloc(8)
  head.writeInt32BE(16, 0)
  head.writeInt32BE(80877102, 4)
  canceler.socket.write(Buffer.concat([head, key]))
  assert.equal(await canceler.next(), undefined)
  const canceled = report(await other.until('Z'))
  assert.deepEqual([canceled['C'], canceled['M']], ['57014', 'canceling statement due to user request'])
  assert.deepEqual(textRows(await other.query('SELECT 1')), [['1']])
  other.close()
})
