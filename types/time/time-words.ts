import { DAYS, MONTHS } from './calendar-names.ts'

/** What a word in a date or time means. `unit`: the number that follows is that field (`y2001m02d04`). */
export type TimeWord =
  | { readonly kind: 'moment'; readonly value: Moment }
  | { readonly kind: 'month' | 'weekday'; readonly value: number }
  | { readonly kind: 'era'; readonly value: 'ad' | 'bc' }
  | { readonly kind: 'meridiem'; readonly value: 'am' | 'pm' }
  | { readonly kind: 'unit'; readonly value: TimeUnit }
  | { readonly kind: 'daylight' | 'ignored' | 'time' }

export type Moment =
  | 'infinity'
  | '-infinity'
  | 'epoch'
  | 'now'
  | 'today'
  | 'tomorrow'
  | 'yesterday'
  | 'allballs'
export type TimeUnit = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'julian' | 'other'

/** PostgreSQL tells words apart by so many letters. */
export const LETTERS = 10

/** The word's meaning; undefined: it has none (it may still be a zone). */
export function timeWord(word: string): TimeWord | undefined {
  return WORDS.get(word.slice(0, LETTERS))
}

const UNITS: Readonly<Record<string, TimeUnit>> = {
  y: 'year',
  m: 'month',
  d: 'day',
  h: 'hour',
  mm: 'minute',
  s: 'second',
  j: 'julian',
  jd: 'julian',
  julian: 'julian',
  dow: 'other',
  doy: 'other',
  isodow: 'other',
  isoyear: 'other',
}

const WORDS: ReadonlyMap<string, TimeWord> = new Map<string, TimeWord>([
  ...MONTHS.flatMap((name, i) => named(name.toLowerCase(), { kind: 'month', value: i + 1 })),
  ['sept', { kind: 'month', value: 9 }],
  ...DAYS.flatMap((name, i) => named(name.toLowerCase(), { kind: 'weekday', value: i })),
  ['tues', { kind: 'weekday', value: 2 }],
  ['weds', { kind: 'weekday', value: 3 }],
  ['thur', { kind: 'weekday', value: 4 }],
  ['thurs', { kind: 'weekday', value: 4 }],
  ...(['infinity', '-infinity', 'epoch', 'now', 'today', 'tomorrow', 'yesterday', 'allballs'] as const).map(
    (value): [string, TimeWord] => [value, { kind: 'moment', value }],
  ),
  ['+infinity', { kind: 'moment', value: 'infinity' }],
  ['ad', { kind: 'era', value: 'ad' }],
  ['bc', { kind: 'era', value: 'bc' }],
  ['am', { kind: 'meridiem', value: 'am' }],
  ['pm', { kind: 'meridiem', value: 'pm' }],
  ['at', { kind: 'ignored' }],
  ['on', { kind: 'ignored' }],
  ['dst', { kind: 'daylight' }],
  ['t', { kind: 'time' }],
  ...Object.entries(UNITS).map(([name, value]): [string, TimeWord] => [name, { kind: 'unit', value }]),
])

function named(name: string, word: TimeWord): [string, TimeWord][] {
  return [
    [name.slice(0, LETTERS), word],
    [name.slice(0, 3), word],
  ]
}
