import { copyBytes, gatherBytes, totalBytes } from '../../storage/gather.ts'
import type { Column } from '../../types/chunk.ts'
import { PackedColumn } from '../../types/packed-decimals.ts'
import type { Type } from '../../types/type.ts'
import { limitsOf, type Modifier } from '../../types/type-modifier.ts'
import { wordsOf } from '../../types/words.ts'
import { DAY_MICROS, DIGITS_MAX, digitsOf, isoClock, isoDate } from './cells.ts'

/** Start of a field that is NULL; those below it lie in the second buffer, from NULL_FIELD - 1 - start. */
export const NULL_FIELD = -1

/** One column's fields: bytes[starts[row] .. ends[row]). */
export interface Fields {
  readonly bytes: Buffer
  readonly beside: Buffer
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly count: number
}

/** The fields as a column that shares nothing but its texts' memory; undefined: they have to be read one by one. */
export type ReadColumn = (fields: Fields) => Column | undefined

const BLANK = 0x20
const MINUS = 0x2d
const POINT = 0x2e
const WORD = 4294967296
const POWERS = Array.from({ length: DIGITS_MAX + 1 }, (_, i) => 10 ** i)

/** undefined: fields of the type are always read one by one. */
export function readColumnOf(type: Type, modifier: Modifier | undefined): ReadColumn | undefined {
  switch (type.name) {
    case 'text': {
      if (modifier === undefined) return fields => textColumn(type, fields, Number.POSITIVE_INFINITY, false)
      const { name, first } = limitsOf(modifier)
      return fields => textColumn(type, fields, first, name === 'char')
    }
    case 'numeric': {
      if (modifier === undefined) return fields => numericColumn(type, fields, -1, 0)
      const { first, second } = limitsOf(modifier)
      return fields => numericColumn(type, fields, second, 10 ** first)
    }
    case 'int2':
    case 'int4': {
      const most = type.name === 'int2' ? 4 : 9
      return fields => wholeColumn(type, fields, most)
    }
    case 'int8':
      return fields => longColumn(type, fields)
    case 'date':
      return fields => dateColumn(type, fields)
    case 'timestamp':
      return fields => timestampColumn(type, fields)
    default:
      return undefined
  }
}

/** Which fields are NULL; null: none. */
function nullsOf({ starts, count }: Fields): Uint8Array | null {
  if (!starts.includes(NULL_FIELD)) return null
  const nulls = new Uint8Array(count)
  for (let row = 0; row < count; row++) if (starts[row] === NULL_FIELD) nulls[row] = 1
  return nulls
}

/** Texts go into shared memory: the other thread hands them back without a copy. */
function textColumn(type: Type, fields: Fields, longest: number, padded: boolean): Column | undefined {
  const { bytes, beside, count } = fields
  const { starts, ends } = fields
  const nulls = nullsOf(fields)
  let together = nulls === null
  for (let row = 0; row < count; row++) {
    const start = starts[row]!
    if (start === NULL_FIELD) {
      ends[row] = NULL_FIELD
      continue
    }
    if (start < 0) together = false
    const from = start < 0 ? NULL_FIELD - 1 - start : start
    if (padded) {
      const source = start < 0 ? beside : bytes
      while (ends[row]! > from && source[ends[row]! - 1] === BLANK) ends[row]!--
    }
    // No text has more characters than bytes.
    if (ends[row]! - from > longest) return undefined
  }
  const data = { starts: new Int32Array(count), ends: new Int32Array(count) }
  if (together) {
    const own = sharedBytes(totalBytes(fields, undefined, count))
    gatherBytes(own, 0, data.starts, data.ends, 0, fields, undefined, count)
    return { type, data: { ...data, bytes: own }, nulls }
  }
  let total = 0
  for (let row = 0; row < count; row++) total += lengthOf(starts[row]!, ends[row]!)
  const own = sharedBytes(total)
  let at = 0
  for (let row = 0; row < count; row++) {
    const start = starts[row]!
    data.starts[row] = at
    if (start >= 0) copyBytes(own, at, bytes, start, ends[row]!)
    else if (start !== NULL_FIELD) copyBytes(own, at, beside, NULL_FIELD - 1 - start, ends[row]!)
    at += lengthOf(start, ends[row]!)
    data.ends[row] = at
  }
  return { type, data: { ...data, bytes: own }, nulls }
}

