import { unreachable } from '../../types/error.ts'
import type { AggregateCall, Expression, WindowCall } from '../../types/job.ts'
import { column, columnsOf, remap } from '../expressions.ts'
import { appendOnly, frameExpressions, inputs, mapFrame, type Plan, schemaOf } from '../plan.ts'
import { share } from './share.ts'

type Of<Op extends Plan['op']> = Extract<Plan, { op: Op }>

/** A rewritten plan and where each old column went; -1: dropped. */
interface Pruned {
  readonly plan: Plan
  readonly at: readonly number[]
}

/**
 * Drops columns that nobody reads, so that joins, top-n and sorts keep only what matters.
 *
 * Algorithm: equal subplans become one; from the root down each plan collects the columns any of its readers needs; from the
 * leaves up each plan is rebuilt on that many columns. What keeps rows gets a projection below it where a shared or
 * pass-through input still carries more. The root keeps all its columns in their order.
 */
export function prune(root: Plan): Plan {
  const shared = share(root)
  const order = leavesFirst(shared)
  const needs = new Map<Plan, Set<number>>(order.map(p => [p, new Set<number>()]))
  for (let i = 0; i < schemaOf(shared).length; i++) needs.get(shared)!.add(i)
  for (const plan of order.toReversed())
    for (const [i, columns] of inputNeeds(plan, needs.get(plan)!).entries())
      for (const c of columns) needs.get(inputs(plan)[i]!)!.add(c)
  const built = new Map<Plan, Pruned>()
  for (const plan of order)
    built.set(
      plan,
      rebuild(plan, needs.get(plan)!, input => built.get(input)!),
    )
  return exactly(built.get(shared)!, [...schemaOf(shared).keys()])
}

function leavesFirst(plan: Plan): Plan[] {
  const order = new Set<Plan>()
  const visit = (p: Plan): void => {
    if (order.has(p)) return
    inputs(p).forEach(visit)
    order.add(p)
  }
  visit(plan)
  return [...order]
}

/** Columns of each input that the plan reads when its own `needed` columns are. */
function inputNeeds(plan: Plan, needed: ReadonlySet<number>): readonly (readonly number[])[] {
  switch (plan.op) {
    case 'scan':
    case 'values':
      return []
    case 'filter':
      return [[...needed, ...columnsOf(plan.predicate)]]
    case 'project':
      return [
        [...kept(plan.columns, needed).map(i => plan.columns[i]), plan.predicate].flatMap(e =>
          e === undefined ? [] : [...columnsOf(e)],
        ),
      ]
    case 'join': {
      const width = schemaOf(plan.left).length
      const used = [...needed, ...(plan.residual === undefined ? [] : columnsOf(plan.residual))]
      // Rows that may be taken back are told apart by all their columns.
      const whole = plan.temporal === true && !appendOnly(plan.left)
      const left = whole ? [...Array(width).keys()] : [...plan.leftKeys, ...used.filter(i => i < width)]
      return [left, [...plan.rightKeys, ...used.filter(i => i >= width).map(i => i - width)]]
    }
    case 'aggregate':
      return [[...plan.groups, ...keptCalls(plan, needed).flatMap(({ call }) => callColumns(call))]]
    case 'top-n':
      return [[...plan.partition, ...plan.order.map(o => o.column), ...below(plan.input, needed)]]
    case 'window':
      return [
        [
          ...plan.partition,
          ...plan.order.map(o => o.column),
          ...keptWindows(plan, needed).flatMap(({ call }) => windowColumns(call)),
          ...below(plan.input, needed),
        ],
      ]
    case 'sort':
      return [[...plan.order.map(o => o.column), ...needed]]
    case 'union':
      return plan.inputs.map(() => unionColumns(needed))
    case 'set-operation':
      return [plan.left, plan.right].map(side => [...schemaOf(side).keys()])
    case 'hop':
      return [[plan.time, ...below(plan.input, needed)]]
    case 'panes':
      return [[plan.time, ...needed]]
    case 'project-set':
      return [[...plan.calls.flatMap(c => [...columnsOf(c)]), ...below(plan.input, needed)]]
    case 'single-row':
      return [[...plan.group, ...needed]]
    case 'changes':
      return [[...schemaOf(plan.input).keys()]]
    default:
      return unreachable(plan)
  }
}

