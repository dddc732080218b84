import { SqlError } from '../../types/error.ts'

/** Unit -> its spellings (PostgreSQL's deltatktbl and datetktbl). */
const SPELLINGS: Readonly<Record<string, string>> = {
  microsecond: 'microsecond microseconds microsecon us usec usecs usecond useconds',
  millisecond: 'millisecond milliseconds millisecon ms msec msecs msecond mseconds',
  second: 'second seconds s sec secs',
  minute: 'minute minutes m min mins',
  hour: 'hour hours h hr hrs',
  day: 'day days d',
  week: 'week weeks w',
  month: 'month months mon mons',
  quarter: 'quarter qtr',
  year: 'year years y yr yrs',
  decade: 'decade decades dec decs',
  century: 'century centuries c cent',
  millennium: 'millennium millennia mil mils',
  epoch: 'epoch',
  julian: 'julian j jd',
  isoyear: 'isoyear',
  dow: 'dow',
  isodow: 'isodow',
  doy: 'doy',
  timezone: 'timezone',
  timezone_hour: 'timezone_hour timezone_h',
  timezone_minute: 'timezone_minute timezone_m',
}

const UNITS = new Map(
  Object.entries(SPELLINGS).flatMap(([unit, all]) => all.split(' ').map(word => [word, unit] as const)),
)

/** The unit a word names; '' when it names none. */
export function unitOf(word: string): string {
  return UNITS.get(word.toLowerCase()) ?? ''
}

/** A unit that does not exist (22023) or that the type has not (0A000). */
export function noUnit(word: string, type: string): SqlError {
  const unit = word.toLowerCase()
  return unitOf(word) === ''
    ? new SqlError('invalid_parameter_value', `unit "${unit}" not recognized for type ${type}`)
    : new SqlError('feature_not_supported', `unit "${unit}" not supported for type ${type}`)
}
