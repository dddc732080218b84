import { SqlError } from '../../types/error.ts'
import { civilFromDays, daysFromCivil, daysInMonth } from '../../types/time/datetime.ts'

/** Numbers that a template of to_date found; pm and bc: 1 no, 2 yes; weekday: Sunday is 1. */
export interface TemplateFields {
  twelve?: boolean
  convention?: 'iso' | 'gregorian'
  pm?: number
  bc?: number
  hour?: number
  minute?: number
  second?: number
  millis?: number
  micros?: number
  secondOfDay?: number
  zoneSign?: number
  zoneHour?: number
  zoneMinute?: number
  year?: number
  yearDigits?: number
  century?: number
  month?: number
  day?: number
  dayOfYear?: number
  weekday?: number
  week?: number
  weekOfMonth?: number
  julian?: number
}

/** A day, its time and the offset in seconds that the text named. Throws 22007, 22008 (do_to_timestamp of formatting.c). */
export function fieldsToMoment(
  fields: TemplateFields,
  text: string,
): { readonly days: number; readonly micros: bigint; readonly offset: number | undefined } {
  const outside = () =>
    new SqlError('datetime_field_overflow', `date/time field value out of range: "${text}"`)
  return { days: dayOf(fields, outside), micros: timeOf(fields, outside), offset: offsetOf(fields, text) }
}

function timeOf(f: TemplateFields, outside: () => SqlError): bigint {
  const ofDay = f.secondOfDay ?? 0
  let hour = f.hour || Math.trunc(ofDay / 3600)
  const minute = f.minute || Math.trunc((ofDay % 3600) / 60)
  const second = f.second || ofDay % 60
  if (f.twelve) {
    if (hour < 1 || hour > 12)
      throw new SqlError('invalid_datetime_format', `hour "${hour}" is invalid for the 12-hour clock`, {
        hint: 'Use the 24-hour clock, or give an hour between 1 and 12.',
      })
    if (f.pm === 2 && hour < 12) hour += 12
    else if (f.pm !== 2 && hour === 12) hour = 0
  }
  const fraction = (f.millis ?? 0) * 1000 + (f.micros ?? 0)
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) throw outside()
  if (fraction < 0 || fraction >= 1_000_000) throw outside()
  return BigInt(hour * 3600 + minute * 60 + second) * 1_000_000n + BigInt(fraction)
}

function offsetOf(f: TemplateFields, text: string): number | undefined {
  if (f.zoneSign === undefined) return undefined
  const [hours, minutes] = [f.zoneHour ?? 0, f.zoneMinute ?? 0]
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59)
    throw new SqlError(
      'invalid_time_zone_displacement_value',
      `time zone displacement out of range: "${text}"`,
    )
  return f.zoneSign * (hours * 3600 + minutes * 60)
}

function dayOf(f: TemplateFields, outside: () => SqlError): number {
  let year = yearOf(f)
  let [month, day] = [1, 1]
  let dayOfYear = f.dayOfYear ?? 0
  const take = (days: number): void => {
    const civil = civilFromDays(days)
    year = civil.year
    month = civil.month
    day = civil.day
  }
  if (f.julian) take(f.julian - 2440588)
  if (f.week) {
    if (f.convention === 'iso') {
      const monday = isoYearStart(year) + (f.week - 1) * 7
      take(f.weekday ? monday + (f.weekday === 1 ? 6 : f.weekday - 2) : monday)
    } else dayOfYear = (f.week - 1) * 7 + 1
  }
  const dayOfMonth = f.weekOfMonth ? (f.weekOfMonth - 1) * 7 + 1 : f.day
  if (dayOfMonth) day = dayOfMonth
  if (f.month) month = f.month
  if (dayOfYear && (month <= 1 || day <= 1)) {
    if (year === 0 && f.bc !== 2)
      throw new SqlError('invalid_datetime_format', 'cannot calculate day of year without year information')
    if (f.convention === 'iso') take(isoYearStart(year) + dayOfYear - 1)
    else {
      if (dayOfYear < 1 || dayOfYear > daysFromCivil(year + 1, 1, 1) - daysFromCivil(year, 1, 1))
        throw outside()
      const civil = civilFromDays(daysFromCivil(year, 1, 1) + dayOfYear - 1)
      if (month <= 1) month = civil.month
      if (day <= 1) day = civil.day
    }
  }
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) throw outside()
  return daysFromCivil(year, month, day)
}

/** Year 0 is 1 BC. A century alone stands for its first year; with two digits or less for the year in it. */
function yearOf(f: TemplateFields): number {
  const century = f.bc === 2 ? -(f.century ?? 0) : (f.century ?? 0)
  if (f.year) {
    if (f.century && (f.yearDigits ?? 4) <= 2) {
      const low = f.year % 100
      if (low === 0) return century * 100 + (century >= 0 ? 0 : 1)
      return century >= 0 ? low + (century - 1) * 100 : (century + 1) * 100 - low + 1
    }
    const year = f.bc === 2 ? -f.year : f.year
    return year < 0 ? year + 1 : year
  }
  if (!f.century) return 0
  return century >= 0 ? (century - 1) * 100 + 1 : century * 100 + 1
}

/** The Monday of the first ISO week. */
function isoYearStart(year: number): number {
  const fourth = daysFromCivil(year, 1, 4)
  return fourth - ((((fourth + 3) % 7) + 7) % 7)
}
