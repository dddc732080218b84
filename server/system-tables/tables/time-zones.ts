import { zoneOffsetSeconds } from '../../../types/time/time-zone.ts'
import { ZONE_ABBREVIATIONS } from '../../../types/time/zone-abbreviations.ts'
import { zoneAbbreviation } from '../../../types/time/zone-names.ts'
import { fill, type Row } from '../registry.ts'

const HOUR_MS = 3_600_000

/** The names with what they are in this hour: asking for one takes a while. */
let known: { readonly hour: number; readonly rows: readonly Row[] } | undefined

fill('pg_catalog.pg_timezone_names', () => {
  const hour = Math.floor(Date.now() / HOUR_MS)
  if (known?.hour !== hour) known = { hour, rows: names(BigInt(hour * HOUR_MS) * 1000n) }
  return known.rows
})

fill('pg_catalog.pg_timezone_abbrevs', () => {
  const now = BigInt(Date.now()) * 1000n
  return [...ZONE_ABBREVIATIONS.keys()].map(word => ({
    abbrev: word.toUpperCase(),
    utc_offset: span(zoneOffsetSeconds(word, now)),
    is_dst: SUMMER.test(word),
  }))
})

/** Abbreviations that are of summer: `pdt`, `cest`, `metdst`. */
const SUMMER = /(?:dt|dst|[cemw]est|mesz)$/

function names(now: bigint): readonly Row[] {
  return [...new Set([...Intl.supportedValuesOf('timeZone'), 'UTC'])].map(name => {
    const seconds = zoneOffsetSeconds(name, now)
    return {
      name,
      abbrev: zoneAbbreviation(name, now),
      utc_offset: span(seconds),
      is_dst: isSummer(name, seconds),
    }
  })
}

const span = (seconds: number) => ({ months: 0, days: 0, micros: BigInt(seconds) * 1_000_000n })

/** Whether clocks are ahead of the year's other half. */
function isSummer(zone: string, seconds: number): boolean {
  const year = new Date().getUTCFullYear()
  const at = (month: number) => zoneOffsetSeconds(zone, BigInt(Date.UTC(year, month, 1)) * 1000n)
  return seconds > Math.min(at(0), at(6))
}
