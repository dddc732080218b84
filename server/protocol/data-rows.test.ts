import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { parseDecimal } from '../../types/decimal.ts'
import { formatText } from '../../types/text-io.ts'
import { BOOL, DATE, INT4, INT8, NUMERIC, TEXT, TIMESTAMP, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { dataRows } from './data-rows.ts'
import { Messages } from './frames.ts'

const micros = fc.oneof(
  fc.bigInt(-(2n ** 57n), 2n ** 57n),
  fc.bigInt(0n, 2n ** 51n).map(n => (n / 1000n) * 1000n),
  fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 0n, -1n, 1n, -62135596800000000n, 253402300800000000n),
)
const decimal = fc
  .tuple(
    fc.oneof(fc.bigInt(-200n, 200n), fc.bigInt(-(2n ** 70n), 2n ** 70n)),
    fc.integer({ min: 0, max: 20 }),
  )
  .map(([digits, scale]) => ({ digits, scale }))
const columns: readonly (readonly [Type, fc.Arbitrary<Value>])[] = [
  [INT4, fc.integer()],
  [
    INT8,
    fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-1000n, 1000n), fc.bigInt(0n, 2n ** 54n)),
  ],
  [NUMERIC, fc.oneof(decimal, fc.constantFrom(...['NaN', '-Infinity', '1e30'].map(t => parseDecimal(t)!)))],
  [TEXT, fc.string({ unit: 'binary', maxLength: 60 }).map(t => t.replaceAll('\0', ''))],
  [BOOL, fc.boolean()],
  [
    DATE,
    fc.oneof(fc.integer({ min: -2_400_000, max: 100_000_000 }), fc.constantFrom(2 ** 31 - 1, -(2 ** 31))),
  ],
  [TIMESTAMP, micros],
]
const row = fc.tuple(...columns.map(([, value]) => fc.option(value, { nil: null })))

test('rows written from columns are the texts of their values', () => {
  const types = columns.map(([type]) => type)
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), rows => {
      const out = new Messages()
      const write = dataRows(
        types.map(type => ({ name: 'c', type })),
        [],
        'UTC',
      )
      const chunk = chunkOf(types, rows)
      for (let i = 0; i < rows.length; i++) write(out, chunk, i)
      const expected = rows.map(values =>
        values.map((value, i) => (value === null ? null : wellFormed(formatText(types[i]!, value)))),
      )
      assert.deepEqual(cells(out.take()), expected)
    }),
  )
})

/** Half of a surrogate pair has no UTF-8. */
const wellFormed = (text: string): string => Buffer.from(text).toString()

/** Cells of the DataRow messages, as text. */
function cells(bytes: Buffer): (string | null)[][] {
  const rows: (string | null)[][] = []
  for (let at = 0; at < bytes.length; ) {
    assert.equal(String.fromCharCode(bytes[at]!), 'D')
    const end = at + 1 + bytes.readInt32BE(at + 1)
    const count = bytes.readInt16BE(at + 5)
    const cell: (string | null)[] = []
    at += 7
    for (let i = 0; i < count; i++) {
      const length = bytes.readInt32BE(at)
      at += 4
      cell.push(length === -1 ? null : bytes.toString('utf8', at, at + length))
      at += Math.max(0, length)
    }
    assert.equal(at, end)
    rows.push(cell)
  }
  return rows
}
