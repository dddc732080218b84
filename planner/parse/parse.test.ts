import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import type { SqlError } from '../../types/error.ts'
import { loadParser, parseStatements } from './index.ts'

before(loadParser)

const one = (sql: string) => parseStatements(sql)[0]!.statement

test('statements are split at semicolons outside of strings and comments', () => {
  const parsed = parseStatements(`SELECT ';' /* ; */ ; -- ;\n FLUSH;;`)
  assert.deepEqual(
    parsed.map(p => p.statement.kind),
    ['query', 'flush'],
  )
  assert.equal(parsed[1]!.offset, 27)
})

test('CREATE SOURCE reads columns, options, includes and format', () => {
  const statement =
    one(`CREATE SOURCE s (id bigint, v struct<a int, b varchar[]>, t numeric(10, 2) NOT NULL, WATERMARK FOR t AS t - 1)
    INCLUDE offset AS o WITH (connector = 'kafka', properties.bootstrap.server = 'x:1') FORMAT PLAIN ENCODE JSON`)
  assert.ok(statement.kind === 'create source')
  const { columns, options, include, format, watermarks } = statement.relation
  assert.deepEqual(
    columns.map(c => [c.name, c.type.name, c.notNull]),
    [
      ['id', 'int8', false],
      ['v', 'struct', false],
      ['t', 'numeric', true],
    ],
  )
  assert.deepEqual(options, { connector: 'kafka', 'properties.bootstrap.server': 'x:1' })
  assert.deepEqual(include, [{ what: 'offset', name: 'o' }])
  assert.deepEqual(format, { format: 'plain', encode: 'json', options: {} })
  assert.equal(watermarks.length, 1)
})

test('CREATE TABLE reads keys, defaults, generated columns and conflict rules', () => {
  const statement = one(
    `CREATE TABLE t (a int PRIMARY KEY, b int DEFAULT 1 + 2, c int AS a * 2, d int GENERATED ALWAYS AS (a) STORED) ON CONFLICT DO NOTHING`,
  )
  assert.ok(statement.kind === 'create table')
  assert.deepEqual(statement.relation.primaryKey, ['a'])
  assert.equal(statement.relation.columns[1]!.default!.text, '1 + 2')
  assert.equal(statement.relation.columns[2]!.generated!.text, 'a * 2')
  assert.equal(statement.relation.columns[3]!.generated!.text, '(a)')
  assert.equal(statement.relation.conflict, 'ignore')
})

test('a sink on a query ends where its options begin', () => {
  const statement = one(
    `CREATE SINK s AS WITH x AS (SELECT 1 AS a) SELECT a FROM x WITH (connector = 'blackhole')`,
  )
  assert.ok(statement.kind === 'create sink')
  assert.equal(statement.query!.text, 'WITH x AS (SELECT 1 AS a) SELECT a FROM x')
})

test('a node of a long text has its position, whatever characters stand before it', () => {
  const rows = Array.from({ length: 500 }, (_, i) => `('é😀', ${i})`)
  const sql = `SELECT * FROM (VALUES ${rows.join(',')}) v`
  const statement = one(sql)
  assert.ok(statement.kind === 'query')
  const bytes = (part: string) => Buffer.byteLength(sql.slice(0, sql.indexOf(part)))
  for (const part of ['1)', '499', '10)', '(', '250'])
    assert.equal(statement.query.position(bytes(part)), sql.indexOf(part), part)
})

test('syntax errors have the position in the text the session sent', () => {
  const at = (sql: string) => {
    try {
      parseStatements(sql)
    } catch (error) {
      return [(error as SqlError).message, (error as SqlError).position]
    }
    return undefined
  }
  assert.deepEqual(at('FLUSH; SELECT from from x'), ['syntax error at or near "from"', 19])
  assert.deepEqual(at(`SELECT 'é' from x y z`), ['syntax error at or near "z"', 20])
  assert.deepEqual(at('CREATE TABLE t (a int'), ['syntax error at end of input', 21])
  assert.deepEqual(at('CREATE MATERIALIZED VIEW m AS SELEC 1'), ['syntax error at or near "SELEC"', 30])
  assert.deepEqual(at('BLA'), ['syntax error at or near "BLA"', 0])
})
