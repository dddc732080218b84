import type { Expression } from '../../types/job.ts'
import { DATE } from '../../types/type.ts'
import { call, functionName, literal } from '../expressions.ts'

const DAY_MICROS = 86_400_000_000n
/** Of dates that are timestamps too, with a margin. */
const DAYS_MAX = 100_000_000n
const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='])

/** A date that is compared with a midnight is compared with its date: no timestamp is made of it in each row. */
export function compareDates(e: Expression): Expression {
  if (e.kind !== 'call') return e
  const args = e.args.map(compareDates)
  const name = functionName(e.fn)
  const other = { ...e, args }
  if (args.length !== 2 || !COMPARISONS.has(name)) return other
  const dates = args.map(dateOf)
  if (!args.some(isCast) || dates.includes(undefined)) return other
  return call(`${name}(date, date) -> bool`, dates as Expression[], e.type)
}

function isCast(e: Expression): boolean {
  return (
    e.kind === 'call' && e.fn === 'cast' && e.type.name === 'timestamp' && e.args[0]!.type.name === 'date'
  )
}

/** What is the same as a date; undefined: nothing. */
function dateOf(e: Expression): Expression | undefined {
  if (isCast(e)) return (e as Extract<Expression, { kind: 'call' }>).args[0]
  if (e.kind !== 'literal' || e.type.name !== 'timestamp' || typeof e.value !== 'bigint') return undefined
  const days = e.value / DAY_MICROS
  const near = days > -DAYS_MAX && days < DAYS_MAX && days * DAY_MICROS === e.value
  return near ? literal(Number(days), DATE) : undefined
}
