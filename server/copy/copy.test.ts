import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { report, tags, textRows, typesOf, WireClient } from '../protocol/wire-client.ts'
import { TestServer } from '../test-server.ts'
import { CsvRows } from './csv-rows.ts'
import { TextRows } from './text-rows.ts'

const server = await TestServer.start({ inline: true })
const client = await WireClient.start(server.port)
await client.query(
  "CREATE TABLE t (k int PRIMARY KEY, v varchar DEFAULT 'd', at timestamp, twice int AS k * 2)",
)
after(() => {
  client.close()
  return server.close()
})

/** COPY … FROM STDIN with the data in pieces. */
async function copyIn(sql: string, pieces: readonly (string | Buffer)[], end: 'c' | 'f' = 'c') {
  client.out.begin('Q').string(sql).end()
  await client.send().until('G')
  for (const piece of pieces) client.out.begin('d').bytes(Buffer.from(piece)).end()
  if (end === 'f') client.out.begin('f').string('enough').end()
  else client.out.begin('c').end()
  return client.send().until('Z')
}

async function copyOut(sql: string): Promise<Buffer> {
  const replies = await client.query(sql)
  assert.match(typesOf(replies), /^H (d )*c C Z$/)
  return Buffer.concat(replies.filter(reply => reply.type === 'd').map(reply => reply.body))
}

test('text goes in and out, whatever the pieces; defaults and generated columns are filled in', async () => {
  const text = '1\ta\\tb\\\\c\\n\t2026-01-02 03:04:05\n2\t\\N\t\\N\n3\té\\x41\\101\t\\N\n\\.\n'
  const bytes = Buffer.from(text)
  const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
  assert.deepEqual(tags(await copyIn('COPY t (k, v, at) FROM STDIN', pieces)), ['COPY 3'])
  assert.deepEqual(tags(await copyIn('COPY t (k) FROM STDIN', ['4\n5'])), ['COPY 2'])
  assert.deepEqual(textRows(await client.query('SELECT * FROM t ORDER BY k')), [
    ['1', 'a\tb\\c\n', '2026-01-02 03:04:05', '2'],
    ['2', undefined, undefined, '4'],
    ['3', 'éAA', undefined, '6'],
    ['4', 'd', undefined, '8'],
    ['5', 'd', undefined, '10'],
  ])
  const out = await copyOut('COPY (SELECT k, v FROM t ORDER BY k LIMIT 3) TO STDOUT')
  assert.equal(out.toString(), '1\ta\\tb\\\\c\\n\n2\t\\N\n3\téAA\n')
})

test('rows refer to rows that are there, or that the block has copied before', async () => {
  await client.query('CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent VALUES (1), (2)')
  await client.query('CREATE TABLE child (n int, id bigint REFERENCES parent)')
  const many = (count: number) => [
    Array.from({ length: 5000 }, (_, i) => `${i}\t${(i % count) + 1}\n`).join(''),
  ]
  assert.deepEqual(tags(await copyIn('COPY child FROM STDIN', many(2))), ['COPY 5000'])
  const { C, D } = report(await copyIn('COPY child FROM STDIN', many(3)))
  assert.deepEqual([C, D], ['23503', 'Key (id)=(3) is not present in table "parent".'])
  await client.query('BEGIN')
  const ids = [Array.from({ length: 3000 }, (_, i) => `${i + 3}\n`).join('')]
  assert.deepEqual(tags(await copyIn('COPY parent FROM STDIN', ids)), ['COPY 3000'])
  assert.deepEqual(tags(await copyIn('COPY child FROM STDIN', many(3002))), ['COPY 5000'])
  assert.equal(report(await copyIn('COPY child FROM STDIN', many(3003)))['C'], '23503')
  await client.query('ROLLBACK')
  assert.deepEqual(textRows(await client.query('SELECT count(*), max(id) FROM child')), [['5000', '2']])
  await client.query('DROP TABLE child, parent')
})

