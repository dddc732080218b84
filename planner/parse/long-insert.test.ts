import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { Cursor, loadParser, parseFragment } from './cursor.ts'
import { longInsert } from './long-insert.ts'
import type { Fragment } from './statement.ts'
import { tokenize } from './tokens.ts'

before(loadParser)

const long = (sql: string) => longInsert(new Cursor(sql, tokenize(sql)))

const cell = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  fc.constantFrom('0', '-0', '007', '1.', '.5', '-1.50', '1e5', '-2e-3', '2147483648', '-2147483648'),
  fc.constantFrom('NULL', 'true', 'FALSE', 'DEFAULT', "''", "'it''s'", `'(1), "é", 😀'`, '- 5'),
  fc.string().map(text => `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`),
)
const space = fc.constantFrom('', ' ', '\n', ' /* x, ( */ ', ' -- é\n')

/** The tree with places in the session's text in place of those of the grammar. */
function placed(fragment: Fragment): unknown {
  return JSON.parse(JSON.stringify(fragment.node), (key, value) =>
    key === 'location' ? fragment.position(value) : value,
  )
}

test('rows are read from tokens as the grammar reads them', () => {
  const row = fc.array(cell, { minLength: 3, maxLength: 3 })
  const rows = fc.array(fc.tuple(row, space), { minLength: 16, maxLength: 24 })
  const tail = fc.constantFrom('', ' RETURNING a', ' ON CONFLICT (a) DO NOTHING', ' ORDER BY 1')
  fc.assert(
    fc.property(rows, tail, space, (lists, end, before) => {
      const values = lists.map(([cells, gap]) => `(${cells.join(`${gap},`)}${gap})${gap}`)
      const sql = `${before}INSERT INTO "té" (a, b, c) VALUES ${values.join(',')}${end}`
      const read = long(sql)
      assert.ok(read !== undefined)
      const whole = parseFragment(sql, tokenize(sql)[0]!.start, tokenize(sql).at(-1)!.end)
      assert.equal(read.text, whole.text)
      assert.deepEqual(placed(read), placed(whole))
    }),
    { numRuns: 200 },
  )
})

test('what is not rows of constants alone is left to the grammar', () => {
  const rows = (cells: string) => Array.from({ length: 20 }, () => `(${cells})`).join(', ')
  assert.ok(long(`INSERT INTO t VALUES ${rows("1, 'a'")}`) !== undefined)
  for (const cells of [
    '1 + 1',
    'f(1)',
    "date '2020-01-01'",
    "x'1f'",
    "E'a'",
    '$1',
    '',
    '1 2',
    '- 1 -1',
    "-'a'",
  ])
    assert.equal(long(`INSERT INTO t VALUES ${rows(cells)}`), undefined, cells)
  assert.equal(long('INSERT INTO t VALUES (1), (2)'), undefined)
  assert.equal(long(`INSERT INTO t VALUES ${rows('1')}, (now())`), undefined)
  assert.equal(long(`INSERT INTO t VALUES ${rows('1')} UNION SELECT 1`), undefined)
  assert.equal(long(`INSERT INTO t SELECT * FROM (VALUES ${rows('1')}) AS v`), undefined)
})

test('an error behind the rows is told at its place', () => {
  const sql = `INSERT INTO t VALUES ${Array.from({ length: 20 }, (_, i) => `(${i}, 'é')`).join(', ')} RETURN a`
  assert.throws(() => long(sql), {
    message: 'syntax error at or near "RETURN"',
    position: sql.indexOf('RETURN'),
  })
})
