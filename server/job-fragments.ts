import type { Runtime } from '../executor/runtime-contract.ts'
import type { Catalog, Relation } from '../planner/catalog.ts'
import type { GraphNode } from '../types/job.ts'
import { internalTables } from './internal-tables.ts'

/** Nodes of a job that run together. */
export interface JobFragment {
  /** Unique among jobs: its job's number is in it. */
  readonly id: number
  readonly job: Relation
  readonly nodes: readonly GraphNode[]
  /** All rows lie in one place, rather than by the hash of columns. */
  readonly single: boolean
  /** RisingWave's words for what it does. */
  readonly flags: readonly string[]
  /** Its internal tables; that of the rows it materializes has the number of its relation. */
  readonly stateTables: readonly number[]
  /** Fragments it reads, those of other jobs too. */
  readonly upstream: readonly number[]
}

/** Of a job at most. */
const FRAGMENTS_MAX = 1000

function fragmentId(relation: number, fragment: number): number {
  return (relation % 1_000_000) * FRAGMENTS_MAX + fragment
}

/** The fragments of a database's jobs. */
export function jobFragments(catalog: Catalog, database: string, runtime: Runtime): readonly JobFragment[] {
  const tables = internalTables(catalog, database, runtime)
  return catalog.relations
    .filter(relation => relation.database === database && relation.job !== undefined)
    .flatMap(job => {
      const { nodes } = job.job!
      return [...new Set(nodes.map(node => node.fragment))].map(number => {
        const members = nodes.filter(node => node.fragment === number)
        const kept = tables.filter(t => t.job.id === job.id && t.node.fragment === number)
        const rows = members.some(node => node.spec.kind === 'materialize') ? [job.id] : []
        return {
          id: fragmentId(job.id, number),
          job,
          nodes: members,
          single: members.some(node => node.shard === 'one'),
          flags: flagsOf(members),
          stateTables: [...rows, ...kept.map(table => table.id)],
          upstream: upstreamOf(members, job, catalog),
        }
      })
    })
}

function upstreamOf(members: readonly GraphNode[], job: Relation, catalog: Catalog): readonly number[] {
  const fragments = new Map(job.job!.nodes.map(node => [node.id, node.fragment]))
  const own = members[0]!.fragment
  const within = members
    .flatMap(node => node.inputs.map(input => fragments.get(input)!))
    .filter(fragment => fragment !== own)
    .map(fragment => fragmentId(job.id, fragment))
  const across = members.flatMap(({ spec }) => {
    const last = spec.kind === 'input' ? catalog.byId(spec.relation)?.job?.nodes.at(-1) : undefined
    return spec.kind === 'input' && last !== undefined ? [fragmentId(spec.relation, last.fragment)] : []
  })
  return [...new Set([...within, ...across])]
}

const FLAGS: Readonly<Record<string, string>> = {
  materialize: 'MVIEW',
  source: 'SOURCE',
  sink: 'SINK',
  input: 'STREAM_SCAN',
  values: 'VALUES',
}

function flagsOf(members: readonly GraphNode[]): readonly string[] {
  const kinds = members.map(node => FLAGS[node.spec.kind])
  return [...new Set(kinds.filter(flag => flag !== undefined))]
}
