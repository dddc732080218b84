import { isDeepStrictEqual } from 'node:util'
import { variantOf } from '../executor/aggregates/index.ts'
import { evaluate } from '../executor/expression/compile.ts'
import { SqlError, unreachable } from '../types/error.ts'
import type { AggregateCall, Expression, GraphNode, OperatorSpec, Scan } from '../types/job.ts'
import { toJson } from '../types/json.ts'
import type { Schema } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import type { OwnRows } from './contract.ts'
import { everyColumn, readsNow } from './expressions.ts'
import { type Plan, schemaOf } from './plan.ts'
import { nowConditions, nowSeries } from './temporal-filter.ts'

type Shard = GraphNode['shard']

/** Makes a plan's nodes, equal subplans once; all in one fragment. Ids count from 1 in topological order. */
export function lower(plan: Plan): readonly GraphNode[] {
  const nodes: GraphNode[] = []
  /** Nodes by kind, size and inputs; those of one list may be equal. */
  const known = new Map<string, GraphNode[]>()
  const add = (spec: OperatorSpec, inputs: readonly GraphNode[], plan: Plan, shard: Shard): GraphNode => {
    const size = spec.kind === 'values' ? `${spec.rows.length} ${spec.schema.length}` : ''
    const key = `${spec.kind} ${size} ${inputs.map(i => i.id)}`
    const alike = known.get(key) ?? []
    const text = (of: OperatorSpec, schema: Schema) => toJson([of, schema.map(f => f.type)])
    const isValues = spec.kind === 'values'
    const own = alike.length === 0 || isValues ? '' : text(spec, schemaOf(plan))
    const same = alike.find(node =>
      isValues ? isDeepStrictEqual(node.spec, spec) : text(node.spec, node.schema) === own,
    )
    if (same !== undefined) return same
    const node: GraphNode = {
      id: nodes.length + 1,
      spec,
      inputs: inputs.map(i => i.id),
      schema: schemaOf(plan),
      shard,
      fragment: 1,
    }
    nodes.push(node)
    known.set(key, [...alike, node])
    return node
  }
  const last = visit(plan, add, new Map())
  // The output is the last node; a shared subplan may have been it already.
  if (nodes.at(-1) !== last) {
    const columns = everyColumn(last.schema)
    const spec: OperatorSpec = { kind: 'project', columns }
    nodes.push({
      id: nodes.length + 1,
      spec,
      inputs: [last.id],
      schema: last.schema,
      shard: 'any',
      fragment: last.fragment,
    })
  }
  return nodes
}

type Add = (spec: OperatorSpec, inputs: readonly GraphNode[], plan: Plan, shard: Shard) => GraphNode

function visit(plan: Plan, add: Add, done: Map<Plan, GraphNode>): GraphNode {
  const down = (p: Plan): GraphNode => {
    const node = done.get(p) ?? visit(p, add, done)
    done.set(p, node)
    return node
  }
  switch (plan.op) {
    case 'scan': {
      const { relation, schema, scan, asOf, own } = plan
      if (own !== undefined)
        return add({ kind: 'values', schema, rows: ownRows(own, schema, scan) }, [], plan, 'one')
      if (asOf !== undefined)
        return add({ kind: 'input', relation, schema, asOf: millisOf(asOf) }, [], plan, 'any')
      return add(
        { kind: 'input', relation, schema, ...(scan === undefined ? {} : { scan }) },
        [],
        plan,
        'any',
      )
    }
    case 'values':
      return values(plan, add)
    case 'filter': {
      const columns = everyColumn(schemaOf(plan))
      return filtered(plan.predicate, columns, plan, down(plan.input), add)
    }
    case 'project': {
      return filtered(plan.predicate, plan.columns, plan, down(plan.input), add)
    }
    case 'join': {
      const { type, leftKeys, rightKeys, nullSafe, residual, build, few } = plan
      const shard: Shard = leftKeys.length === 0 ? 'one' : [leftKeys, rightKeys]
      const rest = residual === undefined ? {} : { residual }
      if (plan.temporal === true) {
        // The right side is filled first, so that rows there were before the job find their matches.
        const right = down(plan.right)
        const outer = type === 'left'
        const spec: OperatorSpec = { kind: 'temporal-join', outer, leftKeys, rightKeys, nullSafe, ...rest }
        return add(spec, [down(plan.left), right], plan, shard)
      }
      return add(
        {
          kind: 'join',
          type,
          leftKeys,
          rightKeys,
          nullSafe,
          ...rest,
          ...(build === undefined ? {} : { build }),
          ...(few === true ? { few } : {}),
        },
        [down(plan.left), down(plan.right)],
        plan,
        shard,
      )
    }
    case 'aggregate': {
      const { groups } = plan
      const input = down(plan.input)
      const calls = plan.calls.map(call => withPresentScale(call, input.schema))
      return add({ kind: 'aggregate', groups, calls }, [input], plan, groups.length === 0 ? 'one' : [groups])
    }
    case 'top-n': {
      const { op: _, input, ...spec } = plan
      return add(
        { kind: 'top-n', ...spec },
        [down(input)],
        plan,
        plan.partition.length === 0 ? 'one' : [plan.partition],
      )
    }
    case 'window': {
      const { partition, order, calls } = plan
      const shard: Shard = partition.length === 0 ? 'one' : [partition]
      return add({ kind: 'window', partition, order, calls }, [down(plan.input)], plan, shard)
    }
    case 'sort': {
      const { op: _, input, ...spec } = plan
      return add({ kind: 'sort', ...spec }, [down(input)], plan, 'one')
    }
    case 'union':
      return add({ kind: 'union' }, plan.inputs.map(down), plan, 'any')
    case 'set-operation': {
      const all = schemaOf(plan).map((_, i) => i)
      return add(
        { kind: 'set-operation', operation: plan.operation, all: plan.all },
        [down(plan.left), down(plan.right)],
        plan,
        [all, all],
      )
    }
    case 'hop': {
      const { op: _, input, ...spec } = plan
      return add({ kind: 'hop', ...spec }, [down(input)], plan, 'any')
    }
    case 'panes': {
      const { op: _, input, ...spec } = plan
      return add({ kind: 'panes', ...spec }, [down(input)], plan, 'any')
    }
    case 'project-set': {
      const { calls, ordinality, outer } = plan
      const series = nowSeries(plan)
      if (series !== undefined) return add(series, [], plan, 'one')
      return add({ kind: 'project-set', calls, ordinality, outer }, [down(plan.input)], plan, 'any')
    }
    case 'single-row':
      return add(
        { kind: 'single-row', group: plan.group },
        [down(plan.input)],
        plan,
        plan.group.length === 0 ? 'one' : [plan.group],
      )
    case 'changes': {
      const { key, input } = plan
      return add({ kind: 'changes', key }, [down(input)], plan, key.length === 0 ? 'one' : [key])
    }
    default:
      return unreachable(plan)
  }
}