test('WHERE passes rows over before they are held against NOT NULL, and is told of all columns', async () => {
  await client.query("CREATE TABLE w (a int, b text DEFAULT 'd', c int NOT NULL, twice int AS a * 2)")
  const some = 'COPY w (a, c) FROM STDIN WHERE a > 1 AND b = $$d$$ AND twice < 10'
  assert.deepEqual(tags(await copyIn(some, ['1\t\\N\n2\t2\n3\t3\n7\t7\n'])), ['COPY 2'])
  const many = Array.from({ length: 20_000 }, (_, i) => `${i},x,${i}\n`).join('')
  assert.deepEqual(
    tags(await copyIn('COPY w (a, b, c) FROM STDIN (FORMAT csv) WHERE w.a % 1000 = 0', [many])),
    ['COPY 20'],
  )
  assert.deepEqual(textRows(await client.query('SELECT count(*), sum(a) FROM w')), [['22', '190005']])
  const messages = []
  for (const where of [
    'a + 1',
    '(SELECT true)',
    'sum(a) > 1',
    'row_number() OVER () > 1',
    'nope',
    '10 / a > 1',
  ]) {
    const sql = `COPY w (a, c) FROM STDIN WHERE ${where}`
    const replies = where.startsWith('10') ? await copyIn(sql, ['0\t1\n']) : await client.query(sql)
    messages.push(report(replies)['M'])
  }
  assert.deepEqual(messages, [
    'argument of WHERE must be type boolean, not type integer',
    'cannot use subquery in COPY FROM WHERE condition',
    'aggregate functions are not allowed in COPY FROM WHERE conditions',
    'window functions are not allowed in COPY FROM WHERE conditions',
    'column "nope" does not exist',
    'division by zero',
  ])
  await client.query('DROP TABLE w')
})

test('what a change returns goes out, but not in a read-only block', async () => {
  const out = await copyOut("COPY (INSERT INTO t VALUES (900, 'r') RETURNING k, v) TO STDOUT")
  assert.equal(out.toString(), '900\tr\n')
  const silent = report(await client.query('COPY (DELETE FROM t WHERE k = 900) TO STDOUT'))
  assert.equal(silent['M'], 'COPY query must have a RETURNING clause')
  await client.query('BEGIN READ ONLY')
  const refused = report(await client.query('COPY (DELETE FROM t WHERE k = 900 RETURNING k) TO STDOUT'))
  assert.equal(refused['C'], '25006')
  await client.query('ROLLBACK')
  assert.equal(
    (await copyOut('COPY (DELETE FROM t WHERE k = 900 RETURNING k) TO STDOUT')).toString(),
    '900\n',
  )
})

test('HEADER MATCH takes rows below the names of the columns only', async () => {
  const failure = async (options: string, text: string) => {
    const { C, M } = report(await copyIn(`COPY t (k, v) FROM STDIN WITH (HEADER match${options})`, [text]))
    return `${C} ${M}`
  }
  assert.deepEqual(tags(await copyIn('COPY t (v, k) FROM STDIN (HEADER match)', ['v\tk\nh\t20\n'])), [
    'COPY 1',
  ])
  const csv = 'COPY t (k, v) FROM STDIN (HEADER match, FORMAT csv)'
  assert.deepEqual(tags(await copyIn(csv, ['k,"v"\n21,i\n'])), ['COPY 1'])
  assert.equal(
    await failure('', 'k\n30\tx\n'),
    '22P04 wrong number of fields in header line: got 1, expected 2',
  )
  assert.equal(
    await failure('', 'k\tv\tat\n30\tx\n'),
    '22P04 wrong number of fields in header line: got 3, expected 2',
  )
  assert.equal(
    await failure('', 'k\t\\N\n30\tx\n'),
    '22P04 column name mismatch in header line field 2: got null value ("\\N"), expected "v"',
  )
  assert.equal(
    await failure(', FORMAT csv', 'k,w\n30,x\n'),
    '22P04 column name mismatch in header line field 2: got "w", expected "v"',
  )
  const out = report(await client.query('COPY t TO STDOUT (HEADER match)'))
  assert.equal(out['M'], 'cannot use "match" with HEADER in COPY TO')
  await client.query('DELETE FROM t WHERE k BETWEEN 20 AND 30')
})

test('CSV keeps quotes, newlines and the empty text apart from NULL', async () => {
  const text = 'k,v\r\n10,"a ""b"", c\r\nd"\r\n11,""\r\n12,\r\n'
  const bytes = Buffer.from(text)
  const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))
  assert.deepEqual(tags(await copyIn('COPY t (k, v) FROM STDIN WITH (FORMAT csv, HEADER)', pieces)), [
    'COPY 3',
  ])
  const out = await copyOut('COPY (SELECT k, v FROM t WHERE k >= 10 ORDER BY k) TO STDOUT CSV HEADER')
  assert.equal(out.toString(), 'k,v\n10,"a ""b"", c\r\nd"\n11,""\n12,\n')
})

