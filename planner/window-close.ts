import { notSupported, SqlError } from '../types/error.ts'
import type { Expression, GraphNode, OperatorSpec, RelationId, WindowCall } from '../types/job.ts'
import { BOOL, INT8 } from '../types/type.ts'
import type { Catalog, Relation } from './catalog.ts'
import type { StreamPlan } from './contract.ts'
import { call, column, columnsOf, everyColumn, functionName, literal, remap } from './expressions.ts'

/** When a value of a column is final: the watermark of each input node has reached it and `after` microseconds. */
interface Closing {
  readonly inputs: readonly number[]
  readonly after: bigint
}
type Closings = readonly (Closing | undefined)[]
type WindowNode = GraphNode & { readonly spec: Extract<OperatorSpec, { kind: 'window' }> }

/**
 * EMIT ON WINDOW CLOSE: rows leave the plan once, when watermarks say that they are final. Windows of time close behind the
 * plan; the rows of an OVER (… ORDER BY time) come in closed, and go on when the rows that their frames reach have come.
 */
export function closeWindows(plan: StreamPlan, catalog: Catalog): StreamPlan {
  const known = closingsOf(plan.nodes, catalog)
  const over = plan.nodes.filter((node): node is WindowNode => isOverTime(node, known))
  if (over.length > 1) throw notSupported('EMIT ON WINDOW CLOSE over several windows ordered by time')
  if (over.length === 1) return closeBelow(plan, over[0]!, known, catalog)
  const last = plan.nodes.at(-1)!
  const closings = known.get(last.id)!
  const at = closings.findIndex(closing => closing !== undefined)
  if (at === -1)
    throw new SqlError(
      'feature_not_supported',
      plan.nodes.some(fillsGaps)
        ? 'GAP_FILL with EMIT ON WINDOW CLOSE requires a watermark on the time column.'
        : 'The query cannot be executed in Emit-On-Window-Close mode.',
      { hint: 'Please make sure there is a watermark column in the query' },
    )
  const added = closeAfter(last, at, closings[at]!, plan.nodes, catalog)
  return { ...plan, nodes: [...plan.nodes, ...added], appendOnly: true }
}

function fillsGaps({ spec }: GraphNode): boolean {
  return (
    spec.kind === 'project-set' &&
    spec.calls.some(c => c.kind === 'call' && functionName(c.fn) === '$gap_times')
  )
}

/** Watermarks of a view's own columns: those of its inputs that pass through, of a view that is only appended to. */
export function watermarksOf(plan: StreamPlan, catalog: Catalog): NonNullable<Relation['watermarks']> {
  if (!plan.appendOnly) return []
  const known = closingsOf(plan.nodes, catalog)
  const last = known.get(plan.nodes.at(-1)!.id)!
  return last.flatMap((closing, i) => {
    const [input, ...others] = closing?.inputs ?? []
    if (input === undefined || others.length > 0 || closing!.after !== 1n) return []
    const { column: read, expression, sql } = watermarkAt(input, plan.nodes, catalog)!
    if ([...columnsOf(expression)].some(c => c !== read)) return []
    return [{ column: i, expression: remap(expression, () => i), sql }]
  })
}

function watermarkAt(
  node: number,
  nodes: readonly GraphNode[],
  catalog: Catalog,
): NonNullable<Relation['watermarks']>[number] | undefined {
  const { spec } = nodes.find(n => n.id === node)!
  return spec.kind === 'input' ? watermarkOfRelation(spec.relation, catalog) : undefined
}

function watermarkOfRelation(
  id: RelationId,
  catalog: Catalog,
): NonNullable<Relation['watermarks']>[number] | undefined {
  return catalog.byId(id)?.watermarks?.[0]
}

function closingsOf(nodes: readonly GraphNode[], catalog: Catalog): ReadonlyMap<number, Closings> {
  const known = new Map<number, Closings>()
  for (const node of nodes) {
    const inputs = node.inputs.map(id => known.get(id)!)
    const found = closings(node, inputs, catalog)
    known.set(
      node.id,
      node.schema.map((_, i) => found[i]),
    )
  }
  return known
}

