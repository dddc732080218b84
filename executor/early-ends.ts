import type { Chunk } from '../types/chunk.ts'
import type { Job } from '../types/job.ts'
import { enoughOf } from './source-scan.ts'

/** The LIMITs without order of a query: what makes rows for one ends when it has them. */
export interface EarlyEnds {
  /** A node has emitted rows. */
  emitted(node: number, chunk: Chunk): void
  /** Whether no more rows of the node are wanted. */
  reached(node: number): boolean
  /** The nodes that make rows for the same LIMIT. */
  with(node: number): readonly number[]
}

interface End {
  readonly rows: number
  emitted: number
  readonly nodes: number[]
}

/** undefined: the query has none. */
export function earlyEnds(job: Job): EarlyEnds | undefined {
  const counted = new Map<number, End>()
  const endOf = new Map<number, End>()
  for (const leaf of job.nodes) {
    const enough = leaf.inputs.length === 0 ? enoughOf(job, leaf) : undefined
    if (enough === undefined) continue
    let end = counted.get(enough.node)
    if (end === undefined) counted.set(enough.node, (end = { rows: enough.rows, emitted: 0, nodes: [] }))
    for (let at = leaf.id; !endOf.has(at); at = job.nodes.find(node => node.inputs.includes(at))!.id) {
      endOf.set(at, end)
      end.nodes.push(at)
      if (at === enough.node) break
    }
  }
  if (counted.size === 0) return undefined
  return {
    emitted(node, { weights, length }) {
      const end = counted.get(node)
      if (end !== undefined) for (let row = 0; row < length; row++) end.emitted += weights[row]!
    },
    reached(node) {
      const end = endOf.get(node)
      return end !== undefined && end.emitted >= end.rows
    },
    with: node => endOf.get(node)?.nodes ?? [],
  }
}
