import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { compareValues } from '../../types/compare.ts'
import { addDecimals, multiplyDecimals, NAN, SCALE_MAX, subtractDecimals } from '../../types/decimal.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, NUMERIC } from '../../types/type.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { compileProjection } from './compile.ts'

const a: Expression = { kind: 'column', index: 0, type: NUMERIC }
const b: Expression = { kind: 'column', index: 1, type: NUMERIC }
const numeric = (symbol: string, x: Expression, y: Expression): Expression => ({
  kind: 'call',
  fn: `${symbol}(numeric, numeric) -> numeric`,
  args: [x, y],
  type: NUMERIC,
})
const test2 = (symbol: string): Expression => ({
  kind: 'call',
  fn: `${symbol}(numeric, numeric) -> bool`,
  args: [a, numeric('*', b, b)],
  type: BOOL,
})
const schema = [
  { name: 'a', type: NUMERIC },
  { name: 'b', type: NUMERIC },
]
const run = compileProjection(
  [
    numeric('+', a, b),
    numeric('*', a, b),
    numeric('-', numeric('*', a, b), a),
    test2('<'),
    test2('='),
    test2('>='),
  ],
  schema,
  { mode: 'batch', onError: () => {} },
)

const digits = fc.oneof(
  fc.bigInt(-1000n, 1000n),
  fc.bigInt(-(2n ** 54n), 2n ** 54n),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), 10n ** 40n, 0n),
)
const decimal: fc.Arbitrary<Decimal | null> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      digits,
      scale: fc.oneof(
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 5 }) },
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 60 }) },
        { weight: 1, arbitrary: fc.integer({ min: 8000, max: SCALE_MAX }) },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(NAN, null) },
)

test('arithmetic and comparisons in doubles give what the functions on decimals give, whatever the size and scale', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(decimal, decimal), { minLength: 1 }), rows => {
      const out = run(chunkOf([NUMERIC, NUMERIC], rows))!
      rows.forEach(([x, y], row) => {
        const actual = out.columns.map(column => cellValue(column, row))
        assert.deepEqual(actual.map(plain), expected(x, y).map(plain))
      })
    }),
    { numRuns: 300 },
  )
})

function expected(x: Decimal | null, y: Decimal | null): Value[] {
  if (x === null || y === null) return [null, null, null, null, null, null]
  const order = compareValues(NUMERIC, x, multiplyDecimals(y, y))
  const product = multiplyDecimals(x, y)
  const arithmetic = [addDecimals(x, y), product, subtractDecimals(product, x)]
  return [...arithmetic, order < 0, order === 0, order >= 0]
}

const plain = (value: Value): Value | string =>
  value !== null && typeof value === 'object' && 'digits' in value
    ? `${value.special ?? value.digits} ${value.scale}`
    : value
