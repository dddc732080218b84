import type { Column } from '../../types/chunk.ts'
import { wordsOf } from '../../types/words.ts'

export const DAY_MICROS = 86_400_000_000
const WORD = 4294967296
/** Times with a larger high word (2^53 microseconds, the year 2255) are not exact as doubles. */
const HIGH_MAX = 1 << 21

/**
 * Each of the first `length` times as the greatest `offset` + n * `width` up to it, in microseconds (of dates: whole days);
 * NULL and infinite ones as they are.
 */
export function roundedTimes(column: Column, length: number, width: bigint, offset: bigint): Column {
  const { type, data, nulls } = column
  if (data instanceof Int32Array) {
    const days = Number(width) / DAY_MICROS
    const shift = Number(offset) / DAY_MICROS
    const to = new Int32Array(length)
    for (let row = 0; row < length; row++) to[row] = down(data[row]!, days, shift)
    return { type, data: to, nulls }
  }
  const from = data as BigInt64Array
  const to = new BigInt64Array(length)
  const words = wordsOf(from)
  const target = wordsOf(to)
  const size = Number(width)
  const shift = Number(offset)
  for (let row = 0; row < length; row++) {
    const high = words[2 * row + 1]!
    if (high >= HIGH_MAX || high < -HIGH_MAX) {
      to[row] = farRounded(from[row]!, width, offset)
      continue
    }
    const start = down(high * WORD + (words[2 * row]! >>> 0), size, shift)
    const startHigh = Math.floor(start / WORD)
    target[2 * row] = start - startHigh * WORD
    target[2 * row + 1] = startHigh
  }
  return { type, data: to, nulls }
}

function down(at: number, width: number, offset: number): number {
  return Math.floor((at - offset) / width) * width + offset
}

function farRounded(at: bigint, width: bigint, offset: bigint): bigint {
  if (at === 0x7fffffffffffffffn || at === -0x8000000000000000n) return at
  const since = (((at - offset) % width) + width) % width
  return at - since
}

/** Times of `roundedTimes`, so many microseconds later. None of them may be infinite. */
export function laterTimes({ type, data, nulls }: Column, length: number, by: bigint): Column {
  if (data instanceof Int32Array) {
    const days = Number(by) / DAY_MICROS
    return { type, data: data.map(day => day + days), nulls }
  }
  const to = new BigInt64Array(length)
  for (let row = 0; row < length; row++) to[row] = BigInt.asIntN(64, (data as BigInt64Array)[row]! + by)
  return { type, data: to, nulls }
}

/** Whether one of the first `length` times is NULL or infinite. */
export function hasNoPlace({ data, nulls }: Column, length: number): boolean {
  if (nulls?.subarray(0, length).includes(1) === true) return true
  if (data instanceof Int32Array) return false
  const words = wordsOf(data as BigInt64Array)
  for (let row = 0; row < length; row++) {
    const high = words[2 * row + 1]!
    if (high === 0x7fffffff || high === -0x80000000) return true
  }
  return false
}
