import type { GraphNode } from '../../types/job.ts'
import type { NodeNames, RelationFacts } from './labels.ts'

/** A part of a plan whose nodes run together. */
export interface FragmentSummary {
  readonly id: number
  readonly nodes: readonly GraphNode[]
  /** How its input rows are spread: `hash(columns)`, `single`, `source partitions`, or both of several relations. */
  readonly distribution: string
}

/** The fragments by number. */
export function fragmentsOf(
  nodes: readonly GraphNode[],
  names: ReadonlyMap<number, NodeNames>,
  relation: RelationFacts,
): readonly FragmentSummary[] {
  return [...new Set(nodes.map(node => node.fragment))]
    .sort((a, b) => a - b)
    .map(id => {
      const members = nodes.filter(node => node.fragment === id)
      const laid = members.find(node => node.shard !== 'any')
      const distribution =
        laid === undefined
          ? leaves(members, relation)
          : askedOf(laid, 0, names.get(laid.inputs[0] ?? laid.id)!)
      return { id, nodes: members, distribution }
    })
}

/** The distribution that a node asks of an input: `single`, `hash(columns)`, or `any`. */
export function askedOf({ shard }: GraphNode, port: number, input: NodeNames): string {
  if (typeof shard === 'string') return shard === 'one' ? 'single' : 'any'
  return hash(shard[port]!.map(column => input.output[column] ?? ''))
}

function leaves(members: readonly GraphNode[], relation: RelationFacts): string {
  const all = members.flatMap(({ spec }) => {
    if (spec.kind === 'source') return [relation(spec.relation)?.read ? 'source partitions' : 'single']
    if (spec.kind !== 'input') return []
    const facts = relation(spec.relation)
    if (facts?.read && facts.key.length === 0) return ['source partitions']
    return [facts === undefined || facts.key.length === 0 ? 'single' : hash(facts.key)]
  })
  return [...new Set(all)].join(' and ') || 'any'
}

function hash(columns: readonly string[]): string {
  return `hash(${columns.join(', ')})`
}
