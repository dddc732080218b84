import type { Chunk } from '../types/chunk.ts'
import type { GraphNode, Job, RelationId } from '../types/job.ts'
import type { SourceRows } from './source-rows.ts'
import { enoughOf } from './source-scan.ts'

/** What the source nodes of a query read. */
export type SourceReads = ReadonlyMap<number, SourceRead>

/** One source node's rows, as they are read. */
export class SourceRead {
  readonly #rows: AsyncGenerator<Chunk>
  /** What was read last; undefined: there is no more. */
  chunk: Chunk | undefined

  constructor(rows: AsyncGenerator<Chunk>) {
    this.#rows = rows
  }

  async next(): Promise<void> {
    const { done, value } = await this.#rows.next()
    this.chunk = done === true ? undefined : value
  }

  async close(): Promise<void> {
    await this.#rows.return(undefined)
  }
}

/** Sources of the job, each with its ends as of now. */
export async function sourcesOf(
  job: Job,
  rowsOf: (relation: RelationId, limited: boolean) => Promise<SourceRows>,
): Promise<ReadonlyMap<RelationId, SourceRows>> {
  const nodes = sourceNodes(job)
  const sources = new Map<RelationId, SourceRows>()
  for (const { relation } of nodes) {
    if (sources.has(relation)) continue
    const limited = nodes.every(n => n.relation !== relation || enoughOf(job, n.node) !== undefined)
    sources.set(relation, await rowsOf(relation, limited))
  }
  return sources
}

/** Begins to read; nothing is asked for yet. */
export function sourceReads(job: Job, sources: ReadonlyMap<RelationId, SourceRows>): SourceReads {
  return new Map(
    sourceNodes(job).map(({ node, relation }) => [node.id, new SourceRead(sources.get(relation)!())]),
  )
}

function sourceNodes(job: Job): readonly { readonly node: GraphNode; readonly relation: RelationId }[] {
  return job.nodes.flatMap(node =>
    node.spec.kind === 'source' ? [{ node, relation: node.spec.relation }] : [],
  )
}
