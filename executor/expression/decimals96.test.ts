import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { formatDecimal } from '../../types/decimal.ts'
import { add, multiply, subtract } from '../../types/decimal96.ts'
import type { Expression } from '../../types/job.ts'
import { NUMERIC } from '../../types/type.ts'
import type { Decimal } from '../../types/value.ts'
import { compileProjection } from './compile.ts'

const a: Expression = { kind: 'column', index: 0, type: NUMERIC }
const b: Expression = { kind: 'column', index: 1, type: NUMERIC }
const numeric = (symbol: string, x: Expression, y: Expression): Expression => ({
  kind: 'call',
  fn: `${symbol}(numeric, numeric) -> numeric risingwave`,
  args: [x, y],
  type: NUMERIC,
})
const run = compileProjection(
  [
    numeric('+', a, b),
    numeric('-', a, b),
    numeric('*', a, b),
    numeric('-', b, numeric('*', a, b)),
    numeric('+', numeric('-', a, a), b),
  ],
  [
    { name: 'a', type: NUMERIC },
    { name: 'b', type: NUMERIC },
  ],
  { mode: 'batch', onError: () => {} },
)

/** Products of two fit 96 bits. */
const decimal: fc.Arbitrary<Decimal> = fc.record({
  digits: fc.oneof(fc.constantFrom(0n, 1n, -5n, 10n ** 9n), fc.bigInt(-(2n ** 47n), 2n ** 47n)),
  scale: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 28 })),
})

test('numerics of 96 bits in doubles are what the functions on decimals give', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(decimal, decimal), { minLength: 1 }), rows => {
      const out = run(chunkOf([NUMERIC, NUMERIC], rows))!
      rows.forEach(([x, y], row) => {
        const actual = out.columns.map(column => formatDecimal(cellValue(column, row) as Decimal))
        const product = multiply(x, y)
        const expected = [add(x, y), subtract(x, y), product, subtract(y, product), add(subtract(x, x), y)]
        assert.deepEqual(actual, expected.map(formatDecimal))
      })
    }),
    { numRuns: 500 },
  )
})