function rebuild(plan: Plan, needed: ReadonlySet<number>, built: (input: Plan) => Pruned): Pruned {
  switch (plan.op) {
    case 'scan':
    case 'values':
      return { plan, at: [...schemaOf(plan).keys()] }
    case 'filter': {
      const { plan: input, at } = built(plan.input)
      return { plan: { ...plan, input, predicate: moved(plan.predicate, at) }, at }
    }
    case 'project':
      return rebuildProject(plan, needed, built(plan.input))
    case 'join':
      return rebuildJoin(plan, needed, built)
    case 'aggregate':
      return rebuildAggregate(plan, needed, built(plan.input))
    case 'top-n': {
      const { plan: input, at } = only(built(plan.input), inputNeeds(plan, needed)[0]!)
      const width = schemaOf(plan.input).length
      const { rank, ...bare } = plan
      // A position nobody reads need not be kept up to date.
      const ranked = rank !== undefined && (rank !== 'row_number' || needed.has(width))
      const partition = plan.partition.map(i => at[i]!)
      const order = plan.order.map(o => ({ ...o, column: at[o.column]! }))
      const top: Plan = { ...bare, input, partition, order, ...(ranked ? { rank } : {}) }
      const added = rank === undefined ? [] : [ranked ? schemaOf(input).length : -1]
      return { plan: top, at: [...at, ...added] }
    }
    case 'window':
      return rebuildWindow(plan, needed, built(plan.input))
    case 'sort': {
      const { plan: input, at } = only(built(plan.input), inputNeeds(plan, needed)[0]!)
      const order = plan.order.map(o => ({ ...o, column: at[o.column]! }))
      return { plan: { ...plan, input, order }, at }
    }
    case 'union': {
      const list = unionColumns(needed)
      const next = plan.inputs.map(input => exactly(built(input), list))
      return { plan: { ...plan, inputs: next }, at: schemaOf(plan).map((_, i) => list.indexOf(i)) }
    }
    case 'set-operation': {
      const all = [...schemaOf(plan).keys()]
      const [left, right] = [exactly(built(plan.left), all), exactly(built(plan.right), all)]
      return { plan: { ...plan, left, right }, at: all }
    }
    case 'hop': {
      const { plan: input, at } = built(plan.input)
      return { plan: { ...plan, input, time: at[plan.time]! }, at: extended(plan, plan.input, input, at) }
    }
    case 'panes': {
      const { plan: input, at } = built(plan.input)
      return { plan: { ...plan, input, time: at[plan.time]! }, at }
    }
    case 'project-set': {
      const { plan: input, at } = built(plan.input)
      const calls = plan.calls.map(c => moved(c, at))
      return { plan: { ...plan, input, calls }, at: extended(plan, plan.input, input, at) }
    }
    case 'single-row': {
      const { plan: input, at } = only(built(plan.input), inputNeeds(plan, needed)[0]!)
      return { plan: { ...plan, input, group: plan.group.map(i => at[i]!) }, at }
    }
    case 'changes': {
      const input = exactly(built(plan.input), [...schemaOf(plan.input).keys()])
      return { plan: { ...plan, input }, at: [...schemaOf(plan).keys()] }
    }
    default:
      return unreachable(plan)
  }
}

function rebuildWindow(plan: Of<'window'>, needed: ReadonlySet<number>, built: Pruned): Pruned {
  const left = keptWindows(plan, needed)
  const { plan: input, at } = only(built, inputNeeds(plan, needed)[0]!)
  const calls = left.map(
    ({ call }): WindowCall => ({
      ...call,
      args: call.args.map(i => at[i]!),
      ...(call.filter === undefined ? {} : { filter: at[call.filter]! }),
      frame: mapFrame(call.frame, e => moved(e, at)),
    }),
  )
  const width = schemaOf(input).length
  const places = plan.calls.map((_, i) => left.findIndex(({ index }) => index === i))
  const order = plan.order.map(o => ({ ...o, column: at[o.column]! }))
  const window: Plan = { ...plan, input, partition: plan.partition.map(i => at[i]!), order, calls }
  return {
    plan: calls.length === 0 ? input : window,
    at: [...at, ...places.map(i => (i === -1 ? -1 : width + i))],
  }
}

function keptWindows(plan: Of<'window'>, needed: ReadonlySet<number>) {
  const width = schemaOf(plan.input).length
  return plan.calls.map((call, index) => ({ call, index })).filter(({ index }) => needed.has(width + index))
}

function windowColumns(call: WindowCall): readonly number[] {
  const frame = frameExpressions(call.frame).flatMap(e => [...columnsOf(e)])
  return [...call.args, ...(call.filter === undefined ? [] : [call.filter]), ...frame]
}

function rebuildProject(plan: Of<'project'>, needed: ReadonlySet<number>, input: Pruned): Pruned {
  const list = kept(plan.columns, needed)
  const predicate = plan.predicate === undefined ? {} : { predicate: moved(plan.predicate, input.at) }
  const names = list.map(i => plan.names[i]!)
  const columns = list.map(i => moved(plan.columns[i]!, input.at))
  const at = plan.columns.map((_, i) => list.indexOf(i))
  return { plan: { ...plan, ...predicate, input: input.plan, columns, names }, at }
}

