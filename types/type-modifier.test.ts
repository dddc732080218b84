import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatDecimal, parseDecimal } from './decimal.ts'
import { SqlError } from './error.ts'
import { NUMERIC, TEXT, TIMESTAMP } from './type.ts'
import { limitValue, parseModifier } from './type-modifier.ts'
import type { Decimal } from './value.ts'

const numeric = (text: string, modifier: string): string =>
  formatDecimal(limitValue(NUMERIC, parseDecimal(text)!, modifier, false) as Decimal)

function fails(run: () => unknown, sqlstate: string): void {
  assert.throws(run, (error: unknown) => error instanceof SqlError && error.sqlstate === sqlstate)
}

test('modifiers are read from type names', () => {
  const read = [
    'numeric(5, 2)',
    'VARCHAR(3)[]',
    'char',
    'timestamp(3) with time zone',
    'decimal(4)',
    'bigint',
  ]
  assert.deepEqual(read.map(parseModifier), [
    'numeric(5,2)',
    'varchar(3)',
    'char(1)',
    'timestamp(3)',
    'numeric(4,0)',
    undefined,
  ])
  fails(() => parseModifier('varchar(0)'), '22023')
  fails(() => parseModifier('numeric(1001)'), '22023')
})

test('a numeric is rounded to its scale and must fit its precision', () => {
  assert.equal(numeric('123.456', 'numeric(5,2)'), '123.46')
  assert.equal(numeric('1', 'numeric(5,2)'), '1.00')
  assert.equal(numeric('0.0049', 'numeric(2,2)'), '0.00')
  assert.equal(numeric('12345', 'numeric(3,-2)'), '12300')
  assert.equal(numeric('NaN', 'numeric(5,2)'), 'NaN')
  fails(() => numeric('999.995', 'numeric(5,2)'), '22003')
  fails(() => numeric('1', 'numeric(2,2)'), '22003')
  fails(() => numeric('Infinity', 'numeric(5,2)'), '22003')
})

test('a long text fails an assignment unless blanks are all that goes, and is cut by a cast', () => {
  assert.equal(limitValue(TEXT, 'ab   ', 'varchar(3)', false), 'ab ')
  assert.equal(limitValue(TEXT, 'abcd', 'varchar(3)', true), 'abc')
  assert.equal(limitValue(TEXT, '😀😀', 'varchar(2)', false), '😀😀')
  fails(() => limitValue(TEXT, 'abcd', 'varchar(3)', false), '22001')
})

test('fractions of a second are rounded', () => {
  assert.equal(limitValue(TIMESTAMP, 1_234_567n, 'timestamp(3)', false), 1_235_000n)
  assert.equal(limitValue(TIMESTAMP, -1_500_000n, 'timestamp(0)', false), -2_000_000n)
})
