import type { Chunk } from '../../types/chunk.ts'
import type { FormatSpec } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Schema } from '../../types/type.ts'
import { JsonBytes, rowWriter } from './json-writer.ts'

export interface EncodedRecord {
  readonly key: Buffer | null
  /** null: a tombstone. */
  readonly value: Buffer | null
}

/** Records of one epoch's net change, in a fixed order for fixed input, made as they are asked for. */
export type Encoder = (changes: readonly Chunk[]) => Iterable<EncodedRecord>

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
    ? changes => upserts(byKey(changes, schema, key))
    : changes => envelopes(byKey(changes, schema, key))
}

function* appended(
  changes: readonly Chunk[],
  schema: Schema,
  key: readonly number[],
): Iterable<EncodedRecord> {
  const out = new JsonBytes()
  for (const chunk of changes) {
    const writeRow = rowWriter(out, chunk, schema)
    const writeKey = key.length === 0 ? undefined : rowWriter(out, chunk, schema, key)
    for (let row = 0; row < chunk.length; row++) {
      if (chunk.weights[row]! <= 0) continue
      writeRow(row)
      const value = out.take()
      writeKey?.(row)
      const record = { key: writeKey === undefined ? null : out.take(), value }
      for (let n = chunk.weights[row]!; n > 0; n--) yield record
    }
  }
}

interface KeyChange {
  readonly key: Buffer
  before: Buffer | null
  after: Buffer | null
}

// What the epoch did to each key: the row that went (before) and the row that came (after).
function byKey(changes: readonly Chunk[], schema: Schema, key: readonly number[]): Iterable<KeyChange> {
  const found = new Map<string, KeyChange>()
  const out = new JsonBytes()
  for (const chunk of changes) {
    const writeRow = rowWriter(out, chunk, schema)
    const writeKey = rowWriter(out, chunk, schema, key)
    for (let row = 0; row < chunk.length; row++) {
      writeKey(row)
      const bytes = out.take()
      const text = bytes.toString('latin1')
      let change = found.get(text)
      if (change === undefined) found.set(text, (change = { key: bytes, before: null, after: null }))
      writeRow(row)
      if (chunk.weights[row]! > 0) change.after = out.take()
      else change.before = out.take()
    }
  }
  return found.values()
}

function* upserts(changes: Iterable<KeyChange>): Iterable<EncodedRecord> {
  for (const { key, after } of changes) yield { key, value: after }
}

function* envelopes(changes: Iterable<KeyChange>): Iterable<EncodedRecord> {
  for (const { key, before, after } of changes) {
    const op = before === null ? 'c' : after === null ? 'd' : 'u'
    const middle = [
      Buffer.from('{"payload":{"before":'),
      before ?? NULL,
      Buffer.from(',"after":'),
      after ?? NULL,
    ]
    yield {
      key: Buffer.concat([Buffer.from('{"payload":'), key, Buffer.from('}')]),
      value: Buffer.concat([...middle, Buffer.from(`,"op":"${op}"}}`)]),
    }
  }
}

const NULL = Buffer.from('null')
