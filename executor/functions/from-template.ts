import { SqlError } from '../../types/error.ts'
import * as t from '../../types/time/datetime.ts'
import { limitMicros } from '../../types/type-modifier.ts'
import { datePieces } from './format-pattern.ts'
import { readByTemplate } from './read-template.ts'
import { fn } from './registry.ts'
import { fieldsToMoment } from './template-fields.ts'

fn('to_date(text, text) -> date', {
  help: 'date in the form of a template',
  call: (text: string, template: string) => {
    const { days } = fieldsToMoment(readByTemplate(text, template), text)
    if (days < t.DATE_START || days >= t.DATE_END)
      throw new SqlError('datetime_field_overflow', `date out of range: "${text}"`)
    return days
  },
})
/** Microseconds rounded to the digits that a template has for fractions. */
export function limitedByTemplate(micros: bigint, template: string): bigint {
  const digits = datePieces(template).find(piece => /^FF\d$/.test(piece.word))?.word[2]
  return digits === undefined ? micros : limitMicros(micros, Number(digits))
}
fn('to_timestamp(text, text) -> timestamptz', {
  help: 'instant in the form of a template',
  zoned: true,
  call: (text: string, template: string, zone: string) => {
    const { days, micros, offset } = fieldsToMoment(readByTemplate(text, template), text)
    const local = limitedByTemplate(BigInt(days) * t.DAY_MICROS + micros, template)
    const instant = offset === undefined ? t.localToInstant(local, zone) : local - BigInt(offset) * 1_000_000n
    if (instant < t.TIMESTAMP_START || instant >= t.TIMESTAMP_END)
      throw new SqlError('datetime_field_overflow', `timestamp out of range: "${text}"`)
    return instant
  },
})
