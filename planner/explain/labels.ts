import type { GraphNode, RelationId } from '../../types/job.ts'
import { aggregateText, expressionText } from './expression-text.ts'

/** What EXPLAIN says of a relation; undefined: none has this id. */
export type RelationFacts = (id: RelationId) => RelationFact | undefined

export interface RelationFact {
  readonly name: string
  /** Names of its key's columns. */
  readonly key: readonly string[]
  /** Its rows come from a connector's partitions. */
  readonly read: boolean
}

/** A column as EXPLAIN calls it, and the relation it comes from unchanged. */
interface Label {
  readonly name: string
  readonly origin: string | undefined
}

/** What EXPLAIN calls the columns: of each node's input rows (both sides of a join), and of its output rows. */
export interface NodeNames {
  readonly input: readonly string[]
  /** Columns of the first input. */
  readonly leftWidth: number
  readonly output: readonly string[]
}

/** Names by node id; a name that two columns share is qualified by its relation, or else numbered. */
export function nodeNames(
  nodes: readonly GraphNode[],
  relation: RelationFacts,
): ReadonlyMap<number, NodeNames> {
  const labels = new Map<number, readonly Label[]>()
  const names = new Map<number, NodeNames>()
  for (const node of nodes) {
    const inputs = node.inputs.map(id => labels.get(id) ?? [])
    const beside = node.spec.kind === 'join' ? inputs.flat() : (inputs[0] ?? [])
    const input = distinct(beside)
    const output = labelsOf(node, beside, input, relation)
    labels.set(node.id, output)
    names.set(node.id, { input, leftWidth: inputs[0]?.length ?? 0, output: distinct(output) })
  }
  return names
}

function labelsOf(
  { spec, schema }: GraphNode,
  input: readonly Label[],
  names: readonly string[],
  relation: RelationFacts,
): readonly Label[] {
  switch (spec.kind) {
    case 'input':
    case 'source':
      return schema.map(({ name }) => ({ name, origin: relation(spec.relation)?.name }))
    case 'project':
      return spec.columns.map((c, i) => {
        const name = schema[i]!.name
        const from = c.kind === 'column' ? input[c.index] : undefined
        if (from !== undefined) return name === from.name || hidden(name) ? from : { ...from, name }
        return { name: hidden(name) ? expressionText(c, names) : name, origin: undefined }
      })
    case 'aggregate':
      return [
        ...spec.groups.map(g => input[g]!),
        ...spec.calls.map(call => ({ name: aggregateText(call, names), origin: undefined })),
      ]
    case 'join':
      return input.slice(0, schema.length)
    case 'materialize':
    case 'sink':
      return schema.map(({ name }) => ({ name, origin: undefined }))
    default:
      return schema.map(({ name }, i) => input[i] ?? { name, origin: undefined })
  }
}

/** Names that the planner gave, not the user. */
function hidden(name: string): boolean {
  return name === '' || name === '?column?'
}

function distinct(labels: readonly Label[]): string[] {
  const plain = labels.map(label => label.name)
  const qualified = labels.map(({ name, origin }) =>
    plain.indexOf(name) === plain.lastIndexOf(name) || origin === undefined ? name : `${origin}.${name}`,
  )
  return qualified.map((name, i) =>
    qualified.indexOf(name) === qualified.lastIndexOf(name) ? name : `${name}#${i}`,
  )
}
