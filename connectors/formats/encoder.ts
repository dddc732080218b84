import type { Chunk } from '../../types/chunk.ts'
import type { FormatSpec } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Schema } from '../../types/type.ts'
import { rowJson } from './to-json.ts'

export interface EncodedRecord {
  readonly key: string | null
  /** null: a tombstone. */
  readonly value: string | null
}

/** Records of one epoch's net change, in a fixed order for fixed input. */
export type Encoder = (changes: readonly Chunk[]) => readonly EncodedRecord[]

/** Formats that `encoder` writes. */
export const ENCODED_FORMATS = ['plain/json', 'upsert/json', 'debezium/json']

export interface EncoderInput {
  readonly schema: Schema
  readonly key: readonly number[]
  readonly appendOnly: boolean
  readonly format: FormatSpec
}

export function encoder({ schema, key, appendOnly, format }: EncoderInput): Encoder {
  const name = `${format.format}/${format.encode}`.toLowerCase()
  if (!ENCODED_FORMATS.includes(name)) {
    throw notSupported(
      `FORMAT ${format.format.toUpperCase()} ENCODE ${format.encode.toUpperCase()} of a sink`,
    )
  }
  if (name === 'plain/json') {
    const force = format.options['force_append_only'] === 'true'
    if (!appendOnly && !force) {
      throw new SqlError('invalid_parameter_value', 'the sink is not append-only', {
        hint: "Use FORMAT UPSERT or FORMAT DEBEZIUM with a primary key, or force_append_only = 'true'.",
      })
    }
    return changes => appended(changes, schema, key)
  }
  if (key.length === 0) {
    throw new SqlError('invalid_parameter_value', `FORMAT ${format.format.toUpperCase()} needs a primary key`)
  }
  return name === 'upsert/json'
    ? changes => byKey(changes, schema, key).map(({ key: k, after }) => ({ key: k, value: after }))
    : changes => byKey(changes, schema, key).map(envelope)
}

function appended(changes: readonly Chunk[], schema: Schema, key: readonly number[]): EncodedRecord[] {
  const records: EncodedRecord[] = []
  for (const chunk of changes) {
    for (let row = 0; row < chunk.length; row++) {
      if (chunk.weights[row]! <= 0) continue
      const record = {
        key: key.length === 0 ? null : rowJson(chunk, row, schema, key),
        value: rowJson(chunk, row, schema),
      }
      for (let n = chunk.weights[row]!; n > 0; n--) records.push(record)
    }
  }
  return records
}

interface KeyChange {
  readonly key: string
  before: string | null
  after: string | null
}

// What the epoch did to each key: the row that went (before) and the row that came (after).
function byKey(changes: readonly Chunk[], schema: Schema, key: readonly number[]): KeyChange[] {
  const found = new Map<string, KeyChange>()
  for (const chunk of changes) {
    for (let row = 0; row < chunk.length; row++) {
      const k = rowJson(chunk, row, schema, key)
      let change = found.get(k)
      if (change === undefined) found.set(k, (change = { key: k, before: null, after: null }))
      if (chunk.weights[row]! > 0) change.after = rowJson(chunk, row, schema)
      else change.before = rowJson(chunk, row, schema)
    }
  }
  return [...found.values()]
}

function envelope({ key, before, after }: KeyChange): EncodedRecord {
  const op = before === null ? 'c' : after === null ? 'd' : 'u'
  return {
    key: `{"payload":${key}}`,
    value: `{"payload":{"before":${before},"after":${after},"op":"${op}"}}`,
  }
}
