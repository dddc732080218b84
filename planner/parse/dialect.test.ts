import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rewriteDialect } from './dialect.ts'

const text = (sql: string) => rewriteDialect(sql).text.replaceAll(/\s+/g, ' ')

test('columns left out of a star become arguments of the function named *', () => {
  assert.equal(text('select * except (a, t.b) from t'), 'select "*" (a, t.b) from t')
  assert.equal(text('select t.* EXCEPT (a), 1 from t'), 'select t."*" (a), 1 from t')
})

test('EXCEPT between queries stays as it is', () => {
  for (const sql of ['select 1 except (select 2)', 'select count(*) except (values (1))'])
    assert.equal(text(sql), sql)
})

test('an ASOF join is marked in its condition', () => {
  assert.equal(
    text('from a asof left join (b join c on x = y) d on a.k = d.k'),
    'from a left join (b join c on x = y) d on "asof"() AND a.k = d.k',
  )
})

test('a session frame is marked in its offset', () => {
  assert.equal(
    text("sum(a) over (order by b session with gap interval '5' minute exclude ties)"),
    'sum(a) over (order by b GROUPS "session"( interval \'5\' minute ) PRECEDING exclude ties)',
  )
})

test('IGNORE NULLS becomes a filter, RESPECT NULLS nothing', () => {
  const marked = 'lag(a ) FILTER (WHERE "ignore nulls"()) over w'
  assert.equal(text('lag(a ignore nulls) over w'), marked)
  assert.equal(text('lag(a ) ignore nulls over w'), marked)
  assert.equal(text('lag(a) respect nulls over w'), 'lag(a) over w')
})

test('subscripts of an array constructor get their parentheses', () => {
  assert.equal(
    text("select array[array[1], '{]}'][1:2][1], array[1]"),
    "select (array[array[1], '{]}'])[1:2][1], array[1]",
  )
})

test('subscripts of a call get their parentheses, those of a type stay', () => {
  assert.equal(
    text("select regexp_match(p, '(a)')[1][2], pg_catalog.f(g(x)[1]) [2:]"),
    "select (regexp_match(p, '(a)'))[1][2], (pg_catalog.f((g(x))[1])) [2:]",
  )
  for (const sql of [
    'select x::numeric(10,2)[3]',
    'select a::s.t(1)[2], b::varchar(1)[]',
    'select (f(x))[1]',
  ])
    assert.equal(text(sql), sql)
})

test('offsets lead back to what was written', () => {
  const sql = 'select * except (a), b from t'
  const { text, origin } = rewriteDialect(sql)
  for (const word of ['select', 'a)', 'b from', 't'])
    assert.equal(origin(text.lastIndexOf(word)), sql.lastIndexOf(word))
})

test('CORRESPONDING becomes the first output of the right side', () => {
  assert.equal(
    text('select * from a union all corresponding by (x, y) (select distinct * from b)'),
    'select * from a union all (select distinct "corresponding"(x, y), * from b)',
  )
  assert.equal(
    text('select corresponding from a union select 1'),
    'select corresponding from a union select 1',
  )
})

test('a temporal join is marked in its condition', () => {
  assert.equal(
    text('from a left join b for system_time as of proctime() as c on a.k = c.k'),
    'from a left join b as c on "temporal"() AND a.k = c.k',
  )
})

test('the fields of a struct type become its modifier', () => {
  assert.equal(
    text('select a::struct<x int, "Y" struct<z int[]>>[], cast(b as struct<x int>), struct < 1'),
    `select a::struct ('x int, "Y" struct<z int[]>')[], cast(b as struct ('x int')), struct < 1`,
  )
})
