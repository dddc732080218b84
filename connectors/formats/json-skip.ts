// Strict scanning of JSON bytes: each function takes the position of the first byte of a thing and returns the position behind it,
// or -1 for whatever is malformed or unusual: then the record is read again by JSON.parse, which decides.

const QUOTE = 0x22
const BACKSLASH = 0x5c
const DEPTH_MAX = 64

/** Whether a byte above 0x7f was seen: the record is then checked to be UTF-8. */
export const seen = { high: false }

export function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end) {
    const c = bytes[at]!
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break
    at++
  }
  return at
}

/** A value of any kind. */
export function skipValue(bytes: Uint8Array, at: number, end: number, depth = 0): number {
  switch (bytes[at]) {
    case QUOTE:
      return skipString(bytes, at, end)
    case 0x7b: // {
      return skipMembers(bytes, at, end, depth, true)
    case 0x5b: // [
      return skipMembers(bytes, at, end, depth, false)
    case 0x74: // t
      return skipWord(bytes, at, 0x72, 0x75, 0x65)
    case 0x66: // f
      return bytes[at + 1] === 0x61 ? skipWord(bytes, at + 1, 0x6c, 0x73, 0x65) : -1
    case 0x6e: // n
      return skipWord(bytes, at, 0x75, 0x6c, 0x6c)
    default:
      return skipNumber(bytes, at)
  }
}

/** Behind one byte and the three given ones. */
export function skipWord(bytes: Uint8Array, at: number, a: number, b: number, c: number): number {
  return bytes[at + 1] === a && bytes[at + 2] === b && bytes[at + 3] === c ? at + 4 : -1
}

export function skipString(bytes: Uint8Array, from: number, end: number): number {
  let at = from + 1
  let all = 0
  while (at < end) {
    const c = bytes[at++]!
    if (c === QUOTE) {
      if (all > 0x7f) seen.high = true
      return at
    }
    all |= c
    if (c < 0x20) return -1
    if (c === BACKSLASH) {
      at = skipEscape(bytes, at, end)
      if (at < 0) return -1
    }
  }
  return -1
}

// From behind the backslash.
function skipEscape(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return -1
  const c = bytes[at]!
  if (c !== 0x75) return '"\\/bfnrt'.includes(String.fromCharCode(c)) ? at + 1 : -1
  return hexDigits(bytes, at + 1) < 0 ? -1 : at + 5
}

/** The four hexadecimal digits as a number; -1: they are not. */
export function hexDigits(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let i = at; i < at + 4; i++) {
    const c = bytes[i]!
    if (c >= 0x30 && c <= 0x39) value = value * 16 + c - 0x30
    else if ((c | 0x20) >= 0x61 && (c | 0x20) <= 0x66) value = value * 16 + (c | 0x20) - 0x57
    else return -1
  }
  return value
}

export function skipNumber(bytes: Uint8Array, from: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from
  if (bytes[at] === 0x30) at++
  else {
    const digits = skipDigits(bytes, at)
    if (digits === at) return -1
    at = digits
  }
  if (bytes[at] === 0x2e) {
    const digits = skipDigits(bytes, at + 1)
    if (digits === at + 1) return -1
    at = digits
  }
  if ((bytes[at]! | 0x20) === 0x65) {
    const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === 0x2d ? at + 2 : at + 1
    const digits = skipDigits(bytes, sign)
    if (digits === sign) return -1
    at = digits
  }
  return at
}

function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++
  return at
}

function skipMembers(bytes: Uint8Array, from: number, end: number, depth: number, named: boolean): number {
  if (depth === DEPTH_MAX) return -1
  const close = named ? 0x7d : 0x5d
  let at = skipSpace(bytes, from + 1, end)
  if (bytes[at] === close) return at + 1
  while (at < end) {
    if (named) {
      if (bytes[at] !== QUOTE) return -1
      at = skipString(bytes, at, end)
      if (at < 0) return -1
      at = skipSpace(bytes, at, end)
      if (bytes[at] !== 0x3a) return -1
      at = skipSpace(bytes, at + 1, end)
    }
    at = skipValue(bytes, at, end, depth + 1)
    if (at < 0) return -1
    at = skipSpace(bytes, at, end)
    const c = bytes[at++]
    if (c === close) return at
    if (c !== 0x2c) return -1
    at = skipSpace(bytes, at, end)
  }
  return -1
}