test('what went out in binary comes in again', async () => {
  const out = await copyOut('COPY t TO STDOUT (FORMAT binary)')
  assert.equal(out.subarray(0, 6).toString(), 'PGCOPY')
  await client.query('CREATE TABLE again (k int PRIMARY KEY, v varchar, at timestamp, twice int)')
  assert.deepEqual(
    tags(await copyIn('COPY again FROM STDIN BINARY', [out.subarray(0, 30), out.subarray(30)])),
    ['COPY 8'],
  )
  const difference = 'SELECT count(*) FROM (SELECT * FROM t EXCEPT ALL SELECT * FROM again) d'
  assert.deepEqual(textRows(await client.query(difference)), [['0']])
})

test('a COPY that fails leaves no row, names the line, and the session goes on', async () => {
  const failed = async (sql: string, pieces: readonly string[], end: 'c' | 'f' = 'c') => {
    const { C, M, D } = report(await copyIn(sql, pieces, end))
    return [C, M, D]
  }
  assert.deepEqual(await failed('COPY t (k, v) FROM STDIN', ['100\tx\n101\n']), [
    '22P04',
    'missing data for column "v"',
    'COPY t, line 2',
  ])
  assert.deepEqual(await failed('COPY t (k) FROM STDIN', ['100\tx\n']), [
    '22P04',
    'extra data after last expected column',
    'COPY t, line 1',
  ])
  assert.deepEqual((await failed('COPY t (k) FROM STDIN', ['100\nx\n']))[2], 'COPY t, line 2, column k')
  assert.deepEqual((await failed('COPY t (k) FROM STDIN', ['100\n'], 'f'))[0], '57014')
  assert.equal((await failed('COPY t (v) FROM STDIN', ['x\n']))[0], '23502')
  for (const text of ['100\t\\xff\n', '100\t\\303\n', '100\t\0\n', '100\t\\0\n'])
    assert.equal((await failed('COPY t (k, v) FROM STDIN', [text]))[0], '22021', text)
  assert.deepEqual(textRows(await client.query('SELECT count(*) FROM t WHERE k >= 100')), [['0']])
  for (const [sql, state] of [
    ["COPY t FROM '/etc/passwd'", '0A000'],
    ["COPY t TO PROGRAM 'true'", '0A000'],
    ['COPY none FROM STDIN', '42P01'],
    ['COPY t (nope) TO STDOUT', '42703'],
    ['COPY t (twice) FROM STDIN', '42P10'],
    ["COPY t TO STDOUT (FORMAT 'xml')", '22023'],
  ] as const)
    assert.equal(report(await client.query(sql))['C'], state, sql)
})

test('the first thing that is wrong is told, row by row', async () => {
  const day = '2026-01-02'
  const told = async (text: string) => {
    const { M, D } = report(await copyIn('COPY t (k, at) FROM STDIN', [text]))
    return [M, D]
  }
  const wrong = 'invalid input syntax for type timestamp: "soon"'
  const where = 'COPY t, line 2, column at'
  assert.deepEqual(await told(`200\t${day}\n201\tsoon\nx\t${day}\n`), [wrong, where])
  assert.deepEqual(await told(`200\t${day}\n201\tsoon\n202\t${day}\t1\n`), [wrong, where])
  assert.deepEqual(await told(`200\t${day}\n201\tsoon\n202\n`), [wrong, where])
  const extra = 'extra data after last expected column'
  assert.deepEqual(await told(`200\t${day}\n201\t${day}\t1\nx\n`), [extra, 'COPY t, line 2'])
})

