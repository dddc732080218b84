import type { AggregateCall, Order } from '../../types/job.ts'
import { column, columnsOf, remap } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'

/** A plan without some of its columns: `at` gives the new position of each column that is left. */
interface Pruned {
  readonly plan: Plan
  readonly at: ReadonlyMap<number, number>
}

/**
 * Column pruning: what nobody above needs is dropped below every operator that would store or copy it. The columns of the
 * plan itself stay as they are.
 */
export function prune(plan: Plan): Plan {
  return exactly(plan, all(plan))
}

/** The plan with the wanted columns, ascending, and no others. */
function exactly(plan: Plan, wanted: ReadonlySet<number>): Plan {
  const kept = [...atLeastOne(plan, wanted)].sort((a, b) => a - b)
  const pruned = without(plan, new Set(kept))
  const schema = schemaOf(pruned.plan)
  const at = kept.map(i => pruned.at.get(i)!)
  if (at.length === schema.length && at.every((to, i) => to === i)) return pruned.plan
  const columns = at.map(i => column(i, schema[i]!.type))
  return { op: 'project', input: pruned.plan, columns, names: at.map(i => schema[i]!.name) }
}

/** Rows are counted even when no column of them is read: the narrowest stands for them. */
function atLeastOne(plan: Plan, wanted: ReadonlySet<number>): ReadonlySet<number> {
  const schema = schemaOf(plan)
  if (wanted.size > 0 || schema.length === 0) return wanted
  const narrow = schema.findIndex(field => !['text', 'varchar', 'bytea', 'jsonb'].includes(field.type.name))
  return new Set([Math.max(0, narrow)])
}

/** The plan with the wanted columns at least. */
function without(plan: Plan, wanted: ReadonlySet<number>): Pruned {
  switch (plan.op) {
    case 'filter': {
      const { plan: input, at } = without(plan.input, union(wanted, columnsOf(plan.predicate)))
      return { plan: { ...plan, input, predicate: remap(plan.predicate, i => at.get(i)!) }, at }
    }
    case 'project': {
      const kept = [...atLeastOne(plan, wanted)].sort((a, b) => a - b)
      const { predicate } = plan
      const used = [...kept.map(i => plan.columns[i]!), ...(predicate === undefined ? [] : [predicate])]
      const { plan: input, at } = without(plan.input, union(...used.map(columnsOf)))
      const columns = kept.map(i => remap(plan.columns[i]!, c => at.get(c)!))
      const names = kept.map(i => plan.names[i]!)
      const rest = predicate === undefined ? {} : { predicate: remap(predicate, c => at.get(c)!) }
      return { plan: { ...plan, input, columns, names, ...rest }, at: positions(kept) }
    }
    case 'join':
      return join(plan, wanted)
    case 'aggregate':
      return aggregate(plan, wanted)
    case 'top-n': {
      const width = schemaOf(plan.input).length
      const passed = [...wanted].filter(i => i < width)
      const [input, at] = narrowed(plan.input, union(passed, plan.partition, columnsIn(plan.order)))
      const ranked = plan.rank === undefined ? at : new Map([...at, [width, at.size]])
      const partition = plan.partition.map(i => at.get(i)!)
      return { plan: { ...plan, input, partition, order: moved(plan.order, at) }, at: ranked }
    }
    case 'sort': {
      const [input, at] = narrowed(plan.input, union(wanted, columnsIn(plan.order)))
      return { plan: { ...plan, input, order: moved(plan.order, at) }, at }
    }
    case 'union': {
      const kept = atLeastOne(plan, wanted)
      const inputs = plan.inputs.map(input => exactly(input, kept))
      return { plan: { ...plan, inputs }, at: positions([...kept].sort((a, b) => a - b)) }
    }
    case 'hop': {
      const width = schemaOf(plan.input).length
      const [input, at] = narrowed(
        plan.input,
        union(
          [...wanted].filter(i => i < width),
          [plan.time],
        ),
      )
      return { plan: { ...plan, input, time: at.get(plan.time)! }, at: appended(at, width, 2) }
    }
    case 'project-set': {
      const width = schemaOf(plan.input).length
      const passed = [...wanted].filter(i => i < width)
      const [input, at] = narrowed(plan.input, union(passed, ...plan.calls.map(columnsOf)))
      const calls = plan.calls.map(call => remap(call, i => at.get(i)!))
      const more = plan.calls.length + (plan.ordinality ? 1 : 0)
      return { plan: { ...plan, input, calls }, at: appended(at, width, more) }
    }
    case 'single-row': {
      const [input, at] = narrowed(plan.input, union(wanted, plan.group))
      return { plan: { ...plan, input, group: plan.group.map(i => at.get(i)!) }, at }
    }
    case 'set-operation':
      return whole({ ...plan, left: prune(plan.left), right: prune(plan.right) })
    default:
      return whole(plan)
  }
}

