import { byQuarter } from './by-quarter.ts'
import { fixedOffset, posixOffset, zoneOffsetSeconds } from './time-zone.ts'
import { ZONE_ABBREVIATIONS } from './zone-abbreviations.ts'

/** English as it is spoken where zones have names of their own. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-NZ', 'en-CA', 'en-IN', 'en-ZA', 'ja-JP']

/** What no locale of ours says; an empty text is the offset, as the zone database has it. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'Asia/Shanghai': 'CST',
  'Asia/Taipei': 'CST',
  'Asia/Hong_Kong': 'HKT',
  'Asia/Seoul': 'KST',
  'Asia/Manila': 'PST',
  'Asia/Karachi': 'PKT',
  'Asia/Jakarta': 'WIB',
  'Europe/Moscow': 'MSK',
  'Asia/Dubai': '',
}

/** Formats by zone and locale; bounded. */
const formats = new Map<string, Intl.DateTimeFormat>()

/** What a zone is called at an instant: `EST`, `CEST`, `+04`; empty for a bare offset. */
export const zoneAbbreviation = byQuarter((zone, micros): string => {
  if (fixedOffset(zone) !== undefined) return ''
  if (ZONE_ABBREVIATIONS.has(zone.toLowerCase())) return zone.toUpperCase()
  if (zone.startsWith('<')) return zone.slice(1, zone.indexOf('>'))
  if (posixOffset(zone) !== undefined) return zone.replace(/[+-]?\d.*$/, '').toUpperCase()
  const known = EXCEPTIONS[zone]
  if (known !== undefined) return known || numericName(zone, micros)
  const millis = Number(micros / 1000n)
  if (Math.abs(millis) > 8e15) return numericName(zone, micros)
  for (const locale of LOCALES) {
    const name = formatOf(zone, locale)
      .formatToParts(millis)
      .find(part => part.type === 'timeZoneName')!.value
    if (/^[A-Z]{2,5}$/.test(name)) return name
  }
  return numericName(zone, micros)
})

function numericName(zone: string, micros: bigint): string {
  const offset = zoneOffsetSeconds(zone, micros)
  const minutes = Math.trunc(Math.abs(offset) / 60)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(Math.trunc(minutes / 60))}${minutes % 60 === 0 ? '' : two(minutes % 60)}`
}

function formatOf(zone: string, locale: string): Intl.DateTimeFormat {
  const key = `${locale} ${zone}`
  let format = formats.get(key)
  if (format === undefined) {
    if (formats.size > 1000) formats.clear()
    formats.set(key, (format = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' })))
  }
  return format
}
