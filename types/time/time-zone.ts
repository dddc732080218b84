import { SqlError } from '../error.ts'
import { byQuarter } from './by-quarter.ts'
import { ZONE_ABBREVIATIONS } from './zone-abbreviations.ts'

/** 400 Gregorian years: instants beyond what Date can hold are moved by whole cycles. */
const CYCLE = 12_622_780_800_000n
const DATE_MAX = 8_000_000_000_000_000n

const formats = new Map<string, Intl.DateTimeFormat>()

/** What a zone's text means: fixed seconds east, or the name to ask for; bounded. */
const meanings = new Map<string, number | string>()

/** Seconds east of UTC at an instant in microseconds; throws 22023 for an unknown zone. */
export function zoneOffsetSeconds(zone: string, micros: bigint): number {
  let meaning = meanings.get(zone)
  if (meaning === undefined) {
    meaning = ZONE_ABBREVIATIONS.get(zone.toLowerCase()) ?? fixedOffset(zone) ?? posixOffset(zone) ?? zone
    if (meanings.size > 10_000) meanings.clear()
    meanings.set(zone, meaning)
  }
  return typeof meaning === 'number' ? meaning : namedOffset(meaning, micros)
}

const namedOffset = byQuarter((zone, micros) => named(zone, micros / 1000n))

/** Whether there is such a zone. */
export function isZone(zone: string): boolean {
  try {
    zoneOffsetSeconds(zone, 0n)
    return true
  } catch {
    return false
  }
}

/** Seconds east of `+02:00` and the like; undefined: not of that form. */
export function fixedOffset(zone: string): number | undefined {
  const match = /^([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/i.exec(zone)
  if (match === null) return undefined
  const seconds = secondsOf(match[2]!, match[3], match[4])
  return match[1] === '-' ? -seconds : seconds
}

/** Seconds east of a zone as POSIX writes it, west of Greenwich being positive: `PST+8`, `MST7:00`, `<+03>-3`. */
export function posixOffset(zone: string): number | undefined {
  const match = /^(?:[a-z]+|<[a-z0-9+:-]{3,}>)([+-]?)(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?$/i.exec(zone)
  if (match === null) return undefined
  const seconds = secondsOf(match[2]!, match[3], match[4])
  return match[1] === '-' ? seconds : 0 - seconds
}

function secondsOf(hours: string, minutes = '0', seconds = '0'): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/**
 * Local time in a zone -> instant. A time that a change of clocks skips is read by the offset before it, one that
 * comes twice by the offset after it, as PostgreSQL does.
 */
export function localToInstant(micros: bigint, zone: string): bigint {
  const day = 86_400_000_000n
  const before = BigInt(zoneOffsetSeconds(zone, micros - day)) * 1_000_000n
  const after = BigInt(zoneOffsetSeconds(zone, micros + day)) * 1_000_000n
  if (before === after) return micros - before
  const holds = (offset: bigint) => BigInt(zoneOffsetSeconds(zone, micros - offset)) * 1_000_000n === offset
  if (holds(after)) return micros - after
  return micros - before
}

export function instantToLocal(micros: bigint, zone: string): bigint {
  return micros + BigInt(zoneOffsetSeconds(zone, micros)) * 1_000_000n
}

function named(zone: string, millis: bigint): number {
  let format = formats.get(zone)
  if (format === undefined) {
    const parts = { era: 'short', year: 'numeric', month: 'numeric', day: 'numeric' } as const
    const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...parts, ...time })
    } catch {
      throw new SqlError('invalid_parameter_value', `time zone "${zone}" not recognized`)
    }
    formats.set(zone, format)
  }
  let moved = millis
  while (moved > DATE_MAX) moved -= CYCLE
  while (moved < -DATE_MAX) moved += CYCLE
  const instant = Number(moved)
  const p: Record<string, string> = {}
  for (const { type, value } of format.formatToParts(instant)) p[type] = value
  const year = p['era'] === 'BC' ? 1 - Number(p['year']) : Number(p['year'])
  const local = new Date(0)
  local.setUTCFullYear(year, Number(p['month']) - 1, Number(p['day']))
  local.setUTCHours(Number(p['hour']), Number(p['minute']), Number(p['second']))
  return Math.round((local.getTime() - Math.floor(instant / 1000) * 1000) / 1000)
}
