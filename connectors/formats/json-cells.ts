// Readers of one JSON value straight into one cell, by the column's type. Each takes the position of the value's first byte and returns
// the position behind the value, or -1 when it should be read in another way. null was handled before.
import { daysFromCivil } from '../../types/time/datetime.ts'
import type { Type } from '../../types/type.ts'
import type { ColumnWriter } from './column-writer.ts'
import { fromJson } from './from-json.ts'
import { hexDigits, seen, skipNumber, skipString, skipValue } from './json-skip.ts'
import { parseJson } from './json-value.ts'

const QUOTE = 0x22
const TWO_32 = 4294967296

/** Digits that fit a double without loss. */
const EXACT_DIGITS = 15
const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

/** A whole number within the range of the column's type, or a string of its digits. */
export function readInt32(
  bytes: Uint8Array,
  from: number,
  to: ColumnWriter,
  row: number,
  max: number,
): number {
  const quoted = bytes[from] === QUOTE
  let at = quoted ? from + 1 : from
  const negative = bytes[at] === 0x2d
  if (negative) at++
  const first = at
  let value = 0
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) value = value * 10 + bytes[at++]! - 0x30
  if (at === first || at - first > 10 || (bytes[first] === 0x30 && at > first + 1)) return -1
  if (negative) value = -value
  if (value > max || value < -max - 1) return -1
  to.i32[row] = value
  return numberEnd(bytes, at, quoted)
}

/** As many digits as a double holds; longer ones are added up as bigints. */
export function readInt64(bytes: Uint8Array, from: number, to: ColumnWriter, row: number): number {
  const quoted = bytes[from] === QUOTE
  let at = quoted ? from + 1 : from
  const negative = bytes[at] === 0x2d
  if (negative) at++
  const first = at
  let value = 0
  let low = 0
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) {
    const digit = bytes[at]! - 0x30
    if (at - first < EXACT_DIGITS) value = value * 10 + digit
    else low = low * 10 + digit
    at++
  }
  const count = at - first
  if (count === 0 || count > 18 || (bytes[first] === 0x30 && count > 1)) return -1
  if (count <= EXACT_DIGITS) setInt64(to, row, negative ? -value : value)
  else {
    const all = BigInt(value) * BigInt(POWERS[count - EXACT_DIGITS]!) + BigInt(low)
    to.i64[row] = negative ? -all : all
  }
  return numberEnd(bytes, at, quoted)
}

// A number goes on as a fraction or an exponent: then it is not what was read.
function numberEnd(bytes: Uint8Array, at: number, quoted: boolean): number {
  const c = bytes[at]!
  if (quoted) return c === QUOTE ? at + 1 : -1
  return c === 0x2e || (c | 0x20) === 0x65 ? -1 : at
}

/** A whole number below 2^53. */
function setInt64(to: ColumnWriter, row: number, value: number): void {
  const high = Math.floor(value / TWO_32)
  to.halves[row * 2] = value - high * TWO_32
  to.halves[row * 2 + 1] = high
}

export function readFloat(
  bytes: Uint8Array,
  from: number,
  to: ColumnWriter,
  row: number,
  single: boolean,
): number {
  const end = skipNumber(bytes, from)
  if (end < 0) return -1
  const value = exactDecimal(bytes, from, end)
  const all = Number.isNaN(value) ? Number(Buffer.prototype.latin1Slice.call(bytes, from, end)) : value
  to.f64[row] = single ? Math.fround(all) : all
  return end
}

// Digits and a power of ten that are both exact as doubles give the nearest double by one division; NaN: they are not.
function exactDecimal(bytes: Uint8Array, from: number, end: number): number {
  const negative = bytes[from] === 0x2d
  let value = 0
  let digits = 0
  let fraction = -1
  for (let at = negative ? from + 1 : from; at < end; at++) {
    const c = bytes[at]!
    if (c === 0x2e) fraction = 0
    else if (c > 0x39) return Number.NaN
    else {
      value = value * 10 + c - 0x30
      if (fraction >= 0) fraction++
      if (++digits > EXACT_DIGITS) return Number.NaN
    }
  }
  if (fraction > 0) value /= POWERS[fraction]!
  return negative ? -value : value
}

export function readNumeric(bytes: Uint8Array, from: number, to: ColumnWriter, row: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from
  const negative = at > from
  const first = at
  let value = 0
  let scale = 0
  let point = false
  for (; ; at++) {
    const c = bytes[at]!
    if (c === 0x2e && !point) point = true
    else if (c >= 0x30 && c <= 0x39) {
      value = value * 10 + c - 0x30
      if (point) scale++
    } else break
  }
  if (at - first > EXACT_DIGITS || skipNumber(bytes, from) !== at) return -1
  to.values[row] = { digits: BigInt(negative ? -value : value), scale }
  return at
}

export function readBool(bytes: Uint8Array, at: number, to: ColumnWriter, row: number): number {
  const c = bytes[at]
  if (c !== 0x74 && c !== 0x66) return -1
  to.u8[row] = c === 0x74 ? 1 : 0
  return skipValue(bytes, at, at + 5)
}

