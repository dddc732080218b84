import type { Expression } from '../../types/job.ts'
import { column, columnsOf, conjunction, conjuncts, functionName, hasOuter, remap } from '../expressions.ts'
import { withColumns } from '../join-on.ts'
import { frameExpressions, inputs, type Plan, schemaOf } from '../plan.ts'

/** `conditions` read the plan's columns and outer ones. The visible columns keep their positions; needed ones follow. */
export interface Decorrelated {
  readonly plan: Plan
  readonly conditions: readonly Expression[]
}

class Refused extends Error {}

/**
 * Pulls the conditions on outer columns up to the top of a subquery; undefined where conditions alone do not say what it reads
 * (dependent.ts does it then). `scalar`: an aggregate on top may lose its row for no input, which the caller puts back.
 */
export function tryDecorrelate(plan: Plan, scalar = false): Decorrelated | undefined {
  try {
    return decorrelate(plan, scalar)
  } catch (error) {
    if (error instanceof Refused) return undefined
    throw error
  }
}

function decorrelate(plan: Plan, scalar: boolean): Decorrelated {
  if (!isCorrelated(plan)) return { plan, conditions: [] }
  switch (plan.op) {
    case 'filter': {
      const inner = decorrelate(plan.input, false)
      const all = conjuncts(plan.predicate)
      const local = conjunction(all.filter(c => !hasOuter(c)))
      const filtered: Plan =
        local === undefined ? inner.plan : { op: 'filter', input: inner.plan, predicate: local }
      return { plan: filtered, conditions: [...inner.conditions, ...all.filter(hasOuter)] }
    }
    case 'project': {
      if (plan.columns.some(hasOuter) || plan.predicate !== undefined) throw new Refused()
      const inner = decorrelate(plan.input, scalar)
      const shown = (i: number): number => plan.columns.findIndex(c => c.kind === 'column' && c.index === i)
      const read = [...new Set(inner.conditions.flatMap(c => [...columnsOf(c)]))]
      const needed = read.filter(i => shown(i) === -1)
      const schema = schemaOf(inner.plan)
      const columns = [...plan.columns, ...needed.map(i => column(i, schema[i]!.type))]
      const titles = [...plan.names, ...needed.map(i => schema[i]!.name)]
      const move = (i: number): number =>
        shown(i) === -1 ? plan.columns.length + needed.indexOf(i) : shown(i)
      return {
        plan: { ...plan, input: inner.plan, columns, names: titles },
        conditions: inner.conditions.map(c => remap(c, move)),
      }
    }
    case 'aggregate':
      if (plan.groups.length === 0 && !scalar) throw new Refused()
      return throughAggregate(plan)
    case 'join':
      return throughJoin(plan)
    case 'top-n': {
      const inner = decorrelate(plan.input, false)
      const sides = inner.conditions.map(equalitySides)
      const keys = sides.map(side => (side.inner.kind === 'column' ? side.inner.index : -1))
      if (keys.includes(-1) || plan.rank !== undefined) throw new Refused()
      return {
        plan: { ...plan, input: inner.plan, partition: [...plan.partition, ...keys] },
        conditions: inner.conditions,
      }
    }
    case 'sort':
      if (plan.limit === undefined && plan.offset === 0) return decorrelate(plan.input, false)
      throw new Refused()
    default:
      throw new Refused()
  }
}

/** True when an expression somewhere in the plan reads an enclosing query. */
export function isCorrelated(plan: Plan): boolean {
  const own =
    plan.op === 'filter'
      ? [plan.predicate]
      : plan.op === 'project'
        ? [...plan.columns, ...conjuncts(plan.predicate)]
        : plan.op === 'join'
          ? conjuncts(plan.residual)
          : plan.op === 'values'
            ? plan.rows.flat()
            : plan.op === 'project-set'
              ? plan.calls
              : plan.op === 'window'
                ? plan.calls.flatMap(c => frameExpressions(c.frame))
                : []
  return own.some(hasOuter) || inputs(plan).some(isCorrelated)
}