/** A filter and projection; conditions on the present time get nodes of their own before it. */
function filtered(
  predicate: Expression | undefined,
  columns: readonly Expression[],
  plan: Plan,
  input: GraphNode,
  add: Add,
): GraphNode {
  if (predicate === undefined) return add({ kind: 'project', columns }, [input], plan, 'any')
  if (!readsNow(predicate)) return add({ kind: 'project', predicate, columns }, [input], plan, 'any')
  const { conditions, rest } = nowConditions(predicate)
  const own = everyColumn(input.schema)
  const times = conditions.map(({ value }) => value)
  const schema = [...input.schema, ...times.map((e, i) => ({ name: `time${i}`, type: e.type }))]
  const wide: Plan = { op: 'values', schema, rows: [] }
  const project = { kind: 'project', columns: [...own, ...times] } as const
  let node = add(rest === undefined ? project : { ...project, predicate: rest }, [input], wide, 'any')
  conditions.forEach(({ comparison, bound }, i) => {
    const at = input.schema.length + i
    node = add({ kind: 'temporal-filter', column: at, comparison, bound }, [node], wide, 'one')
  })
  return add({ kind: 'project', columns }, [node], plan, 'any')
}

/** As wide as the plan's: the time of a write, where it is read, is not known yet. */
function ownRows(own: OwnRows, schema: Schema, scan: Scan | undefined): readonly (readonly Value[])[] {
  return own
    .rows(scan?.equals)
    .map(row => (row.length === schema.length ? row : schema.map((_, i) => row[i] ?? null)))
}

function values(plan: Extract<Plan, { op: 'values' }>, add: Add): GraphNode {
  const { schema } = plan
  const constant = plan.rows.filter(row => row.every(e => e.kind === 'literal'))
  const parts: GraphNode[] = []
  if (constant.length > 0 || plan.rows.length === 0) {
    const rows = constant.map(row => row.map(literalValue))
    parts.push(add({ kind: 'values', schema, rows }, [], plan, 'one'))
  }
  const computed = plan.rows.filter(row => row.some(e => e.kind !== 'literal'))
  if (computed.length > 0) {
    const nothing: Plan = { op: 'values', schema: [], rows: [[]] }
    const one = add({ kind: 'values', schema: [], rows: [[]] }, [], nothing, 'one')
    for (const row of computed) parts.push(add({ kind: 'project', columns: row }, [one], plan, 'any'))
  }
  return parts.length === 1 ? parts[0]! : add({ kind: 'union' }, parts, plan, 'any')
}

function literalValue(e: Expression): Value {
  return e.kind === 'literal' ? e.value : null
}

/** Milliseconds since 1970 of a constant timestamptz. */
function millisOf(time: Expression): number {
  const micros = evaluate(time)
  if (micros === null) throw new SqlError('null_value_not_allowed', 'FOR SYSTEM_TIME AS OF null')
  return Number(micros as bigint) / 1000
}

/** sum and avg of numeric keep count of scales, so that a view's text is that of its query. */
function withPresentScale(call: AggregateCall, input: Schema): AggregateCall {
  const [arg] = call.args
  const standard = /^(sum|avg)\(/.test(call.fn) && variantOf(call.fn) === undefined
  const counts = standard && arg !== undefined && input[arg]!.type.name === 'numeric'
  return counts ? { ...call, presentScale: true } : call
}
