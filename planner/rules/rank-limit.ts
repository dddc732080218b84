import type { Expression } from '../../types/job.ts'
import { conjunction, conjuncts, functionName } from '../expressions.ts'
import { type Plan, type Rank, schemaOf } from '../plan.ts'

/** `WHERE rank <= k` above a ranking becomes the number of rows of each partition that it keeps. */
export function rankLimit(plan: Plan): Plan {
  if (plan.op !== 'filter') return plan
  const top = ranking(plan.input)
  if (top === undefined) return plan
  let limit = top.limit
  const rest: Expression[] = []
  for (const c of conjuncts(plan.predicate)) {
    const found = bound(c, top.input)
    limit = Math.min(limit, found?.limit ?? limit)
    if (found?.whole !== true) rest.push(c)
  }
  if (limit === top.limit) return plan
  const predicate = conjunction(rest)
  const input: Plan = { ...top, limit }
  return predicate === undefined ? input : { ...plan, predicate, input }
}

/** A top-n that numbers its rows, with a limit or without. */
function ranking(plan: Plan): Extract<Plan, { op: 'top-n' }> | undefined {
  if (plan.op === 'top-n') return plan.rank === undefined ? undefined : plan
  if (plan.op !== 'window' || plan.calls.length !== 1) return undefined
  const { input, partition, order } = plan
  const rank = RANKS.find(name => name === plan.calls[0]!.fn)
  if (rank === undefined) return undefined
  return {
    op: 'top-n',
    input,
    partition,
    order,
    offset: 0,
    limit: Number.MAX_SAFE_INTEGER,
    withTies: false,
    rank,
  }
}

const RANKS: readonly Rank[] = ['row_number', 'rank', 'dense_rank']

/** `whole`: the limit says all that the condition says. */
interface Bound {
  readonly limit: number
  readonly whole: boolean
}

function bound(c: Expression, input: Plan): Bound | undefined {
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
  const limit = Math.max(0, op === '<' ? k - 1 : k)
  if (op !== '<=' && op !== '<' && op !== '=') return undefined
  return { limit, whole: op !== '=' || k === 1 }
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