function rebuildJoin(plan: Of<'join'>, needed: ReadonlySet<number>, built: (input: Plan) => Pruned): Pruned {
  const [leftNeeds, rightNeeds] = inputNeeds(plan, needed)
  const left = only(built(plan.left), leftNeeds!)
  const right = only(built(plan.right), rightNeeds!)
  const width = schemaOf(left.plan).length
  const both = [...left.at, ...right.at.map(i => (i === -1 ? -1 : i + width))]
  const join: Plan = {
    ...plan,
    left: left.plan,
    right: right.plan,
    leftKeys: plan.leftKeys.map(i => left.at[i]!),
    rightKeys: plan.rightKeys.map(i => right.at[i]!),
    ...(plan.residual === undefined ? {} : { residual: moved(plan.residual, both) }),
  }
  return { plan: join, at: both.slice(0, schemaOf(plan).length) }
}

function rebuildAggregate(plan: Of<'aggregate'>, needed: ReadonlySet<number>, input: Pruned): Pruned {
  const { at } = input
  const left = keptCalls(plan, needed)
  const calls = left.map(
    ({ call }): AggregateCall => ({
      ...call,
      args: call.args.map(i => at[i]!),
      ...(call.filter === undefined ? {} : { filter: at[call.filter]! }),
      ...(call.order === undefined ? {} : { order: call.order.map(o => ({ ...o, column: at[o.column]! })) }),
    }),
  )
  const count = plan.groups.length
  const places = plan.calls.map((_, i) => left.findIndex(({ index }) => index === i))
  return {
    plan: { ...plan, input: input.plan, groups: plan.groups.map(i => at[i]!), calls },
    at: [...plan.groups.keys(), ...places.map(i => (i === -1 ? -1 : i + count))],
  }
}

/** Projection columns that stay; at least one, so that rows can be counted. */
function kept(columns: readonly Expression[], needed: ReadonlySet<number>): readonly number[] {
  const found = [...columns.keys()].filter(i => needed.has(i))
  return found.length > 0 ? found : [...columns.keys()].slice(0, 1)
}

/** Calls that stay; without groups at least one, for its row. */
function keptCalls(plan: Of<'aggregate'>, needed: ReadonlySet<number>) {
  const { calls, groups } = plan
  const all = calls.map((call, index) => ({ call, index }))
  const found = all.filter(({ index }) => needed.has(groups.length + index))
  return found.length > 0 || groups.length > 0 ? found : all.slice(0, 1)
}

function callColumns(call: AggregateCall): readonly number[] {
  const filter = call.filter === undefined ? [] : [call.filter]
  return [...call.args, ...filter, ...(call.order ?? []).map(o => o.column)]
}

/** Needed columns that come from the input. */
function below(input: Plan, needed: ReadonlySet<number>): readonly number[] {
  const width = schemaOf(input).length
  return [...needed].filter(i => i < width)
}

function unionColumns(needed: ReadonlySet<number>): readonly number[] {
  return needed.size === 0 ? [0] : [...needed].sort((a, b) => a - b)
}

/** Places of the input's columns, then of those the plan appends. */
function extended(plan: Plan, before: Plan, after: Plan, at: readonly number[]): readonly number[] {
  const [old, now] = [schemaOf(before).length, schemaOf(after).length]
  return [...at, ...Array.from({ length: schemaOf(plan).length - old }, (_, i) => now + i)]
}

function moved(e: Expression, at: readonly number[]): Expression {
  return remap(e, i => at[i]!)
}

/** The plan on the needed columns alone, in their order. */
function only(input: Pruned, needed: readonly number[]): Pruned {
  const list = [...new Set(needed)].sort((a, b) => a - b)
  if (list.length === 0 && input.at.length > 0)
    list.push(
      Math.max(
        0,
        input.at.findIndex(i => i !== -1),
      ),
    )
  if (list.length === schemaOf(input.plan).length) return input
  return { plan: exactly(input, list), at: input.at.map((_, i) => list.indexOf(i)) }
}

/** The plan with just these old columns, in this order. */
function exactly(input: Pruned, list: readonly number[]): Plan {
  const { plan, at } = input
  const schema = schemaOf(plan)
  if (list.length === schema.length && list.every((old, i) => at[old] === i)) return plan
  const columns = list.map(old => column(at[old]!, schema[at[old]!]!.type))
  return { op: 'project', input: plan, columns, names: list.map(old => schema[at[old]!]!.name) }
}
