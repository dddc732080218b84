import type { AggregateCall, Expression } from '../../types/job.ts'
import { BOOL } from '../../types/type.ts'
import {
  call,
  column,
  conjunction,
  conjuncts,
  everyColumn,
  functionName,
  mapExpression,
  remap,
} from '../expressions.ts'
import { joinOn, withColumns } from '../join-on.ts'
import { mapFrame, type Plan, schemaOf } from '../plan.ts'
import { isCorrelated } from './decorrelate.ts'
import { outerTarget } from './outer-references.ts'

/*
 * Correlated subqueries of any form (Neumann and Kemper, "Unnesting Arbitrary Queries", 2015). The domain is the set of distinct
 * values that the subquery reads of its enclosing row. `dependent` makes a plan without outer references that yields, for each
 * value of the domain, the subquery's rows with that value behind them. Outer references are `outer(i, 1)`: domain column i.
 */

/** The subquery's rows for each row of the domain: its columns, then the domain's. */
export function dependent(plan: Plan, domain: Plan): Plan {
  if (!isCorrelated(plan)) return joinOn('inner', plan, domain, undefined)
  const width = schemaOf(plan).length
  const known = schemaOf(domain)
  const down = (p: Plan): Plan => dependent(p, domain)
  /** Outer references over rows whose domain columns begin at `at`. */
  const over = (e: Expression, at: number): Expression =>
    mapExpression(e, leaf => {
      const target = outerTarget(leaf)
      return target === undefined ? leaf : column(at + target.index, leaf.type)
    })
  const behind = (at: number): Expression[] => known.map((f, i) => column(at + i, f.type))
  const names = known.map(f => f.name)
  switch (plan.op) {
    case 'values':
      return {
        op: 'union',
        inputs: plan.rows.map(row => ({
          op: 'project',
          input: domain,
          columns: [...row.map(e => over(e, 0)), ...behind(0)],
          names: [...plan.schema.map(f => f.name), ...names],
        })),
      }
    case 'filter':
      return { ...plan, input: down(plan.input), predicate: over(plan.predicate, width) }
    case 'project': {
      const at = schemaOf(plan.input).length
      const columns = [...plan.columns.map(e => over(e, at)), ...behind(at)]
      const predicate = plan.predicate && { predicate: over(plan.predicate, at) }
      return { ...plan, input: down(plan.input), columns, names: [...plan.names, ...names], ...predicate }
    }
    case 'join':
      return dependentJoin(plan, domain, over)
    case 'aggregate': {
      const at = schemaOf(plan.input).length
      const groups = [...plan.groups, ...known.map((_, i) => at + i)]
      const grouped: Plan = { ...plan, input: down(plan.input), groups }
      const first = plan.groups.length
      const moved = reordered(grouped, [
        ...range(0, first),
        ...range(first + known.length, width + known.length),
        ...range(first, first + known.length),
      ])
      return first > 0 ? moved : withEmptyGroups(moved, plan, domain)
    }
    case 'window': {
      const at = schemaOf(plan.input).length
      const partition = [...plan.partition, ...known.map((_, i) => at + i)]
      const calls = plan.calls.map(c => ({ ...c, frame: mapFrame(c.frame, e => over(e, at)) }))
      return behindAll({ ...plan, input: down(plan.input), partition, calls }, at, known.length)
    }
    case 'top-n': {
      const at = schemaOf(plan.input).length
      const partition = [...plan.partition, ...known.map((_, i) => at + i)]
      return behindAll({ ...plan, input: down(plan.input), partition }, at, known.length)
    }
    case 'sort': {
      const input = down(plan.input)
      if (plan.limit === undefined && plan.offset === 0) return input
      const { order, offset, withTies } = plan
      const limit = plan.limit ?? Number.MAX_SAFE_INTEGER
      return {
        op: 'top-n',
        input,
        partition: domainColumns(input, known.length),
        order,
        offset,
        limit,
        withTies,
      }
    }
    case 'union':
      return { ...plan, inputs: plan.inputs.map(down) }
    case 'set-operation':
      return { ...plan, left: down(plan.left), right: down(plan.right) }
    case 'project-set': {
      const at = schemaOf(plan.input).length
      const calls = plan.calls.map(e => over(e, at))
      return behindAll({ ...plan, input: down(plan.input), calls }, at, known.length)
    }
    case 'single-row': {
      const input = down(plan.input)
      return { ...plan, input, group: [...plan.group, ...domainColumns(input, known.length)] }
    }
    case 'hop':
    case 'panes': {
      const at = schemaOf(plan.input).length
      return behindAll({ ...plan, input: down(plan.input) }, at, known.length)
    }
    default:
      return joinOn('inner', plan, domain, undefined)
  }
}

/** from, from + 1, … to - 1. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}

function domainColumns(plan: Plan, count: number): number[] {
  const width = schemaOf(plan).length
  return range(width - count, width)
}

/** The plan's columns in that order. */
export function reordered(plan: Plan, order: readonly number[]): Plan {
  const schema = schemaOf(plan)
  if (order.length === schema.length && order.every((at, i) => at === i)) return plan
  const columns = order.map(i => column(i, schema[i]!.type))
  return { op: 'project', input: plan, columns, names: order.map(i => schema[i]!.name) }
}

/** Domain columns in the middle, from `at`, go to the end. */
function behindAll(plan: Plan, at: number, count: number): Plan {
  const width = schemaOf(plan).length
  return reordered(plan, [...range(0, at), ...range(at + count, width), ...range(at, at + count)])
}

