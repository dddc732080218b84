import { SqlError } from '../../types/error.ts'
import { formatDate, splitMicros } from '../../types/time/datetime.ts'

const DAY = 86_400_000_000n
const PATTERN =
  /^(\d{4,6})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d\d(?::?\d\d)?)?$/i

/** Microseconds since 1970 of an ISO timestamp; a zone is applied when `zoned`, else ignored as PostgreSQL does. */
export function parseTimestamp(text: string, zoned: boolean): bigint {
  const found = PATTERN.exec(text.trim())
  const ms = found === null ? Number.NaN : Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3]))
  const [hour, minute, second] = [found?.[4], found?.[5], found?.[6]].map(part => Number(part ?? 0))
  const day = Number(found?.[3])
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== day || hour! > 23 || minute! > 59 || second! > 59) {
    throw new SqlError('invalid_datetime_format', `invalid input syntax for type timestamp: "${text}"`)
  }
  const micros = Number((found![7] ?? '').slice(0, 6).padEnd(6, '0'))
  const local =
    BigInt(ms) * 1000n + BigInt((hour! * 60 + minute!) * 60 + second!) * 1_000_000n + BigInt(micros)
  return zoned ? local - zoneMicros(found![8]) : local
}

function zoneMicros(zone: string | undefined): bigint {
  if (zone === undefined || /^(z|utc)$/i.test(zone)) return 0n
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', '') || 0)
  return BigInt(zone[0] === '-' ? -minutes : minutes) * 60_000_000n
}

/** Microseconds of an epoch number whose unit is told by its size: seconds, milliseconds, microseconds or nanoseconds. */
export function epochMicros(value: bigint): bigint {
  const size = value < 0n ? -value : value
  if (size < 100_000_000_000n) return value * 1_000_000n
  if (size < 100_000_000_000_000n) return value * 1000n
  return size < 100_000_000_000_000_000n ? value : value / 1000n
}

/** Microseconds since midnight. */
export function parseTime(text: string): bigint {
  return parseTimestamp(`1970-01-01 ${text}`, false)
}

/** Days since 1970-01-01. */
export function parseDate(text: string): number {
  return Number(parseTimestamp(text.slice(0, 10), false) / DAY)
}

/** `YYYY-MM-DD hh:mm:ss.ffffff`, `separator` between date and time, `zone` behind it; years before 1 end in ` BC`. */
export function timestampText(micros: bigint, separator: ' ' | 'T', zone: '' | 'Z'): string {
  const { days, time } = splitMicros(micros)
  const [date, era] = formatDate(days).split(' ')
  return `${date}${separator}${timeText(time)}${zone}${era === undefined ? '' : ` ${era}`}`
}

/** `hh:mm:ss.ffffff` of microseconds since midnight. */
export function timeText(micros: bigint): string {
  const [seconds, fraction] = [Number(micros / 1_000_000n), Number(micros % 1_000_000n)]
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${parts.map(part => String(part).padStart(2, '0')).join(':')}.${String(fraction).padStart(6, '0')}`
}
