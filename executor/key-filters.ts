import type { GraphNode, Job, RelationId } from '../types/job.ts'
import { isVolatile } from './functions/index.ts'
import { buildPort } from './operators/batch-join.ts'

/**
 * Rows that come to a node's port and are worth nothing when the gathered side of a join further down has no row of their key:
 * they may be dropped before anything is done with them.
 */
export interface KeyFilter {
  readonly join: number
  /** Which of the join's keys, and the columns of the rows that hold them. */
  readonly keys: readonly number[]
  readonly columns: readonly number[]
  readonly node: number
  readonly port: number
  /** Dropped rows save work before the join; else it pays only to read fewer of them. */
  readonly worked: boolean
  /** One row of a key is as good as all of them. */
  readonly one: boolean
}

/** A job's node by number, and who reads it. */
interface Graph {
  readonly nodes: ReadonlyMap<number, GraphNode>
  readonly readers: ReadonlyMap<number, number>
}

/** Filters of a query's job. What several nodes read is left as it is. */
export function keyFilters({ nodes }: Pick<Job, 'nodes'>): readonly KeyFilter[] {
  const graph: Graph = { nodes: new Map(nodes.map(node => [node.id, node])), readers: readersOf(nodes) }
  const found: KeyFilter[] = []
  for (const { id, spec, inputs } of nodes) {
    if (spec.kind !== 'join' || spec.leftKeys.length === 0) continue
    const probe = 1 - buildPort(spec)
    // What is padded, or kept for want of a match, is needed.
    if (spec.type === 'full' || spec.type === (probe === 0 ? 'left' : 'right')) continue
    if (spec.type === 'anti' && probe === 0) continue
    const pairs = (probe === 0 ? spec.leftKeys : spec.rightKeys).map((column, key): Pair => [key, column])
    const one = (spec.type === 'semi' || spec.type === 'anti') && probe === 1 && spec.residual === undefined
    descend(graph, inputs[probe]!, pairs, { join: id, node: id, port: probe, worked: false, one }, found)
  }
  return found
}

/** Number of a key, and the column that holds it. */
type Pair = readonly [key: number, column: number]

interface Place {
  readonly join: number
  readonly node: number
  readonly port: number
  /** Something is done with the rows between here and the join. */
  readonly worked: boolean
  /** The join asks no more than whether there is a row of the key. */
  readonly one: boolean
}

/** Goes from the node that gives a port its rows as far down as its keys are columns. */
function descend(graph: Graph, id: number, pairs: readonly Pair[], place: Place, found: KeyFilter[]): void {
  const { spec, inputs } = graph.nodes.get(id)!
  const next = graph.readers.get(id) === 1 ? below(spec, pairs, graph, inputs) : []
  if (next.length === 0) {
    const columns = pairs.map(([, at]) => at)
    const read = spec.kind === 'input' && graph.readers.get(id) === 1
    if (place.worked || read)
      found.push({ ...place, keys: pairs.map(([key]) => key), columns, one: place.one && !place.worked })
    return
  }
  const worked = place.worked || spec.kind !== 'project' || isWork(spec)
  for (const { port, pairs: own } of next)
    descend(graph, inputs[port]!, own, { ...place, node: id, port, worked }, found)
}

interface Below {
  readonly port: number
  readonly pairs: readonly Pair[]
}

/** Ports of a node whose rows can be dropped by keys of what it emits; none: its own rows are dropped. */
function below(
  spec: GraphNode['spec'],
  pairs: readonly Pair[],
  { nodes }: Graph,
  inputs: readonly number[],
): readonly Below[] {
  switch (spec.kind) {
    case 'project': {
      if ([...spec.columns, ...(spec.predicate ? [spec.predicate] : [])].some(isVolatile)) return []
      return some(0, pairs, at => {
        const e = spec.columns[at]!
        return e.kind === 'column' ? e.index : undefined
      })
    }
    case 'aggregate':
      return some(0, pairs, at => spec.groups[at])
    case 'union':
      return inputs.map((_, port) => ({ port, pairs }))
    case 'join': {
      const width = nodes.get(inputs[0]!)!.schema.length
      if (spec.type === 'full' || (spec.residual !== undefined && isVolatile(spec.residual))) return []
      const left = some(0, pairs, at => sideOf(at, width, spec.leftKeys, spec.rightKeys, true))
      const right = some(1, pairs, at => sideOf(at, width, spec.leftKeys, spec.rightKeys, false))
      // Where the other side is padded its rows decide whether it is.
      if (spec.type === 'left') return some(0, pairs, at => (at < width ? at : undefined))
      if (spec.type === 'right') return some(1, pairs, at => (at >= width ? at - width : undefined))
      return [...left, ...right]
    }
    default:
      return []
  }
}

/** The column of one side that holds a column of the join, itself or by equal keys. */
function sideOf(
  at: number,
  width: number,
  leftKeys: readonly number[],
  rightKeys: readonly number[],
  left: boolean,
): number | undefined {
  const own = at < width === left
  if (own) return left ? at : at - width
  const key = left ? rightKeys.indexOf(at - width) : leftKeys.indexOf(at)
  return key === -1 ? undefined : (left ? leftKeys : rightKeys)[key]!
}

function some(
  port: number,
  pairs: readonly Pair[],
  column: (at: number) => number | undefined,
): readonly Below[] {
  const kept = pairs.flatMap(([key, at]): Pair[] => {
    const source = column(at)
    return source === undefined ? [] : [[key, source]]
  })
  return kept.length === 0 ? [] : [{ port, pairs: kept }]
}

function isWork(spec: Extract<GraphNode['spec'], { kind: 'project' }>): boolean {
  return spec.predicate !== undefined || spec.columns.some(e => e.kind === 'call')
}

function readersOf(nodes: readonly GraphNode[]): ReadonlyMap<number, number> {
  const readers = new Map<number, number>()
  for (const { inputs } of nodes) for (const id of inputs) readers.set(id, (readers.get(id) ?? 0) + 1)
  return readers
}

/**
 * The job with a scan of its own for every reader of a stored relation, also where only columns are chosen in between: scans
 * are views, and what one reader drops another may need. `originals`: new nodes by the one that they repeat.
 */
export function ownScans(
  job: Job,
  isStored: (relation: RelationId) => boolean,
): { readonly job: Job; readonly originals: ReadonlyMap<number, number> } {
  const originals = new Map<number, number>()
  const byId = new Map(job.nodes.map(node => [node.id, node]))
  const readers = readersOf(job.nodes)
  const isScan = ({ spec, inputs }: GraphNode): boolean => {
    if (spec.kind === 'input') return inputs.length === 0 && isStored(spec.relation)
    return spec.kind === 'project' && !isWork(spec) && isScan(byId.get(inputs[0]!)!)
  }
  if (!job.nodes.some(node => readers.get(node.id)! > 1 && isScan(node))) return { job, originals }
  const nodes: GraphNode[] = []
  const used = new Set<number>()
  let nextId = Math.max(...byId.keys()) + 1
  const own = (id: number): number => {
    const node = byId.get(id)!
    if (!isScan(node)) return id
    const inputs = node.inputs.map(own)
    const first = !used.has(id)
    used.add(id)
    const made = first ? id : nextId++
    if (!first) originals.set(made, id)
    nodes.push({ ...node, id: made, inputs })
    return made
  }
  for (const node of job.nodes) {
    if (isScan(node) && readers.has(node.id)) continue
    const inputs = node.inputs.map(own)
    nodes.push({ ...node, inputs })
  }
  return { job: { ...job, nodes }, originals }
}