export interface Sides {
  readonly inner: Expression
  readonly outer: Expression
}

function equalitySides(c: Expression): Sides {
  const sides = sidesOf(c)
  if (sides === undefined) throw new Refused()
  return sides
}

/** Splits `inner = outer` into its sides; undefined: another condition. */
export function sidesOf(c: Expression): Sides | undefined {
  if (c.kind === 'call' && functionName(c.fn) === '=') {
    const [a, b] = c.args as [Expression, Expression]
    if (!hasOuter(a) && columnsOf(b).size === 0) return { inner: a, outer: b }
    if (!hasOuter(b) && columnsOf(a).size === 0) return { inner: b, outer: a }
  }
  return undefined
}

function throughAggregate(plan: Extract<Plan, { op: 'aggregate' }>): Decorrelated {
  const inner = decorrelate(plan.input, false)
  const sides = inner.conditions.map(equalitySides)
  const keyed = withColumns(
    inner.plan,
    sides.map(side => side.inner),
  )
  const added = [...new Set(keyed.at)].filter(i => !plan.groups.includes(i))
  const groups = [...plan.groups, ...added]
  const grouped: Plan = { ...plan, input: keyed.plan, groups }
  const output = schemaOf(grouped)
  const first = plan.groups.length
  const last = groups.length
  // Groups, calls, then the new groups: visible columns stay where they were.
  const order = [...range(0, first), ...range(last, output.length), ...range(first, last)]
  const conditions = inner.conditions.map((c, i): Expression => {
    const own = plan.groups.indexOf(keyed.at[i]!)
    const place = own === -1 ? first + plan.calls.length + added.indexOf(keyed.at[i]!) : own
    const at = column(place, sides[i]!.inner.type)
    return { ...(c as Extract<Expression, { kind: 'call' }>), args: [at, sides[i]!.outer] }
  })
  const columns = order.map(i => column(i, output[i]!.type))
  return {
    plan: { op: 'project', input: grouped, columns, names: order.map(i => output[i]!.name) },
    conditions,
  }
}

function throughJoin(plan: Extract<Plan, { op: 'join' }>): Decorrelated {
  if (plan.type !== 'inner' && isCorrelated(plan.right)) throw new Refused()
  if (plan.type === 'right' || plan.type === 'full') throw new Refused()
  const residuals = conjuncts(plan.residual)
  if (plan.type !== 'inner' && residuals.some(hasOuter)) throw new Refused()
  const left = decorrelate(plan.left, false)
  const right = decorrelate(plan.right, false)
  const before = schemaOf(plan.left).length
  const after = schemaOf(left.plan).length
  const shift = (i: number): number => (i < before ? i : i + after - before)
  const local = conjunction(residuals.filter(c => !hasOuter(c)).map(c => remap(c, shift)))
  const { residual: _, ...rest } = plan
  const joined: Plan = {
    ...rest,
    left: left.plan,
    right: right.plan,
    ...(local === undefined ? {} : { residual: local }),
  }
  const schema = schemaOf(joined)
  const visible = schemaOf(plan).length
  const rightCount = visible - before
  const semi = plan.type === 'semi' || plan.type === 'anti'
  const order = semi
    ? range(0, schema.length)
    : [
        ...range(0, before),
        ...range(after, after + rightCount),
        ...range(before, after),
        ...range(after + rightCount, schema.length),
      ]
  const place = (i: number): number => order.indexOf(i)
  const conditions = [
    ...left.conditions.map(c => remap(c, place)),
    ...right.conditions.map(c => remap(c, i => place(i + after))),
    ...residuals.filter(hasOuter).map(c => remap(c, i => place(shift(i)))),
  ]
  const columns = order.map(i => column(i, schema[i]!.type))
  return {
    plan: { op: 'project', input: joined, columns, names: order.map(i => schema[i]!.name) },
    conditions,
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
}
