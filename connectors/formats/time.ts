import { formatDate, splitMicros } from '../../types/time/datetime.ts'

/** Microseconds of an epoch number whose unit is told by its size: seconds, milliseconds, microseconds or nanoseconds. */
export function epochMicros(value: bigint): bigint {
  const size = value < 0n ? -value : value
  if (size < 100_000_000_000n) return value * 1_000_000n
  if (size < 100_000_000_000_000n) return value * 1000n
  return size < 100_000_000_000_000_000n ? value : value / 1000n
}

/** The text of a timestamp without digits behind the microseconds, which PostgreSQL would round. */
export function cutToMicros(text: string): string {
  return text.replace(/(\.\d{6})\d{1,3}(?!\d)/, '$1')
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
