/** Months and days of the week in English, January and Sunday first. */
export const MONTHS: readonly string[] =
  'January February March April May June July August September October November December'.split(' ')
export const DAYS: readonly string[] = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ')

/** The names' first three letters, as clocks and calendars shorten them. */
export const MONTHS_SHORT = MONTHS.map(name => name.slice(0, 3))
export const DAYS_SHORT = DAYS.map(name => name.slice(0, 3))