function closings({ id, spec }: GraphNode, inputs: readonly Closings[], catalog: Catalog): Closings {
  const [input = []] = inputs
  switch (spec.kind) {
    case 'input': {
      const mark = watermarkOfRelation(spec.relation, catalog)
      return spec.schema.map((_, i) => (i === mark?.column ? { inputs: [id], after: 1n } : undefined))
    }
    case 'project':
      return spec.columns.map(c => (c.kind === 'column' ? input[c.index] : undefined))
    case 'insertions':
    case 'watermark':
    case 'row-id':
    case 'complete':
    case 'project-set':
    case 'temporal-join':
      return input
    case 'panes':
      return input.map((closing, i) =>
        closing && i === spec.time ? { ...closing, after: spec.width } : closing,
      )
    case 'hop': {
      const time = input[spec.time]
      return [...input, time && { ...time, after: spec.size }, time && { ...time, after: 0n }]
    }
    case 'aggregate':
      return spec.groups.map(group => input[group])
    case 'top-n':
    case 'window':
      return input.map((closing, i) => (spec.partition.includes(i) ? closing : undefined))
    case 'union':
      return input.map((_, i) => together(inputs.map(one => one[i])))
    case 'join': {
      if (spec.type !== 'inner') return []
      const [left, right] = inputs as [Closings, Closings]
      const all: (Closing | undefined)[] = [...left, ...right].map(() => undefined)
      spec.leftKeys.forEach((l, i) => {
        const r = spec.rightKeys[i]!
        const both = together([left[l], right[r]])
        all[l] = both
        all[left.length + r] = both
      })
      return all
    }
    default:
      return []
  }
}

/** Final when all are. */
function together(list: readonly (Closing | undefined)[]): Closing | undefined {
  const closings = list.filter(closing => closing !== undefined)
  if (closings.length < list.length || closings.some(c => c.after !== closings[0]!.after)) return undefined
  return { inputs: [...new Set(closings.flatMap(c => c.inputs))], after: closings[0]!.after }
}

/** A node that lets rows of `rows` go when `closing` says so, and what brings it the watermarks. */
function closeAfter(
  rows: GraphNode,
  at: number,
  { inputs, after }: Closing,
  nodes: readonly GraphNode[],
  catalog: Catalog,
): readonly GraphNode[] {
  let id = Math.max(...nodes.map(node => node.id))
  const marks = inputs.map((input): GraphNode => {
    const { expression } = watermarkAt(input, nodes, catalog)!
    const { fragment } = nodes.find(node => node.id === input)!
    const schema = [{ name: 'watermark', type: expression.type }]
    const spec = { kind: 'project', columns: [expression] } as const
    return { id: ++id, spec, inputs: [input], schema, shard: 'any', fragment }
  })
  const spec = { kind: 'window-close', column: at, after } as const
  const { schema, fragment } = rows
  const from = [rows.id, ...marks.map(node => node.id)]
  return [...marks, { id: ++id, spec, inputs: from, schema, shard: 'one', fragment }]
}

function isOverTime({ spec, inputs }: GraphNode, known: ReadonlyMap<number, Closings>): boolean {
  if (spec.kind !== 'window') return false
  const input = known.get(inputs[0]!)!
  const [first] = spec.order
  const closes = first !== undefined && !first.descending && input[first.column] !== undefined
  return closes && !spec.partition.some(i => input[i] !== undefined)
}

