import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import fc from 'fast-check'
import { chunkOf } from '../storage/chunk-builder.ts'
import { cellValue } from '../storage/column-buffer.ts'
import { INT4, NUMERIC, TEXT } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { isPackedChunk, packedBuffers, packedChunk, unpackedChunk } from './packed-chunk.ts'

const digits = fc.oneof(
  fc.bigInt({ min: -(2n ** 53n), max: 2n ** 53n }),
  fc.constantFrom(0n, 2n ** 53n - 1n, -(2n ** 53n) + 1n, 2n ** 53n, 10n ** 40n),
)
const numeric: fc.Arbitrary<Value> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ digits, scale: fc.integer({ min: 0, max: 16383 }) }, { noNullPrototype: true }),
  },
  { weight: 1, arbitrary: fc.constant({ digits: 0n, scale: 0, special: 'NaN' as const }) },
  { weight: 2, arbitrary: fc.constant(null) },
)

test('what goes to another thread is there as it was here', () => {
  const types = [INT4, NUMERIC, TEXT, NUMERIC]
  const { port1, port2 } = new MessageChannel()
  const row = fc.tuple(fc.integer(), numeric, fc.option(fc.string(), { nil: null }), numeric)
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), rows => {
      const packed = packedChunk(chunkOf(types, rows))
      port1.postMessage(['before', packed], packedBuffers([packed]))
      const [other, sent] = receiveMessageOnPort(port2)!.message as [unknown, unknown]
      assert.ok(!isPackedChunk(other) && isPackedChunk(sent))
      const chunk = unpackedChunk(sent)
      assert.deepEqual(
        rows.map((_, i) => chunk.columns.map(column => cellValue(column, i))),
        rows,
      )
    }),
  )
  port1.close()
})
