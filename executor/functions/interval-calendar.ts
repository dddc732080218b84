/** What PostgreSQL finds when it takes an interval's years, months and days for a date (date2isoyear, interval_to_char). */
export function intervalCalendar(
  year: number,
  month: number,
  day: number,
): { readonly julian: number; readonly isoYear: number; readonly isoDay: number; readonly yearDay: number } {
  const date = julian(year, month, day)
  const from = date < firstWeek(year) ? year - 1 : year
  const week = Math.trunc((date - firstWeek(from)) / 7) + 1
  const isoYear = week >= 52 && date >= firstWeek(from + 1) ? from + 1 : from
  return {
    julian: date,
    isoYear,
    isoDay: date - firstWeek(isoYear) + 1,
    yearDay: (year * 12 + month) * 30 + day,
  }
}

/** The Monday of the week that the 4th of January is in. */
function firstWeek(year: number): number {
  const fourth = julian(year, 1, 4)
  return fourth - (((fourth % 7) + 7) % 7)
}

/** date2j, which goes on counting where there is no calendar. */
function julian(year: number, month: number, day: number): number {
  const y = month > 2 ? year + 4800 : year + 4799
  const m = month > 2 ? month + 1 : month + 13
  const century = Math.trunc(y / 100)
  const leaps = Math.trunc(y / 4) - century + Math.trunc(century / 4)
  return y * 365 - 32167 + leaps + Math.trunc((7834 * m) / 256) + day
}
