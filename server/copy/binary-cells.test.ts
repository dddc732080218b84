import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ColumnBuffer } from '../../storage/column-buffer.ts'
import { parseText } from '../../types/text-io.ts'
import {
  BOOL,
  DATE,
  FLOAT8,
  INT2,
  INT4,
  INT8,
  NUMERIC,
  TEXT,
  TIMESTAMP,
  type Type,
} from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { cellsOf } from '../protocol/data-rows.ts'
import { Messages } from '../protocol/frames.ts'
import { encodeBinary } from '../protocol/values.ts'
import { setBinaryOf } from './binary-cells.ts'

const given: readonly (readonly [Type, readonly string[]])[] = [
  [BOOL, ['t', 'f']],
  [INT2, ['-1', '32767']],
  [INT4, ['0', '-2147483648', '12']],
  [INT8, ['0', '-9223372036854775808', '99']],
  [FLOAT8, ['0.1', 'NaN', '-Infinity']],
  [DATE, ['1999-12-31', '2024-02-29', 'infinity']],
  [TIMESTAMP, ['2024-02-29 23:59:59.000001', '-infinity']],
  [TEXT, ['', 'a', 'é\u{1f600}']],
  [NUMERIC, ['0', '0.00', '-0.05', '5', '50000', '10000', '-1.2345', '123456789.123', '0.00010000', '1e15']],
  [
    NUMERIC,
    [
      'NaN',
      'Infinity',
      '123456789012345678901234567890.1234567',
      '9007199254740993',
      '0.1234567890123456789',
    ],
  ],
]

test('values in binary format are written as parameters are, and read as they were', () => {
  for (const [type, texts] of given)
    for (const text of texts) {
      const value = parseText(type, text) as Exclude<Value, null>
      const column = new ColumnBuffer(type, 64)
      column.set(0, value)
      const out = new Messages().begin('d')
      cellsOf([{ name: 'v', type }], [1], 'UTC')[0]!(out, column, 0)
      const written = out.end().take().subarray(9)
      assert.deepEqual(written, encodeBinary(type, value), `${type.name} ${text}`)
      const read = new ColumnBuffer(type, 64)
      const around = Buffer.concat([Buffer.from([1]), written, Buffer.from([2])])
      setBinaryOf(type, 'UTC')(read, 0, around, 1, around.length - 1)
      assert.deepEqual(read.get(0), value, `${type.name} ${text}`)
    }
})
