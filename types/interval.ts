import { SqlError } from './error.ts'
import type { Interval } from './value.ts'

const SECOND = 1_000_000n
const HOUR = 3_600n * SECOND

/** Unit word -> months, days, microseconds of one. */
const UNITS: Readonly<Record<string, readonly [number, number, number]>> = {
  millennium: [12000, 0, 0],
  century: [1200, 0, 0],
  decade: [120, 0, 0],
  year: [12, 0, 0],
  y: [12, 0, 0],
  yr: [12, 0, 0],
  mon: [1, 0, 0],
  month: [1, 0, 0],
  week: [0, 7, 0],
  w: [0, 7, 0],
  day: [0, 1, 0],
  d: [0, 1, 0],
  hour: [0, 0, 3.6e9],
  h: [0, 0, 3.6e9],
  hr: [0, 0, 3.6e9],
  minute: [0, 0, 6e7],
  min: [0, 0, 6e7],
  m: [0, 0, 6e7],
  second: [0, 0, 1e6],
  sec: [0, 0, 1e6],
  s: [0, 0, 1e6],
  millisecond: [0, 0, 1e3],
  ms: [0, 0, 1e3],
  microsecond: [0, 0, 1],
  us: [0, 0, 1],
}

/** PostgreSQL's interval input: `1 day 02:00:00`, `10 seconds`, `1-2`, ISO 8601 `P1DT2H`; undefined when it is none. */
export function parseInterval(text: string, unit?: string): Interval | undefined {
  const trimmed = text.trim().toLowerCase()
  if (trimmed.startsWith('p')) return parseIso(trimmed)
  let months = 0
  let days = 0
  let micros = 0n
  const token =
    /\s*(?:([+-]?)\s*(\d+):(\d*)(?::(\d+(?:\.\d*)?))?|([+-]?\d+-\d{1,2})(?=\s|$)|([+-]?\s*\d*\.?\d+)(?:\s*([a-z]+)|(?=\s+[+-]?\d+:)()|(?=\s|$))|(ago|@))\s*/y
  if (trimmed === '') return undefined
  let negate = false
  let unitless = false
  while (token.lastIndex < trimmed.length) {
    const match = token.exec(trimmed)
    if (match === null) return undefined
    if (match[9] !== undefined) {
      negate ||= match[9] === 'ago'
    } else if (match[5] !== undefined) {
      months += yearsAndMonths(match[5])
    } else if (match[2] !== undefined) {
      const part =
        BigInt(match[2]) * HOUR + BigInt(match[3] || '0') * 60n * SECOND + secondsToMicros(match[4] ?? '0')
      micros += match[1] === '-' ? -part : part
    } else {
      const bare = match[7] === undefined && match[8] === undefined
      if (bare && unitless) return undefined
      unitless ||= bare
      const word = match[7] ?? (bare ? (unit ?? 'second') : 'day')
      const scale = UNITS[word] ?? UNITS[word.replace(/s$/, '')] ?? UNITS[word.replace(/ies$/, 'y')]
      if (scale === undefined) return undefined
      const amount = Number(match[6]!.replace(/\s/g, ''))
      const wholeMonths = Math.trunc(amount * scale[0])
      months += wholeMonths
      const monthDays = (amount * scale[0] - wholeMonths) * 30 + amount * scale[1]
      const wholeDays = Math.trunc(monthDays)
      days += wholeDays
      micros += BigInt(Math.round((monthDays - wholeDays) * 86_400e6 + amount * scale[2]))
    }
  }
  return checked(
    negate ? { months: 0 - months, days: 0 - days, micros: -micros } : { months, days, micros },
    'interval field value out of range',
  )
}

/** `1-2`, the SQL standard's year and month, as months. Throws 22008 for a thirteenth month. */
function yearsAndMonths(text: string): number {
  const [years, months] = text.replace(/^[+-]/, '').split('-').map(Number) as [number, number]
  if (months > 11)
    throw new SqlError('interval_field_overflow', `interval field value out of range: "${text}"`)
  return (text.startsWith('-') ? -1 : 1) * (years * 12 + months)
}

