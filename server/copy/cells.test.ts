import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ColumnBuffer } from '../../storage/column-buffer.ts'
import { parseText } from '../../types/text-io.ts'
import { DATE, INT2, INT4, INT8, NUMERIC, TEXT, TIMESTAMP, type Type } from '../../types/type.ts'
import { limitValue } from '../../types/type-modifier.ts'
import { setCellOf } from './cells.ts'

const given: readonly (readonly [Type, readonly string[]])[] = [
  [INT2, ['0', '-0', '9999', '10000', '-32768', '32768', '', '-', '+5', ' 5 ', '5x']],
  [INT4, ['7', '-7', '999999999', '2147483647', '-2147483648', '2147483648', '1.5', '007']],
  [INT8, ['0', '-1', '999999999999999', '9223372036854775807', '9223372036854775808', 'a']],
  [
    NUMERIC,
    ['0', '-0', '-0.00', '1.50', '.5', '5.', '-.5', '.', '-', '', '1e3', 'NaN', '-Infinity', '1.2.3'],
  ],
  [NUMERIC, ['123456789012.345', '999999999999999', '9999999999999.999', '0.000000000000001', '+1']],
  [DATE, ['1970-01-01', '2024-02-29', '2023-02-29', '1999-12-31', '0001-01-01', '0000-01-01', '2024-13-01']],
  [DATE, ['infinity', '2024-1-2', '20240102', '2024/01/02', '01-02-2024', '4713-01-01 BC', '2024-01-0x']],
  [TEXT, ['', 'é', 'a b']],
  [
    TIMESTAMP,
    [
      '2024-01-31 00:00:00',
      '2024-02-29T23:59:59.5',
      '1969-12-31 23:59:59.999999',
      '2024-01-01 24:00:00',
      '2024-01-01 1:2:3',
      '2024-01-01',
      '2024-01-01 00:00:00.1234567',
      '2024-01-01 00:00:00.',
      '2024-01-01 00:00:60',
      '0001-01-01 00:00:00',
      '2024-01-01 00:00:00+02',
      '2023-02-29 00:00:00',
    ],
  ],
]

test('a cell read from bytes is what the input function makes of the text, and so are its errors', () => {
  for (const [type, texts] of given)
    for (const text of texts) {
      const column = new ColumnBuffer(type, 64)
      const bytes = Buffer.from(`1${text}2`)
      const outcome = (run: () => unknown) => {
        try {
          return { value: run() }
        } catch (error) {
          return { error: String(error) }
        }
      }
      const read = () => {
        setCellOf(type, 'UTC')(column, 0, bytes, 1, bytes.length - 1)
        return column.get(0)
      }
      assert.deepEqual(
        outcome(read),
        outcome(() => parseText(type, text)),
        `${type.name} '${text}'`,
      )
    }
})

const limited: readonly (readonly [Type, string, readonly string[]])[] = [
  [TEXT, 'varchar(3)', ['', 'abc', 'abc  ', 'abcd', 'éüö', 'éüöa', '  a']],
  [TEXT, 'char(3)', ['', '   ', 'a ', 'abc   ', 'abcd', 'é é ', 'ééé', 'éééé']],
  [
    NUMERIC,
    'numeric(4,2)',
    ['1', '1.5', '99.99', '-99.99', '99.995', '100.00', '1.005', 'NaN', 'x', '-0.00'],
  ],
  [NUMERIC, 'numeric(3,-2)', ['12345', '99950', '49']],
  [TIMESTAMP, 'timestamp(0)', ['2024-01-31 00:00:00.5', '2024-01-31 00:00:00']],
]

test('a cell of a limited type holds what the type does of the value', () => {
  for (const [type, modifier, texts] of limited)
    for (const text of texts) {
      const column = new ColumnBuffer(type, 64)
      const bytes = Buffer.from(`1${text}2`)
      const outcome = (run: () => unknown) => {
        try {
          return { value: run() }
        } catch (error) {
          return { error: String(error) }
        }
      }
      const read = () => {
        setCellOf(type, 'UTC', modifier)(column, 0, bytes, 1, bytes.length - 1)
        return column.get(0)
      }
      const wanted = () => limitValue(type, parseText(type, text), modifier, false)
      assert.deepEqual(outcome(read), outcome(wanted), `${modifier} '${text}'`)
    }
})
