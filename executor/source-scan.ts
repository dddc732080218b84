import type { GraphNode, Job, RelationId } from '../types/job.ts'
import { isSource } from './connector-bindings.ts'
import type { JobChange } from './runtime-contract.ts'

/** The query with what its sources do to the rows that are read (generated columns) in front of their inputs. */
export function withSources(job: Job, changeOf: (relation: RelationId) => JobChange | undefined): Job {
  let id = Math.max(...job.nodes.map(node => node.id))
  const nodes = job.nodes.flatMap(node => {
    const change = node.spec.kind === 'input' ? changeOf(node.spec.relation) : undefined
    if (change?.source === undefined || !isSource(change)) return [node]
    const names = new Map<number, number>()
    const own: GraphNode[] = []
    for (const { id: name, spec, inputs, ...rest } of change.job.nodes) {
      names.set(name, ++id)
      // A query sees late rows too.
      const kept = spec.kind === 'watermark' ? ({ kind: 'union' } as const) : spec
      own.push({ ...rest, id, spec: kept, inputs: inputs.map(input => names.get(input)!) })
    }
    return [...own, { ...node, inputs: [id] }]
  })
  return nodes.length === job.nodes.length ? job : { ...job, nodes }
}

const ROW_BY_ROW: ReadonlySet<string> = new Set(['input', 'project', 'project-set', 'union', 'hop'])

/** A LIMIT without order that ends what is read of a node: when another has emitted so many rows. */
export function enoughOf(
  job: Job,
  source: GraphNode,
): { readonly node: number; readonly rows: number } | undefined {
  let at = source.id
  for (;;) {
    const readers = job.nodes.filter(node => node.inputs.includes(at))
    const [reader] = readers
    if (reader === undefined || readers.length > 1) return undefined
    const { spec } = reader
    if (spec.kind === 'top-n' || spec.kind === 'sort') {
      const { order, withTies, offset, limit = Number.MAX_SAFE_INTEGER } = spec
      const parts = spec.kind === 'top-n' ? spec.partition.length : 0
      const plain = parts === 0 && order.length === 0 && !withTies
      return plain && limit < Number.MAX_SAFE_INTEGER ? { node: at, rows: offset + limit } : undefined
    }
    if (!ROW_BY_ROW.has(spec.kind)) return undefined
    at = reader.id
  }
}
