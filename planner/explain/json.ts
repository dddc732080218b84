import type { GraphNode } from '../../types/job.ts'
import { typeName } from '../../types/type-names.ts'
import { nodeDetails } from './details.ts'
import { askedOf, fragmentsOf } from './fragments.ts'
import { nodeNames, type RelationFacts } from './labels.ts'
import { type Explained, relationOf } from './text.ts'

/** The plan as JSON: fragments with their distribution and nodes, inputs before readers, and the exchanges between them. */
export function explainJson({ nodes, root, run }: Explained, relation: RelationFacts): string {
  const byId = new Map(nodes.map(n => [n.id, n]))
  const names = nodeNames(nodes, relation)
  const nodeJson = (node: GraphNode) => {
    const own = names.get(node.id)!
    const { word, details } = nodeDetails(node, own)
    const about = relationOf(node, relation)
    return {
      id: node.id,
      operator: word,
      ...(about !== undefined && { relation: about }),
      ...details,
      output: node.schema.map(({ type }, i) => ({ name: own.output[i], type: typeName(type) })),
      inputs: node.inputs,
      ...(run && { emitted: run.rows.get(node.id) ?? 0 }),
    }
  }
  const fragments = fragmentsOf(nodes, names, relation).map(fragment => ({
    ...fragment,
    nodes: fragment.nodes.map(nodeJson),
  }))
  const exchanges = nodes.flatMap(node =>
    node.inputs.flatMap((input, port) => {
      const from = byId.get(input)!
      if (from.fragment === node.fragment) return []
      return [
        {
          from: { fragment: from.fragment, node: input },
          to: { fragment: node.fragment, node: node.id },
          distribution: askedOf(node, port, names.get(input)!),
        },
      ]
    }),
  )
  const statement = root === undefined ? {} : { statement: root }
  const executed = run && { executionTimeMs: run.ms }
  return JSON.stringify(
    { ...statement, fragments, exchanges, output: nodes.at(-1)?.id, ...executed },
    null,
    2,
  )
}