function closeBelow(
  plan: StreamPlan,
  window: WindowNode,
  known: ReadonlyMap<number, Closings>,
  catalog: Catalog,
): StreamPlan {
  const at = plan.nodes.indexOf(window)
  if (plan.nodes.slice(at + 1).some(({ spec }) => spec.kind !== 'project' && spec.kind !== 'project-set'))
    throw notSupported('EMIT ON WINDOW CLOSE of what is computed from a window ordered by time')
  const input = plan.nodes.find(node => node.id === window.inputs[0])!
  const time = window.spec.order[0]!.column
  const added = closeAfter(input, time, known.get(input.id)![time]!, plan.nodes, catalog)
  const complete = completion(window, input)
  const width = input.schema.length + window.spec.calls.length
  const calls = [...window.spec.calls, ...complete.calls]
  const marks = complete.calls.map((c, i) => ({ name: `complete_${i}`, type: c.type }))
  const counted: GraphNode = {
    ...window,
    inputs: [added.at(-1)!.id],
    spec: { ...window.spec, calls },
    schema: [...window.schema, ...marks],
  }
  const filter: GraphNode = {
    ...window,
    id: added.at(-1)!.id + 1,
    inputs: [window.id],
    shard: 'any',
    spec: {
      kind: 'project',
      columns: everyColumn(window.schema),
      ...(complete.condition(width) && { predicate: complete.condition(width)! }),
    },
  }
  const before = plan.nodes.slice(0, at)
  const later = plan.nodes.slice(at + 1).map(node => ({
    ...node,
    inputs: node.inputs.map(id => (id === window.id ? filter.id : id)),
  }))
  // The end of a partition moves on and with it, for a moment, what its rows are complete by.
  const appendOnly = !window.spec.calls.some(c => c.frame.end.at === 'session')
  return { ...plan, nodes: [...before, ...added, counted, filter, ...later], appendOnly }
}

const WHOLE_PARTITION = new Set(['ntile', 'percent_rank', 'cume_dist'])
const EVERYTHING = {
  unit: 'rows',
  start: { at: 'unbounded preceding' },
  end: { at: 'unbounded following' },
  exclude: 'none',
} as const

/** Calls from which it can be told that a row's frames are complete, and the condition on their results. */
function completion(
  { spec }: WindowNode,
  input: GraphNode,
): { readonly calls: readonly WindowCall[]; condition(from: number): Expression | undefined } {
  const time = spec.order[0]!.column
  const { type } = input.schema[time]!
  const session = spec.calls.find(c => c.frame.end.at === 'session')
  if (session !== undefined) {
    const last = (frame: WindowCall['frame']): WindowCall => ({
      kind: 'window',
      fn: 'last_value',
      args: [time],
      frame,
      type,
    })
    return {
      calls: [last(session.frame), last(EVERYTHING)],
      condition: from => call('is distinct from', [column(from, type), column(from + 1, type)], BOOL),
    }
  }
  const following = BigInt(Math.max(0, ...spec.calls.map(c => followingOf(c, input))))
  if (following === 0n) return { calls: [], condition: () => undefined }
  const end = { at: 'following', offset: literal(following, INT8) } as const
  const frame = { unit: 'rows', start: { at: 'current row' }, end, exclude: 'none' } as const
  return {
    calls: [{ kind: 'aggregate', fn: 'count(*)', args: [], frame, type: INT8 }],
    condition: from => call('=', [column(from, INT8), literal(following + 1n, INT8)], BOOL),
  }
}

/** How many rows after its own a call sees. */
function followingOf({ fn, kind, args, frame }: WindowCall, input: GraphNode): number {
  if (kind === 'window' && WHOLE_PARTITION.has(fn)) throw notSupported(`EMIT ON WINDOW CLOSE of ${fn}()`)
  if (kind === 'window' && fn === 'lead') {
    if (args[1] === undefined) return 1
    const made = input.spec.kind === 'project' ? input.spec.columns[args[1]] : undefined
    if (made?.kind !== 'literal')
      throw notSupported('EMIT ON WINDOW CLOSE of lead() by a number that is not constant')
    return Number(made.value ?? 0)
  }
  const { end, unit } = frame
  if (kind === 'window' && !['first_value', 'last_value', 'nth_value'].includes(fn)) return 0
  if (end.at === 'following' && unit === 'rows' && end.offset.kind === 'literal')
    return Number(end.offset.value)
  if (end.at === 'current row' || end.at === 'preceding') return 0
  throw notSupported('EMIT ON WINDOW CLOSE of a frame that ends at no known row')
}