function lengthOf(start: number, end: number): number {
  return start >= 0 ? end - start : start === NULL_FIELD ? 0 : end - (NULL_FIELD - 1 - start)
}

function sharedBytes(length: number): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(length))
}

function wholeColumn(type: Type, fields: Fields, most: number): Column | undefined {
  const { bytes, starts, ends, count } = fields
  const data = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const start = starts[row]!
    if (start === NULL_FIELD) continue
    if (start < 0) return undefined
    const negative = bytes[start] === MINUS
    const value = digitsOf(bytes, negative ? start + 1 : start, ends[row]!, most)
    if (value === -1) return undefined
    data[row] = negative ? -value : value
  }
  return { type, data, nulls: nullsOf(fields) }
}

function longColumn(type: Type, fields: Fields): Column | undefined {
  const { bytes, starts, ends, count } = fields
  const data = new BigInt64Array(count)
  const words = wordsOf(data)
  for (let row = 0; row < count; row++) {
    const start = starts[row]!
    if (start === NULL_FIELD) continue
    if (start < 0) return undefined
    const negative = bytes[start] === MINUS
    const value = digitsOf(bytes, negative ? start + 1 : start, ends[row]!, DIGITS_MAX)
    if (value === -1) return undefined
    setWords(words, row, negative ? -value : value)
  }
  return { type, data, nulls: nullsOf(fields) }
}

function setWords(words: Int32Array, row: number, value: number): void {
  const high = Math.floor(value / WORD)
  words[2 * row] = value - high * WORD
  words[2 * row + 1] = high
}

/** `places` -1: as many as there are; else numbers have so many and are below `bound`. */
function numericColumn(type: Type, fields: Fields, places: number, bound: number): Column | undefined {
  const { bytes, starts, ends, count } = fields
  const digits = new Float64Array(count)
  const scales = new Int16Array(count)
  for (let row = 0; row < count; row++) {
    const start = starts[row]!
    if (start === NULL_FIELD) {
      scales[row] = -1
      continue
    }
    if (start < 0) return undefined
    const to = ends[row]!
    const negative = bytes[start] === MINUS
    const from = negative ? start + 1 : start
    let point = from
    while (point < to && bytes[point] !== POINT) point++
    const whole = digitsOf(bytes, from, point, DIGITS_MAX)
    let scale = point === to ? 0 : to - point - 1
    const fraction = scale === 0 ? 0 : digitsOf(bytes, point + 1, to, DIGITS_MAX - (point - from))
    if (whole === -1 || fraction === -1 || point === to - 1) return undefined
    let value = whole * POWERS[scale]! + fraction
    if (places !== -1) {
      if (scale > places || point - from + places > DIGITS_MAX) return undefined
      value *= POWERS[places - scale]!
      scale = places
      if (value >= bound) return undefined
    }
    digits[row] = negative && value > 0 ? -value : value
    scales[row] = scale
  }
  return new PackedColumn(type, nullsOf(fields), { digits, scales })
}

function dateColumn(type: Type, fields: Fields): Column | undefined {
  const { bytes, starts, ends, count } = fields
  const data = new Int32Array(count)
  for (let row = 0; row < count; row++) {
    const start = starts[row]!
    if (start === NULL_FIELD) continue
    if (start < 0 || ends[row]! - start !== 10) return undefined
    const days = isoDate(bytes, start)
    if (days === undefined) return undefined
    data[row] = days
  }
  return { type, data, nulls: nullsOf(fields) }
}

function timestampColumn(type: Type, fields: Fields): Column | undefined {
  const { bytes, starts, ends, count } = fields
  const data = new BigInt64Array(count)
  const words = wordsOf(data)
  for (let row = 0; row < count; row++) {
    const start = starts[row]!
    if (start === NULL_FIELD) continue
    if (start < 0) return undefined
    const days = isoDate(bytes, start)
    const clock = days === undefined ? undefined : isoClock(bytes, start + 10, ends[row]!)
    if (clock === undefined) return undefined
    setWords(words, row, days! * DAY_MICROS + clock)
  }
  return { type, data, nulls: nullsOf(fields) }
}
