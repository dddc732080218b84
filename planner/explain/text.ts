import { keyFilters } from '../../executor/key-filters.ts'
import type { GraphNode } from '../../types/job.ts'
import { typeName } from '../../types/type-names.ts'
import { type Detail, nodeDetails } from './details.ts'
import { askedOf, fragmentsOf } from './fragments.ts'
import { nodeNames, type RelationFacts } from './labels.ts'

/** A plan with its fragments. */
export interface Explained {
  readonly nodes: readonly GraphNode[]
  /** What is done with the rows, where no node says it: `insert into t`. */
  readonly root?: string
  /** A stream's fragments exchange rows; a query's nodes run in one place. */
  readonly stream: boolean
  /** After a run: rows that each node emitted, and how long it took. */
  readonly run?: { readonly rows: ReadonlyMap<number, number>; readonly ms: number }
}

/** A line of the tree; `node`: the one it begins with, where it is no exchange. */
interface Line {
  readonly text: string
  readonly node?: number
}

/** The plan as an indented tree, output first; a node shared by several readers is printed once, then named. */
export function explainText(explained: Explained, relation: RelationFacts, verbose: boolean): string[] {
  return explainLines(explained, relation, verbose).map(line => line.text)
}

/** The same with the nodes that the lines are of. */
export function explainLines(
  { nodes, root, stream, run }: Explained,
  relation: RelationFacts,
  verbose: boolean,
): Line[] {
  const byId = new Map(nodes.map(n => [n.id, n]))
  const names = nodeNames(nodes, relation)
  const readers = new Map<number, number>()
  for (const id of nodes.flatMap(n => n.inputs)) readers.set(id, (readers.get(id) ?? 0) + 1)
  const lookedUp = stream ? new Map<number, readonly number[]>() : readByKeys(nodes)
  const lines: Line[] = []
  const seen = new Set<number>()
  const put = (depth: number, text: string, node?: number) =>
    lines.push({
      text: `${depth === 0 ? '' : `${'  '.repeat(depth - 1)}└─`}${text}`,
      ...(node !== undefined && { node }),
    })
  const show = (node: GraphNode, depth: number): void => {
    const own = names.get(node.id)!
    const { word, details } = nodeDetails(node, own)
    const number = verbose || (readers.get(node.id) ?? 0) > 1 ? `#${node.id}` : undefined
    const title = [word, relationOf(node, relation), number].filter(part => part !== undefined).join(' ')
    if (seen.has(node.id)) return void put(depth, `${title} (shared)`)
    seen.add(node.id)
    const types = node.schema.map(({ type }, i) => `${own.output[i]} ${typeName(type)}`)
    const by = lookedUp.get(node.id)?.map(column => own.output[column]!)
    const rows = run && { emitted: `${run.rows.get(node.id) ?? 0} rows` }
    put(
      depth,
      withDetails(title, {
        ...details,
        ...(by && { 'by keys': by }),
        ...(verbose && { output: types }),
        ...rows,
      }),
      node.id,
    )
    node.inputs.forEach((id, port) => {
      const input = byId.get(id)!
      const moved = stream && input.fragment !== node.fragment
      if (moved) {
        const fragments = `${input.fragment} -> ${node.fragment}`
        put(
          depth + 1,
          withDetails('exchange', { fragments, distribution: askedOf(node, port, names.get(id)!) }),
        )
      }
      show(input, moved ? depth + 2 : depth + 1)
    })
  }
  if (root !== undefined) put(0, root)
  const last = nodes.at(-1)
  if (last !== undefined) show(last, root === undefined ? 0 : 1)
  if (stream)
    for (const { id, distribution } of fragmentsOf(nodes, names, relation))
      lines.push({ text: withDetails(`fragment ${id}`, { distribution }) })
  if (run !== undefined) lines.push({ text: `Execution Time: ${run.ms.toFixed(3)} ms` })
  return lines
}

/** Inputs whose rows are most likely looked up by the keys of few gathered rows, and their columns. */
function readByKeys(nodes: readonly GraphNode[]): ReadonlyMap<number, readonly number[]> {
  const byId = new Map(nodes.map(node => [node.id, node]))
  const few = keyFilters({ nodes }).filter(({ join }) => {
    const { spec } = byId.get(join)!
    return spec.kind === 'join' && spec.few === true
  })
  const reads = few.map(({ node, port, columns }) => [byId.get(node)!.inputs[port]!, columns] as const)
  return new Map(reads.filter(([id]) => byId.get(id)!.spec.kind === 'input'))
}

function withDetails(title: string, details: Readonly<Record<string, Detail>>): string {
  const said = Object.entries(details).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : `[${value.join(', ')}]`}`,
  )
  return said.length === 0 ? title : `${title} { ${said.join(', ')} }`
}

/** The name of the relation a node reads or writes. */
export function relationOf({ spec }: GraphNode, relation: RelationFacts): string | undefined {
  return 'relation' in spec ? relation(spec.relation)?.name : undefined
}