/** A string without its quotes and escapes, or a number as it is written. */
export function readText(
  bytes: Uint8Array,
  from: number,
  end: number,
  to: ColumnWriter,
  row: number,
): number {
  to.reserve(end - from)
  const out = to.bytes
  let used = to.used
  to.starts[row] = used
  let at = from
  if (bytes[from] !== QUOTE) {
    at = skipNumber(bytes, from)
    if (at < 0) return -1
    for (let i = from; i < at; i++) out[used++] = bytes[i]!
  } else {
    let all = 0
    at++
    for (;;) {
      if (at >= end) return -1
      const c = bytes[at++]!
      if (c === QUOTE) break
      if (c < 0x20) return -1
      if (c !== 0x5c) {
        all |= c
        out[used++] = c
        continue
      }
      const escaped = bytes[at]!
      if (escaped === 0x75) {
        const code = hexDigits(bytes, at + 1)
        if (code < 0 || code >= 0x80) return -1
        out[used++] = code
        at += 5
      } else {
        const plain = UNESCAPED[escaped]!
        if (plain === 0) return -1
        out[used++] = plain
        at++
      }
    }
    if (all > 0x7f) seen.high = true
  }
  to.ends[row] = to.used = used
  return at
}

const UNESCAPED = new Uint8Array(256)
for (const [from, to] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
  UNESCAPED[from!.charCodeAt(0)] = to!.charCodeAt(0)

/** Plain strings, small whole numbers and words are canonical as they are written. */
export function readJsonb(
  bytes: Uint8Array,
  from: number,
  end: number,
  to: ColumnWriter,
  row: number,
): number {
  const c = bytes[from]!
  if (c === 0x7b || c === 0x5b || c === 0x2d) return -1
  const at = skipValue(bytes, from, end)
  if (at < 0) return -1
  for (let i = from; i < at; i++) {
    const b = bytes[i]!
    if (c === QUOTE ? b === 0x5c || b > 0x7e : b === 0x2e || (b < 0x3a && at - from > EXACT_DIGITS)) return -1
    if (c <= 0x39 && c !== QUOTE && (b | 0x20) === 0x65) return -1
  }
  to.reserve(at - from)
  to.starts[row] = to.used
  for (let i = from; i < at; i++) to.bytes[to.used++] = bytes[i]!
  to.ends[row] = to.used
  return at
}

/** `YYYY-MM-DD`. */
export function readDate(bytes: Uint8Array, from: number, to: ColumnWriter, row: number): number {
  const days = daysAt(bytes, from + 1)
  if (bytes[from] !== QUOTE || days === BAD || bytes[from + 11] !== QUOTE) return -1
  to.i32[row] = days
  return from + 12
}

/** `YYYY-MM-DD hh:mm:ss`, with `T`, a fraction and `Z` when there are. */
export function readTimestamp(bytes: Uint8Array, from: number, to: ColumnWriter, row: number): number {
  if (bytes[from] !== QUOTE) return readEpoch(bytes, from, to, row)
  const days = daysAt(bytes, from + 1)
  const between = bytes[from + 11]
  const hour = twoDigits(bytes, from + 12)
  const minute = twoDigits(bytes, from + 15)
  const second = twoDigits(bytes, from + 18)
  if (days === BAD || (between !== 0x20 && between !== 0x54) || hour > 23 || minute > 59 || second > 59)
    return -1
  if (bytes[from + 14] !== 0x3a || bytes[from + 17] !== 0x3a) return -1
  let at = from + 20
  let micros = 0
  if (bytes[at] === 0x2e) {
    const first = ++at
    let unit = 100_000
    for (; bytes[at]! >= 0x30 && bytes[at]! <= 0x39; at++) {
      micros += (bytes[at]! - 0x30) * unit
      unit = unit > 1 ? unit / 10 : 0
    }
    if (at === first || at - first > 9) return -1
  }
  if (bytes[at] === 0x5a) at++
  if (bytes[at] !== QUOTE) return -1
  const all = (days * 86400 + hour * 3600 + minute * 60 + second) * 1_000_000 + micros
  if (Math.abs(all) > Number.MAX_SAFE_INTEGER) return -1
  setInt64(to, row, all)
  return at + 1
}

// Seconds, milliseconds or microseconds since 1970, told by their size (epochMicros), as far as doubles hold the result.
function readEpoch(bytes: Uint8Array, from: number, to: ColumnWriter, row: number): number {
  let at = from
  let value = 0
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) value = value * 10 + bytes[at++]! - 0x30
  if (at === from || at - from > EXACT_DIGITS || (bytes[from] === 0x30 && at > from + 1)) return -1
  const micros = value < 1e11 ? value * 1e6 : value < 1e14 ? value * 1000 : value
  if (micros > Number.MAX_SAFE_INTEGER) return -1
  setInt64(to, row, micros)
  return numberEnd(bytes, at, false)
}

const BAD = 1e9
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

// Days since 1970-01-01 of `YYYY-MM-DD` from the year 1000 on (Howard Hinnant, chrono-compatible date algorithms); BAD: it is no date.
function daysAt(bytes: Uint8Array, at: number): number {
  const century = twoDigits(bytes, at)
  const year = century * 100 + twoDigits(bytes, at + 2)
  const month = twoDigits(bytes, at + 5)
  const day = twoDigits(bytes, at + 8)
  if (century < 10 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return BAD
  if (bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d) return BAD
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > MONTH_DAYS[month - 1]! + (leap && month === 2 ? 1 : 0)) return BAD
  return daysFromCivil(year, month, day)
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const a = bytes[at]! - 0x30
  const b = bytes[at + 1]! - 0x30
  return a >= 0 && a <= 9 && b >= 0 && b <= 9 ? a * 10 + b : BAD
}

/** Any value of any type, by way of a JavaScript value; -1: it does not fit, or the record is malformed. */
export function readSlowly(
  bytes: Uint8Array,
  from: number,
  end: number,
  to: ColumnWriter,
  row: number,
  type: Type,
) {
  const at = bytes[from] === QUOTE ? skipString(bytes, from, end) : skipValue(bytes, from, end)
  if (at < 0) return -1
  try {
    to.set(row, fromJson(parseJson(Buffer.prototype.utf8Slice.call(bytes, from, at)), type))
    return at
  } catch {
    return -1
  }
}
