import { halfEven } from '../half-even.ts'
import type { Interval } from '../value.ts'

/** Why a text is no interval: `range`: a field does not fit, `total`: they do not fit together. */
export type IntervalFailure = 'format' | 'range' | 'total'

const DAY_MICROS = 86_400_000_000

/** Adds up the fields of an interval that is read; `failure` tells of the first that does not fit. */
export interface IntervalSum {
  years: number
  months: number
  days: number
  micros: bigint
  failure: IntervalFailure | undefined
}

export function emptySum(): IntervalSum {
  return { years: 0, months: 0, days: 0, micros: 0n, failure: undefined }
}

export function addMicros(sum: IntervalSum, whole: bigint, fraction: number, scale: number): void {
  const exact = fraction * scale
  let micros = Math.trunc(exact)
  const rest = exact - micros
  if (rest > 0.5) micros++
  else if (rest < -0.5) micros--
  sum.micros += whole * BigInt(scale) + BigInt(micros)
  if (BigInt.asIntN(64, sum.micros) !== sum.micros) sum.failure ??= 'range'
}

/** Fractions of months and weeks are days, those of days are time. */
export function addDays(sum: IntervalSum, whole: bigint, fraction: number, scale: number): void {
  const exact = fraction * scale
  const days = Math.trunc(exact)
  sum.days = fitting(sum, BigInt(sum.days) + checked(sum, whole) * BigInt(scale) + BigInt(days))
  addMicros(sum, 0n, exact - days, DAY_MICROS)
}

export function addMonths(sum: IntervalSum, whole: bigint, fraction: number): void {
  sum.months = fitting(sum, BigInt(sum.months) + checked(sum, whole))
  addDays(sum, 0n, fraction, 30)
}

/** Fractions of years are whole months, rounded to even. */
export function addYears(sum: IntervalSum, whole: bigint, fraction: number, scale: number): void {
  const months = halfEven(fraction * scale * 12)
  sum.years = fitting(sum, BigInt(sum.years) + checked(sum, whole) * BigInt(scale))
  sum.months = fitting(sum, BigInt(sum.months) + BigInt(months))
}

/** The interval, or why there is none. */
export function sumUp(sum: IntervalSum, negate: boolean): Interval | IntervalFailure {
  if (sum.failure !== undefined) return sum.failure
  const sign = negate ? -1 : 1
  const micros = negate ? -sum.micros : sum.micros
  const days = sum.days * sign + 0
  if (BigInt.asIntN(64, micros) !== micros || days !== (days | 0)) return 'range'
  const months = (sum.years * 12 + sum.months) * sign + 0
  return months === (months | 0) ? { months, days, micros } : 'total'
}

function checked(sum: IntervalSum, value: bigint): bigint {
  return BigInt(fitting(sum, value))
}

function fitting(sum: IntervalSum, value: bigint): number {
  if (BigInt.asIntN(32, value) === value) return Number(value)
  sum.failure ??= 'range'
  return 0
}