test('values of all kinds come in, the usual and the unusual, whatever the column has besides', async () => {
  await client.query(
    'CREATE TABLE kinds (a bigint, n numeric, p numeric(6,2), d date, s varchar(4), c char(3))',
  )
  const usual = ['-12', '-1.50', '3', '2024-02-29', 'ab', 'x  ']
  const odd = ['9223372036854775807', '1e-20', '12.345', '2023-02-01 BC', 'éééé', '\\N']
  const lines = [usual, odd, ['\\N', '\\N', '\\N', '\\N', '\\N', 'y']]
  const text = lines.map(fields => `${fields.join('\t')}\n`)
  assert.deepEqual(tags(await copyIn('COPY kinds FROM STDIN', [text.join('')])), ['COPY 3'])
  for (const line of text) assert.deepEqual(tags(await copyIn('COPY kinds FROM STDIN', [line])), ['COPY 1'])
  const none = undefined
  assert.deepEqual(textRows(await client.query('SELECT DISTINCT a, n, p, d, s, c FROM kinds ORDER BY a')), [
    ['-12', '-1.50', '3.00', '2024-02-29', 'ab', 'x'],
    ['9223372036854775807', '0.00000000000000000001', '12.35', '2023-02-01 BC', 'éééé', none],
    [none, none, none, none, none, 'y'],
  ])
  assert.equal(report(await copyIn('COPY kinds (d) FROM STDIN', ['2023-02-29\n']))['C'], '22008')
})

test('lines are the same however the text is cut', () => {
  const options = { format: 'csv', delimiter: ',', null: '', header: false, quote: '"', escape: '"' } as const
  const csv = 'a,"b ""c""\r\n",\r\n,"",x\n"last"'
  const expected = [['a', 'b "c"\r\n', null], [null, '', 'x'], ['last']]
  const bytes = Buffer.from(csv)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const lines: (string | null)[][] = []
    let fields: (string | null)[] = []
    const reader = new CsvRows(options, {
      field(i, all, from, to, quoted) {
        const field = all.toString('utf8', from, to)
        fields[i] = !quoted && field === '' ? null : field
      },
      fieldBeside(i, own, length) {
        fields[i] = own.toString('utf8', 0, length)
      },
      line(count) {
        lines.push(fields.slice(0, count))
        fields = []
      },
    })
    reader.push(bytes.subarray(0, cut))
    reader.push(bytes.subarray(cut))
    reader.end()
    assert.deepEqual(lines, expected)
  }
  const text = 'a\\\nb\t\\N\t\\\\N\r\n\t\t\u00e9\\'
  for (let cut = 0; cut <= Buffer.from(text).length; cut++) {
    const lines: string[][] = []
    let fields: string[] = []
    const reader = new TextRows(
      { ...options, format: 'text', delimiter: '\t', null: '\\N' },
      {
        field(i, bytes, from, to) {
          fields[i] = bytes.toString('utf8', from, to)
        },
        line(count) {
          lines.push(fields.slice(0, count))
          fields = []
        },
      },
    )
    const all = Buffer.from(text)
    reader.push(all.subarray(0, cut))
    reader.push(all.subarray(cut))
    reader.end()
    assert.deepEqual(lines, [
      ['a\\\nb', '\\N', '\\\\N'],
      ['', '', '\u00e9\\\\'],
    ])
  }
})

test('CSV of any text comes back as it was, and a quote that does not end is an error', async () => {
  await client.query('CREATE TABLE odd (k int PRIMARY KEY, v varchar, n numeric)')
  const texts = ['', 'a,b', 'say "yes"', 'two\nlines', '\r', '\\.', '\\', '"', "'", 'é', '\t']
  const rows = texts.map((text, i) => `(${i}, E'${text.replace(/[\\'\n\r\t]/g, c => ESCAPED[c]!)}', ${i}.50)`)
  await client.query(`INSERT INTO odd VALUES ${rows.join(', ')}, (99, NULL, NULL)`)
  for (const format of ['csv', 'text', 'binary']) {
    const out = await copyOut(`COPY (SELECT * FROM odd ORDER BY k) TO STDOUT (FORMAT ${format})`)
    await client.query('CREATE TABLE came_back (k int PRIMARY KEY, v varchar, n numeric)')
    const pieces = [out.subarray(0, 41), out.subarray(41)]
    const replies = await copyIn(`COPY came_back FROM STDIN (FORMAT ${format})`, pieces)
    assert.deepEqual(tags(replies), ['COPY 12'], `${format}: ${report(replies)['M']}`)
    const all = async (table: string) => textRows(await client.query(`SELECT * FROM ${table} ORDER BY k`))
    assert.deepEqual(await all('came_back'), await all('odd'), format)
    await client.query('DROP TABLE came_back')
  }
  const { C, M } = report(await copyIn('COPY odd FROM STDIN (FORMAT csv)', ['5,"a\nb']))
  assert.deepEqual([C, M], ['22P04', 'unterminated CSV quoted field'])
})

const ESCAPED: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}
