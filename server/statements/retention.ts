import { SqlError } from '../../types/error.ts'
import { parseInterval } from '../../types/time/interval.ts'

const DAY_MS = 86_400_000

/** Milliseconds that a subscription keeps changes. Throws 22023. */
export function retentionMs(text: string): number {
  const found = parseInterval(text)
  const ms = found && found.months * 30 * DAY_MS + found.days * DAY_MS + Number(found.micros / 1000n)
  if (ms === undefined || ms <= 0)
    throw new SqlError('invalid_parameter_value', `invalid retention: "${text}"`, {
      hint: "Say it as '1 day' or '12h'.",
    })
  return ms
}
