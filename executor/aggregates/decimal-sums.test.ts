import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ColumnBuffer, cellValue } from '../../storage/column-buffer.ts'
import { PackedColumn, packedDecimals } from '../../types/packed-decimals.ts'
import { NUMERIC } from '../../types/type.ts'
import { decimalSum } from './decimal-sums.ts'

const decimal = fc.record({
  digits: fc.oneof(fc.bigInt(-1000n, 1000n), fc.bigInt(-(2n ** 53n) + 1n, 2n ** 53n - 1n)),
  scale: fc.integer({ min: 0, max: 4 }),
})

test('a sum of numerics is the same whether they are objects or arrays', () => {
  const rows = fc.array(fc.tuple(decimal, fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 30,
  })
  fc.assert(
    fc.property(rows, fc.boolean(), (list, average) => {
      const values = list.map(([value]) => value)
      const length = values.length
      const ids = Int32Array.from(list, ([, id]) => id)
      const weights = Int32Array.from(list, ([, , weight]) => weight)
      const packed = new PackedColumn(NUMERIC, null, packedDecimals(values, length)!)
      const results = [{ type: NUMERIC, data: values, nulls: null }, packed].map(column => {
        const sum = decimalSum(average)
        assert.ok(sum.kind === 'accumulator')
        const state = sum.state.map(({ type, initial }) => {
          const buffer = new ColumnBuffer(type)
          for (let id = 0; id < 3; id++) buffer.set(id, initial)
          return buffer
        })
        sum.update(state, ids, [column], weights, length)
        const out = new ColumnBuffer(NUMERIC)
        for (let id = 0; id < 3; id++) sum.output(state, id, out, id)
        return [0, 1, 2].map(id => cellValue(out, id))
      })
      assert.deepEqual(results[0], results[1])
    }),
  )
})