/** An aggregate without groups yields a row where there is none to aggregate. */
function withEmptyGroups(grouped: Plan, plan: Extract<Plan, { op: 'aggregate' }>, domain: Plan): Plan {
  const known = schemaOf(domain)
  const calls = plan.calls.length
  const same = known.map((f, i) => sameValue(column(i, f.type), column(known.length + calls + i, f.type)))
  const joined = joinOn('left', domain, grouped, conjunction(same))
  const schema = schemaOf(joined)
  const columns = plan.calls.map((c, i): Expression => {
    const found = column(known.length + i, c.type)
    const nothing = aggregateOfNothing(c)
    return nothing.value === null ? found : call('coalesce', [found, nothing], c.type)
  })
  return {
    op: 'project',
    input: joined,
    columns: [...columns, ...everyColumn(known)],
    names: [...plan.calls.map((_, i) => schema[known.length + i]!.name), ...known.map(f => f.name)],
  }
}

/** What an aggregate over no rows yields. */
export function aggregateOfNothing(c: AggregateCall): Extract<Expression, { kind: 'literal' }> {
  const counts = ['count', 'regr_count', 'approx_count_distinct'].includes(functionName(c.fn))
  return { kind: 'literal', value: counts ? 0n : null, type: c.type }
}

function sameValue(a: Expression, b: Expression): Expression {
  return call('is not distinct from', [a, b], BOOL)
}

function dependentJoin(
  plan: Extract<Plan, { op: 'join' }>,
  domain: Plan,
  over: (e: Expression, at: number) => Expression,
): Plan {
  const known = schemaOf(domain)
  const count = known.length
  const [leftSchema, rightSchema] = [schemaOf(plan.left), schemaOf(plan.right)]
  const [leftWidth, rightWidth] = [leftSchema.length, rightSchema.length]
  const bothNeeded = plan.type === 'right' || plan.type === 'full'
  const rightPlain = !bothNeeded && !isCorrelated(plan.right)
  const leftPlain = plan.type === 'inner' && !rightPlain && !isCorrelated(plan.left)
  const left = leftPlain ? plan.left : dependent(plan.left, domain)
  const right = rightPlain ? plan.right : dependent(plan.right, domain)
  const atRight = leftWidth + (leftPlain ? 0 : count)
  const fromDomain = leftPlain ? atRight + rightWidth : leftWidth
  const move = (i: number): number => (i < leftWidth ? i : i - leftWidth + atRight)
  const keys = plan.leftKeys.map((l, i): Expression => {
    const pair = [column(l, leftSchema[l]!.type), column(atRight + plan.rightKeys[i]!, leftSchema[l]!.type)]
    return call(plan.nullSafe[i] === true ? 'is not distinct from' : '=', pair, BOOL)
  })
  const same = known.map((f, i) =>
    sameValue(column(leftWidth + i, f.type), column(atRight + rightWidth + i, f.type)),
  )
  const residual = conjuncts(plan.residual && over(remap(plan.residual, move), fromDomain))
  const condition = conjunction([...keys, ...(leftPlain || rightPlain ? [] : same), ...residual])
  const join = joinOn(plan.type, left, right, condition)
  if (plan.type === 'semi' || plan.type === 'anti') return join
  const visible = [...range(0, leftWidth), ...range(atRight, atRight + rightWidth)]
  if (plan.type !== 'full') {
    const at = plan.type === 'right' ? atRight + rightWidth : fromDomain
    return reordered(join, [...visible, ...range(at, at + count)])
  }
  const schema = schemaOf(join)
  const either = known.map((f, i) =>
    call('coalesce', [column(leftWidth + i, f.type), column(atRight + rightWidth + i, f.type)], f.type),
  )
  const columns = [...visible.map(i => column(i, schema[i]!.type)), ...either]
  const names = [...visible.map(i => schema[i]!.name), ...known.map(f => f.name)]
  return { op: 'project', input: join, columns, names }
}

/** An input with the values that a subquery reads of it (at `at`), and those values distinct. */
export interface Domain {
  readonly wide: Plan
  readonly at: readonly number[]
  readonly distinct: Plan
}

/** The domain of a subquery that reads `args` of the input. */
export function domainOf(input: Plan, args: readonly Expression[]): Domain {
  const { plan: wide, at } = withColumns(input, args)
  const distinct: Plan = {
    op: 'aggregate',
    input: reordered(wide, at),
    groups: args.map((_, i) => i),
    calls: [],
  }
  return { wide, at, distinct }
}

/** Joins the wide input to rows made for the domain, whose values the rows have from `from`; `condition` is over both. */
export function joinDomain(
  type: 'inner' | 'left' | 'semi' | 'anti',
  { wide, at }: Domain,
  rows: Plan,
  from: number,
  condition?: Expression,
): Plan {
  const [left, right] = [schemaOf(wide), schemaOf(rows)]
  const same = at.map((i, n) =>
    sameValue(column(i, left[i]!.type), column(left.length + from + n, right[from + n]!.type)),
  )
  return joinOn(type, wide, rows, conjunction([...same, ...conjuncts(condition)]))
}

/** LATERAL: each row of the input beside the subquery's rows for it that meet the condition (over both). */
export function joinLateral(
  type: 'inner' | 'left',
  input: Plan,
  subquery: Plan,
  args: readonly Expression[],
  condition?: Expression,
): Plan {
  if (args.length === 0) return joinOn(type, input, subquery, condition)
  const width = schemaOf(input).length
  const domain = domainOf(input, args)
  const shown = schemaOf(subquery).length
  const before = schemaOf(domain.wide).length
  const moved = condition && remap(condition, i => (i < width ? i : i - width + before))
  const joined = joinDomain(type, domain, dependent(subquery, domain.distinct), shown, moved)
  return reordered(joined, [...range(0, width), ...range(before, before + shown)])
}
