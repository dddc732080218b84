import { SqlError } from './error.ts'

const SLOT = 900_000_000n
/** 400 Gregorian years: instants beyond what Date can hold are moved by whole cycles. */
const CYCLE = 12_622_780_800_000n
const DATE_MAX = 8_000_000_000_000_000n

/** PostgreSQL's default abbreviations that are no names of zones, in hours east. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
  utc: 0,
  gmt: 0,
  z: 0,
  zulu: 0,
  ut: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
  wet: 0,
  west: 1,
  bst: 1,
  msk: 3,
  jst: 9,
}

const formats = new Map<string, Intl.DateTimeFormat>()
/** Offsets by quarter of an hour, for no zone changes its offset within one; bounded. */
const slots = new Map<string, Map<bigint, number>>()

/** Seconds east of UTC at an instant in microseconds; throws 22023 for an unknown zone. */
export function zoneOffsetSeconds(zone: string, micros: bigint): number {
  const known = ABBREVIATIONS[zone.toLowerCase()]
  if (known !== undefined) return known * 3600
  const fixed = fixedOffset(zone)
  if (fixed !== undefined) return fixed
  let ofZone = slots.get(zone)
  if (ofZone === undefined) slots.set(zone, (ofZone = new Map()))
  const slot = micros / SLOT - (micros % SLOT < 0n ? 1n : 0n)
  let offset = ofZone.get(slot)
  if (offset === undefined) {
    offset = named(zone, (slot * SLOT) / 1000n)
    if (ofZone.size > 10_000) ofZone.clear()
    ofZone.set(slot, offset)
  }
  return offset
}

/** Seconds east of `+02:00`, `UTC-7` and the like; undefined: not of that form. */
export function fixedOffset(zone: string): number | undefined {
  const match = /^(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2})(?::?(\d{2}))?)?$/i.exec(zone)
  if (match === null) return undefined
  const seconds = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0)
  return match[1] === '-' ? -seconds : seconds
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
