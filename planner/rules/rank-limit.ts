import type { Expression } from '../../types/job.ts'
import { conjuncts, functionName } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'

/** `WHERE rank <= k` above a ranking bounds how many rows of each partition it keeps; the condition stays. */
export function rankLimit(plan: Plan): Plan {
  if (plan.op !== 'filter' || plan.input.op !== 'top-n' || plan.input.rank === undefined) return plan
  const top = plan.input
  let limit = top.limit
  for (const c of conjuncts(plan.predicate)) limit = Math.min(limit, bound(c, top.input) ?? limit)
  return limit === top.limit ? plan : { ...plan, input: { ...top, limit } }
}

function bound(c: Expression, input: Plan): number | undefined {
  if (c.kind !== 'call' || c.args.length !== 2) return undefined
  const [a, b] = c.args.map(bare) as [Expression, Expression]
  const rank = rankColumn(input)
  const name = functionName(c.fn)
  const direct = a.kind === 'column' && a.index === rank && b.kind === 'literal'
  const reversed = b.kind === 'column' && b.index === rank && a.kind === 'literal'
  if (!direct && !reversed) return undefined
  const constant = direct ? b : a
  if (constant.kind !== 'literal' || constant.value === null || !isInteger(constant)) return undefined
  const k = Number(constant.value)
  const op = direct ? name : ({ '>': '<', '>=': '<=', '=': '=' }[name] ?? '')
  if (op === '<=' || op === '=') return Math.max(0, k)
  return op === '<' ? Math.max(0, k - 1) : undefined
}

function bare(e: Expression): Expression {
  return e.kind === 'call' && e.fn === 'cast' && isInteger(e) && isInteger(e.args[0]!) ? e.args[0]! : e
}

function isInteger(e: Expression): boolean {
  return e.type.name === 'int2' || e.type.name === 'int4' || e.type.name === 'int8'
}

function rankColumn(input: Plan): number {
  return schemaOf(input).length
}
