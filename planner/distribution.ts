import type { GraphNode } from '../types/job.ts'

/** How a node's output rows are spread: by the hash of columns, all in one place, or in no known way. */
export type Distribution = 'any' | 'one' | readonly number[]

type Laid = Omit<GraphNode, 'fragment'>

/** Output distribution of each node by id, from the distribution each asks of its input. */
function distributions(nodes: readonly Laid[]): ReadonlyMap<number, Distribution> {
  const known = new Map<number, Distribution>()
  const widths = new Map(nodes.map(node => [node.id, node.schema.length]))
  for (const node of nodes) known.set(node.id, outputOf(node, known, widths))
  return known
}

/** Numbers fragments from 1: a node runs with the inputs whose rows already lie as it needs them. */
export function withFragments(nodes: readonly Laid[]): GraphNode[] {
  const spread = distributions(nodes)
  const fragments = new Map<number, number>()
  let last = 0
  for (const node of nodes) {
    const first = spread.get(node.inputs[0] ?? -1)
    const near = node.inputs.filter((input, port) => {
      const lies = spread.get(input)!
      return satisfied(node, port, lies) && (lies === 'one') === (first === 'one')
    })
    const [own = ++last, ...others] = near.map(input => fragments.get(input)!)
    fragments.set(node.id, own)
    for (const [id, fragment] of fragments) if (others.includes(fragment)) fragments.set(id, own)
  }
  const numbers = [...new Set(nodes.map(node => fragments.get(node.id)!))]
  return nodes.map(node => ({ ...node, fragment: numbers.indexOf(fragments.get(node.id)!) + 1 }))
}

function satisfied(node: Laid, port: number, input: Distribution): boolean {
  if (node.shard === 'any') return true
  if (node.shard === 'one') return input === 'one'
  return same(node.shard[port]!, input)
}

function same(a: Distribution, b: Distribution): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.length === b.length && a.every((column, i) => column === b[i])
}

function outputOf(
  node: Laid,
  known: ReadonlyMap<number, Distribution>,
  widths: ReadonlyMap<number, number>,
): Distribution {
  const { spec, shard, inputs } = node
  const first = inputs.length === 0 ? undefined : known.get(inputs[0]!)!
  if (shard === 'one') return 'one'
  switch (spec.kind) {
    case 'project': {
      if (first === undefined || typeof first === 'string') return first ?? 'any'
      const moved = first.map(k => spec.columns.findIndex(c => c.kind === 'column' && c.index === k))
      return moved.includes(-1) ? 'any' : moved
    }
    case 'panes':
      return Array.isArray(first) && first.includes(spec.time) ? 'any' : (first ?? 'any')
    case 'union':
      return inputs.every(input => same(known.get(input)!, first!)) ? first! : 'any'
    case 'aggregate':
      return spec.groups.map((_, i) => i)
    case 'temporal-join':
      return spec.leftKeys.length === 0 ? 'any' : spec.leftKeys
    case 'join': {
      if (spec.type === 'full' || spec.leftKeys.length === 0) return 'any'
      const width = widths.get(inputs[0]!)!
      return spec.type === 'right' ? spec.rightKeys.map(k => k + width) : spec.leftKeys
    }
    default:
      return shard === 'any' ? (first ?? 'any') : shard[0]!
  }
}