function parseIso(text: string): Interval | undefined {
  const n = '([+-]?\\d+(?:\\.\\d+)?)'
  const match = new RegExp(
    `^p(?:${n}y)?(?:${n}m)?(?:${n}w)?(?:${n}d)?(?:t(?:${n}h)?(?:${n}m)?(?:${n}s)?)?$`,
  ).exec(text)
  if (match === null || text === 'p') return undefined
  const part = (i: number) => Number(match[i] ?? 0)
  const micros = part(5) * 3.6e9 + part(6) * 6e7 + part(7) * 1e6
  return checked({
    months: part(1) * 12 + part(2),
    days: part(3) * 7 + part(4),
    micros: BigInt(Math.round(micros)),
  })
}

function secondsToMicros(text: string): bigint {
  const [whole, fraction = ''] = text.split('.')
  return BigInt(whole!) * SECOND + BigInt(halfEven(Number(`0.${fraction || '0'}`) * 1e6))
}

/** IntervalStyle postgres. */
export function formatInterval(i: Interval): string {
  const parts: string[] = []
  const years = Math.trunc(i.months / 12)
  const months = i.months % 12
  const add = (n: number, unit: string) => {
    if (n === 0) return
    const plus = n > 0 && parts.at(-1)?.startsWith('-') ? '+' : ''
    parts.push(`${plus}${n} ${unit}${n === 1 ? '' : 's'}`)
  }
  add(years, 'year')
  add(months, 'mon')
  add(i.days, 'day')
  if (i.micros !== 0n || parts.length === 0) {
    const plus = i.micros > 0n && parts.at(-1)?.startsWith('-') ? '+' : ''
    parts.push(`${i.micros < 0n ? '-' : plus}${clock(i.micros < 0n ? -i.micros : i.micros)}`)
  }
  return parts.join(' ')
}

/** HH:MM:SS[.ffffff] of microseconds, trailing zeros cut. */
export function clock(micros: bigint): string {
  const two = (n: bigint) => n.toString().padStart(2, '0')
  const fraction = micros % SECOND
  const tail = fraction === 0n ? '' : `.${fraction.toString().padStart(6, '0').replace(/0+$/, '')}`
  return `${two(micros / HOUR)}:${two((micros / (60n * SECOND)) % 60n)}:${two((micros / SECOND) % 60n)}${tail}`
}

/** Throws 22008 when a part does not fit. */
export function addIntervals(a: Interval, b: Interval): Interval {
  return checked({ months: a.months + b.months, days: a.days + b.days, micros: a.micros + b.micros })
}

export function negateInterval(i: Interval): Interval {
  return checked({ months: 0 - i.months, days: 0 - i.days, micros: -i.micros })
}

/** interval * float8, fractions passed down from months to days to time. */
export function scaleInterval(a: Interval, factor: number): Interval {
  return cascade(a, part => part * factor)
}

/** interval / float8. */
export function divideInterval(a: Interval, divisor: number): Interval {
  return cascade(a, part => part / divisor)
}

/** interval_mul and interval_div of PostgreSQL's timestamp.c, step by step. */
function cascade(a: Interval, scale: (part: number) => number): Interval {
  const [exactMonths, exactDays] = [scale(a.months), scale(a.days)]
  const months = Math.trunc(exactMonths)
  let days = Math.trunc(exactDays)
  const monthDays = roundMicros((exactMonths - months) * 30)
  let seconds = roundMicros((exactDays - days + monthDays - Math.trunc(monthDays)) * 86400)
  if (Math.abs(seconds) >= 86400) {
    days += Math.trunc(seconds / 86400)
    seconds -= Math.trunc(seconds / 86400) * 86400
  }
  days += Math.trunc(monthDays)
  const micros = scale(Number(a.micros)) + seconds * 1e6
  if (!Number.isFinite(micros) || !Number.isFinite(months) || !Number.isFinite(days)) throw outOfRange()
  return checked({ months: months + 0, days: days + 0, micros: BigInt(halfEven(micros)) })
}

function roundMicros(value: number): number {
  return halfEven(value * 1e6) / 1e6
}

function halfEven(value: number): number {
  return Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value)
}

function checked(i: Interval, message = 'interval out of range'): Interval {
  if ((i.months | 0) !== i.months || (i.days | 0) !== i.days || BigInt.asIntN(64, i.micros) !== i.micros)
    throw new SqlError('datetime_field_overflow', message)
  return i
}

function outOfRange(): SqlError {
  return new SqlError('datetime_field_overflow', 'interval out of range')
}