function join(plan: Extract<Plan, { op: 'join' }>, wanted: ReadonlySet<number>): Pruned {
  const width = schemaOf(plan.left).length
  const used = union(wanted, plan.residual === undefined ? [] : columnsOf(plan.residual))
  const ofLeft = [...used].filter(i => i < width)
  const ofRight = [...used].filter(i => i >= width).map(i => i - width)
  const [left, leftAt] = narrowed(plan.left, union(ofLeft, plan.leftKeys))
  const [right, rightAt] = narrowed(plan.right, union(ofRight, plan.rightKeys))
  const both = new Map(leftAt)
  for (const [from, to] of rightAt) both.set(from + width, to + leftAt.size)
  const leftKeys = plan.leftKeys.map(i => leftAt.get(i)!)
  const rightKeys = plan.rightKeys.map(i => rightAt.get(i)!)
  const residual = plan.residual === undefined ? {} : { residual: remap(plan.residual, i => both.get(i)!) }
  const leftOnly = plan.type === 'semi' || plan.type === 'anti'
  return { plan: { ...plan, left, right, leftKeys, rightKeys, ...residual }, at: leftOnly ? leftAt : both }
}

function aggregate(plan: Extract<Plan, { op: 'aggregate' }>, wanted: ReadonlySet<number>): Pruned {
  const width = plan.groups.length
  let calls = plan.calls.map((call, i) => [call, width + i] as const).filter(([, i]) => wanted.has(i))
  // With no groups there is one row, and something must make it.
  if (calls.length === 0 && width === 0) calls = plan.calls.slice(0, 1).map(call => [call, 0] as const)
  const used = union(plan.groups, ...calls.map(([call]) => columnsOfCall(call)))
  // An aggregate copies nothing that it does not read, so its input may keep more.
  const { plan: input, at } = without(plan.input, used)
  const groups = plan.groups.map(i => at.get(i)!)
  const kept = [...plan.groups.keys(), ...calls.map(([, i]) => i)]
  return {
    plan: { ...plan, input, groups, calls: calls.map(([call]) => movedCall(call, at)) },
    at: positions(kept),
  }
}

function columnsOfCall({ args, filter, order }: AggregateCall): readonly number[] {
  return [...args, ...(filter === undefined ? [] : [filter]), ...columnsIn(order ?? [])]
}

function movedCall(call: AggregateCall, at: ReadonlyMap<number, number>): AggregateCall {
  return {
    ...call,
    args: call.args.map(i => at.get(i)!),
    ...(call.filter === undefined ? {} : { filter: at.get(call.filter)! }),
    ...(call.order === undefined ? {} : { order: moved(call.order, at) }),
  }
}

/** An input that an operator stores or copies: exactly the columns it needs. */
function narrowed(plan: Plan, needed: ReadonlySet<number>): readonly [Plan, ReadonlyMap<number, number>] {
  const kept = atLeastOne(plan, needed)
  return [exactly(plan, kept), positions([...kept].sort((a, b) => a - b))]
}

function whole(plan: Plan): Pruned {
  return { plan, at: positions([...all(plan)]) }
}

function all(plan: Plan): ReadonlySet<number> {
  return new Set(schemaOf(plan).keys())
}

function positions(kept: readonly number[]): ReadonlyMap<number, number> {
  return new Map(kept.map((from, to) => [from, to]))
}

/** `count` columns that the operator adds behind those of its input, which had `width`. */
function appended(
  at: ReadonlyMap<number, number>,
  width: number,
  count: number,
): ReadonlyMap<number, number> {
  const more = Array.from({ length: count }, (_, i) => [width + i, at.size + i] as const)
  return new Map([...at, ...more])
}

function union(...sets: readonly Iterable<number>[]): ReadonlySet<number> {
  return new Set(sets.flatMap(set => [...set]))
}

function columnsIn(order: readonly Order[]): readonly number[] {
  return order.map(o => o.column)
}

function moved(order: readonly Order[], at: ReadonlyMap<number, number>): readonly Order[] {
  return order.map(o => ({ ...o, column: at.get(o.column)! }))
}
