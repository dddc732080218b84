import type { FormatSpec } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { csvCells } from './csv.ts'
import { fromJson, fromText, member } from './from-json.ts'
import { jsonRecord } from './json-record.ts'
import { isObject, type Json, type JsonObject, parseJson } from './json-value.ts'
import type { RowWriter } from './row-writer.ts'

/** One change told by a record: weight 1 sets or adds the row, -1 removes it (of an upsert: by its key columns). */
export interface DecodedRow {
  readonly row: readonly Value[]
  readonly weight: 1 | -1
}

/** Rows of one record; throws SqlError when it is malformed. */
export type Decoder = (key: Uint8Array | null, value: Uint8Array | null) => readonly DecodedRow[]

/**
 * Adds the rows of one record to `rows`. Key and value lie in `bytes`; -1: there is none. Throws SqlError when the record is malformed, and
 * leaves `rows` as it was.
 */
export type RecordDecoder = (
  rows: RowWriter,
  bytes: Uint8Array,
  keyFrom: number,
  keyTo: number,
  from: number,
  to: number,
) => void

/** Formats that `decoder` understands. */
export const DECODED_FORMATS = ['plain/json', 'plain/bytes', 'plain/csv', 'upsert/json', 'debezium/json']

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** `decoder` for records that lie in one buffer; JSON objects go straight into columns. A NULL in a key column is refused. */
export function recordDecoder(schema: Schema, key: readonly number[], spec: FormatSpec): RecordDecoder {
  const decode = decoder(schema, key, spec)
  const own = key.filter(column => column < schema.length)
  const name = `${spec.format}/${spec.encode}`.toLowerCase()
  const fast = name === 'plain/json' || name === 'upsert/json' ? jsonRecord(schema, own) : undefined
  return (rows, bytes, keyFrom, keyTo, from, to) => {
    if (fast !== undefined && from >= 0) {
      if (fast(rows, bytes, from, to)) return
      rows.clearRow()
    }
    const part = (start: number, end: number) => (start < 0 ? null : bytes.subarray(start, end))
    const decoded = decode(part(keyFrom, keyTo), part(from, to))
    for (const { row } of decoded)
      for (const column of own) if (row[column] === null) throw nullKey(schema, column)
    for (const { row, weight } of decoded) rows.push(row, weight)
  }
}

function nullKey(schema: Schema, column: number): SqlError {
  return new SqlError(
    'not_null_violation',
    `null value in column "${schema[column]!.name}" violates not-null constraint`,
  )
}

export function decoder(schema: Schema, key: readonly number[], spec: FormatSpec): Decoder {
  const name = `${spec.format}/${spec.encode}`.toLowerCase()
  switch (name) {
    case 'plain/json':
      return (_key, value) => {
        if (value === null) return []
        const document = parseJson(text(value))
        return (Array.isArray(document) ? document : [document]).map(item => add(item, schema))
      }
    case 'plain/bytes':
      return bytesDecoder(schema)
    case 'plain/csv':
      return csvDecoder(schema, spec.options)
    case 'upsert/json':
      return upsertDecoder(
        schema,
        key.filter(column => column < schema.length),
      )
    case 'debezium/json':
      return (_key, value) => (value === null ? [] : debezium(parseJson(text(value)), schema))
    default:
      throw notSupported(`FORMAT ${spec.format.toUpperCase()} ENCODE ${spec.encode.toUpperCase()}`)
  }
}

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new SqlError('character_not_in_repertoire', 'invalid byte sequence for encoding "UTF8"')
  }
}

function add(value: Json, schema: Schema): DecodedRow {
  return { row: rowOf(object(value), schema), weight: 1 }
}

function object(value: Json): JsonObject {
  if (isObject(value)) return value
  throw new SqlError('invalid_text_representation', 'the record is not a JSON object')
}

function rowOf(value: JsonObject, schema: Schema): Value[] {
  return schema.map(field => fromJson(member(value, field.name), field.type))
}

function bytesDecoder(schema: Schema): Decoder {
  if (schema.length !== 1 || schema[0]!.type.name !== 'bytea') {
    throw new SqlError('invalid_table_definition', 'ENCODE BYTES needs exactly one column, of type bytea')
  }
  return (_key, value) => [{ row: [value], weight: 1 }]
}

function csvDecoder(schema: Schema, options: FormatSpec['options']): Decoder {
  const delimiter = options['delimiter'] ?? ','
  return (_key, value) => {
    if (value === null) return []
    const cells = csvCells(text(value), delimiter)
    if (cells.length < schema.length) {
      throw new SqlError('data_exception', `missing data for column "${schema[cells.length]!.name}"`)
    }
    const row = schema.map((field, i) => {
      const cell = cells[i]!
      return cell === '' && field.type.name !== 'text' ? null : fromText(cell, field.type, false)
    })
    return [{ row, weight: 1 }]
  }
}

function upsertDecoder(schema: Schema, key: readonly number[]): Decoder {
  return (keyBytes, value) => {
    if (value !== null && value.length > 0) {
      const document = object(parseJson(text(value)))
      const row = rowOf(document, schema)
      if (keyBytes !== null) fillKey(row, keyBytes, schema, key)
      return [{ row, weight: 1 }]
    }
    if (keyBytes === null) throw new SqlError('null_value_not_allowed', 'an upsert record needs a key')
    const row: Value[] = schema.map(() => null)
    fillKey(row, keyBytes, schema, key)
    return [{ row, weight: -1 }]
  }
}

// A key column that the value lacks comes from the key: an object, or the plain text of the one key column.
function fillKey(row: Value[], keyBytes: Uint8Array, schema: Schema, key: readonly number[]): void {
  if (key.every(i => row[i] !== null)) return
  const source = text(keyBytes)
  const parsed = source.startsWith('{') ? parseJson(source) : undefined
  for (const i of key) {
    const field = schema[i]!
    if (row[i] !== null) continue
    if (isObject(parsed)) row[i] = fromJson(member(parsed, field.name), field.type)
    else if (key.length === 1) row[i] = fromText(unquote(source), field.type, false)
  }
}

function unquote(source: string): string {
  if (!source.startsWith('"')) return source
  const parsed = parseJson(source)
  return typeof parsed === 'string' ? parsed : source
}

function debezium(document: Json, schema: Schema): readonly DecodedRow[] {
  const envelope = object(document)
  const payload = isObject(envelope['payload']) ? envelope['payload'] : envelope
  const op = payload['op']
  const { before = null, after = null } = payload
  const rows: DecodedRow[] = []
  if (op !== 'c' && op !== 'r' && op !== 'u' && op !== 'd') {
    throw new SqlError(
      'invalid_parameter_value',
      `unknown debezium operation ${JSON.stringify(op) ?? 'null'}`,
    )
  }
  if ((op === 'd' || op === 'u') && before !== null)
    rows.push({ row: rowOf(object(before), schema), weight: -1 })
  if (op === 'd' && before === null) throw new SqlError('null_value_not_allowed', 'a delete needs "before"')
  if (op !== 'd') rows.push(add(after, schema))
  return rows
}
