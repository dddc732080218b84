import { risingLeaf } from '../executor/watermarks/monotone.ts'
import { notSupported } from '../types/error.ts'
import type { Expression, NowComparison, OperatorSpec } from '../types/job.ts'
import type { Interval } from '../types/value.ts'
import { columnsOf, conjunction, conjuncts, functionName, isNow, readsNow, timedBy } from './expressions.ts'
import { inputs, mapExpressions, type Plan } from './plan.ts'

/** A condition on the present time: `value` is of the row, `bound` of the time, its only column. */
export interface NowCondition {
  readonly value: Expression
  readonly comparison: NowComparison
  readonly bound: Expression
}

const MIRRORED: Readonly<Record<string, NowComparison>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
const TIMES: ReadonlySet<string> = new Set(['timestamp', 'timestamptz', 'date'])
const HINT = "It may be compared with what does not depend on it, as in WHERE t > now() - INTERVAL '1 hour'."

/** A predicate of a stream as conditions on the time, and what is left of it. */
export function nowConditions(predicate: Expression): {
  readonly conditions: readonly NowCondition[]
  readonly rest: Expression | undefined
} {
  const all = conjuncts(predicate)
  const rest = all.filter(e => !readsNow(e))
  return {
    conditions: all.filter(readsNow).flatMap(nowConditionsOf),
    rest: rest.length === 0 ? undefined : conjunction(rest),
  }
}

/** Refuses now() where a stream cannot follow it. */
export function refuseOtherNow(plan: Plan): void {
  const conditions = plan.op === 'filter' || plan.op === 'project' ? plan.predicate : undefined
  const series = plan.op === 'project-set' && nowSeries(plan) !== undefined ? plan.calls[0] : undefined
  mapExpressions(plan, e => {
    if (e !== conditions && e !== series && readsNow(e)) throw refused()
    return e
  })
  for (const input of inputs(plan)) refuseOtherNow(input)
}

/** An equality is both bounds: rows that have been reached, and are not past. */
function nowConditionsOf(e: Expression): readonly NowCondition[] {
  if (e.kind !== 'call' || functionName(e.fn) !== '=') return [nowCondition(e)]
  return ['<=', '>='].map(sign => nowCondition({ ...e, fn: sign }))
}

/** generate_series(start, now(), step) by itself: rows that come as time passes (executor/operators/now-series.ts). */
export function nowSeries(
  plan: Extract<Plan, { op: 'project-set' }>,
): Extract<OperatorSpec, { kind: 'now-series' }> | undefined {
  const [series, ...others] = plan.calls
  if (series?.kind !== 'call' || functionName(series.fn) !== 'generate_series' || others.length > 0)
    return undefined
  const [start, end, step, zone] = series.args
  if (plan.input.op !== 'values' || plan.input.rows.length !== 1 || plan.ordinality || plan.outer)
    return undefined
  if (end === undefined || !isNow(end)) return undefined
  if (start?.kind !== 'literal' || step?.kind !== 'literal' || zone?.kind !== 'literal') return undefined
  if (typeof start.value !== 'bigint' || step.value === null || !leadsOn(step.value as Interval))
    return undefined
  return { kind: 'now-series', start: start.value, step: step.value as Interval, zone: zone.value as string }
}

function leadsOn({ months, days, micros }: Interval): boolean {
  return months >= 0 && days >= 0 && micros >= 0n && (months > 0 || days > 0 || micros > 0n)
}

function nowCondition(e: Expression): NowCondition {
  const comparison = e.kind === 'call' && e.args.length === 2 ? MIRRORED[functionName(e.fn)] : undefined
  if (e.kind !== 'call' || comparison === undefined) throw refused()
  const [left, right] = [e.args[0]!, e.args[1]!]
  const forward = readsNow(right)
  const [value, time] = forward ? [left, right] : [right, left]
  if (readsNow(value) || columnsOf(time).size > 0 || !risesWithNow(time)) throw refused()
  if (value.type.name !== time.type.name || !TIMES.has(value.type.name)) throw refused()
  const bound = timedBy(time, 0)
  return { value, bound, comparison: forward ? MIRRORED[comparison]! : comparison }
}

/** While now() rises it never falls. */
function risesWithNow(e: Expression): boolean {
  const leaf = risingLeaf(e, risesInUtc)
  return leaf !== undefined && isNow(leaf)
}

/** What depends on a time zone's changes elsewhere. */
function risesInUtc(e: Extract<Expression, { kind: 'call' }>): boolean {
  if (e.fn === 'timezone(text, timestamptz) -> timestamp') return isUtc(e.args[0]!)
  if (e.fn.startsWith('date_trunc(text, timestamptz')) return e.args.slice(2).every(isUtc)
  const [first, second] = e.args
  if (second?.kind !== 'literal' || second.value === null || first?.type.name !== 'timestamptz') return false
  if (e.fn === 'cast') return TIMES.has(e.type.name) && isUtc(second)
  const shifts = functionName(e.fn) === '-' || functionName(e.fn) === '+'
  return (
    shifts &&
    second.type.name === 'interval' &&
    (second.value as Interval).months === 0 &&
    e.args.slice(2).every(isUtc)
  )
}

function isUtc(e: Expression): boolean {
  return e.kind === 'literal' && typeof e.value === 'string' && /^(etc\/)?utc$/i.test(e.value)
}

function refused(): Error {
  return notSupported('this use of now() in a streaming query', { hint: HINT })
}
