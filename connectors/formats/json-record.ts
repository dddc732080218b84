// Decoders of JSON objects that are generated for a schema: one pass over the record's bytes, every value straight into its column.
//
// Invariant: a record is taken only if JSON.parse would give the same row. Whatever is malformed or out of the ordinary (a name twice,
// escapes beyond ASCII, text that is no UTF-8, a value that does not fit) is left alone: the ordinary decoder then reads the record again and
// decides, so that there is one truth about values and errors.
import { isUtf8 } from 'node:buffer'
import type { Schema, Type } from '../../types/type.ts'
import * as cells from './json-cells.ts'
import { JsonKeys } from './json-keys.ts'
import { seen, skipSpace, skipValue, skipWord } from './json-skip.ts'
import type { RowWriter } from './row-writer.ts'

/** Adds the record's row to `rows` and returns true, or leaves `rows` as it was. */
export type JsonRecord = (rows: RowWriter, bytes: Uint8Array, from: number, to: number) => boolean

/** Columns of one word of flags. */
const FLAGS = 30
/** Above it the code would be compiled slowly, and gain little. */
const COLUMNS_MAX = 300

const helpers = { ...cells, isUtf8, seen, skipSpace, skipValue, skipWord }

/** undefined: records of this schema are read in the ordinary way. Records that lack a `required` column are left alone. */
export function jsonRecord(schema: Schema, required: readonly number[]): JsonRecord | undefined {
  const folded = new Set(schema.map(field => field.name.toLowerCase()))
  // One name could mean two columns.
  if (folded.size < schema.length || schema.length > COLUMNS_MAX) return undefined
  const keys = new JsonKeys(schema.map(field => field.name))
  const names = Object.keys(helpers)
  const types = schema.map(field => field.type)
  const make = new Function(...names, 'keys', 'types', `'use strict'\nreturn ${source(types, required)}`)
  return make(...Object.values(helpers), keys, types) as JsonRecord
}

/** The text of the decoder: it names types and columns by their numbers only. */
export function source(types: readonly Type[], required: readonly number[]): string {
  const words = Math.ceil(types.length / FLAGS)
  const flags = Array.from({ length: words }, (_, i) => `f${i}`)
  const full = flags.map((_, i) => 2 ** Math.min(FLAGS, types.length - i * FLAGS) - 1)
  const missing = types.map(
    (_, i) =>
      `if ((${flagOf(i)} & ${bitOf(i)}) === 0) ${required.includes(i) ? 'return false' : `columns[${i}].setNull(row)`}`,
  )
  return `(rows, b, from, end) => {
    rows.reserve()
    const { columns, length: row } = rows
    ${flags.map(flag => `let ${flag} = 0`).join('\n    ')}
    let at = skipSpace(b, from, end)
    if (b[at] !== 0x7b) return false
    at = skipSpace(b, at + 1, end)
    keys.start()
    seen.high = false
    if (b[at] === 0x7d) at++
    else for (;;) {
      at = keys.read(b, at, end)
      if (at < 0) return false
      if (b[at] <= 0x20) at = skipSpace(b, at, end)
      let next = -1
      switch (keys.slot) {
        ${types.map((type, i) => member(type, i, required.includes(i))).join('\n        ')}
        default: next = skipValue(b, at, end)
      }
      if (next < 0 || next >= end) return false
      at = next
      if (b[at] <= 0x20) at = skipSpace(b, at, end)
      const c = b[at++]
      if (c === 0x7d) break
      if (c !== 0x2c) return false
      if (b[at] <= 0x20) at = skipSpace(b, at, end)
    }
    if (at < end) at = skipSpace(b, at, end)
    if (at !== end || (seen.high && !isUtf8(b.subarray(from, end)))) return false
    ${flags.map((flag, i) => `if (${flag} !== ${full[i]}) {\n      ${missing.slice(i * FLAGS, (i + 1) * FLAGS).join('\n      ')}\n    }`).join('\n    ')}
    rows.weights[row] = 1
    rows.length = row + 1
    return true
  }`
}

const flagOf = (column: number) => `f${Math.floor(column / FLAGS)}`
const bitOf = (column: number) => 2 ** (column % FLAGS)

// A value of the column; a name that comes twice leaves the record to the ordinary decoder.
function member(type: Type, i: number, required: boolean): string {
  const fast = reader(type, i)
  const slow = `readSlowly(b, at, end, columns[${i}], row, types[${i}])`
  const isNull = required
    ? '{ return false }'
    : `{ next = skipWord(b, at, 0x75, 0x6c, 0x6c); columns[${i}].setNull(row) }`
  return `case ${i}:
          if ((${flagOf(i)} & ${bitOf(i)}) !== 0) return false
          ${flagOf(i)} |= ${bitOf(i)}
          if (b[at] === 0x6e) ${isNull}
          else ${fast === undefined ? `next = ${slow}` : `if ((next = ${fast}) < 0) next = ${slow}`}
          break`
}

function reader(type: Type, i: number): string | undefined {
  switch (type.name) {
    case 'int2':
      return `readInt32(b, at, columns[${i}], row, 32767)`
    case 'int4':
      return `readInt32(b, at, columns[${i}], row, 2147483647)`
    case 'int8':
      return `readInt64(b, at, columns[${i}], row)`
    case 'float4':
    case 'float8':
      return `readFloat(b, at, columns[${i}], row, ${type.name === 'float4'})`
    case 'numeric':
      return `readNumeric(b, at, columns[${i}], row)`
    case 'bool':
      return `readBool(b, at, columns[${i}], row)`
    case 'text':
      return `readText(b, at, end, columns[${i}], row)`
    case 'jsonb':
      return `readJsonb(b, at, end, columns[${i}], row)`
    case 'date':
      return `readDate(b, at, columns[${i}], row)`
    case 'timestamp':
    case 'timestamptz':
      return `readTimestamp(b, at, columns[${i}], row)`
    default:
      return undefined
  }
}
