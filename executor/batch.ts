import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { notSupported } from '../types/error.ts'
import type { GraphNode, Job, RelationId, Scan } from '../types/job.ts'
import { type BatchGraph, batchGraph } from './batch-graph.ts'
import { canceled } from './canceled.ts'
import { chunkSlice } from './chunk-slice.ts'
import { neededColumns } from './needed-columns.ts'
import { ownedChunk } from './owned-chunk.ts'

/** What a query reads: rows of one moment. */
export interface BatchInput {
  readonly epoch: Epoch
  /** undefined: the relation has no rows of its own (a source). */
  read(
    relation: RelationId,
    columns: readonly number[] | undefined,
    scan?: Scan,
  ): readonly Chunk[] | undefined
  monotonic(): number
}

const SLICE_MS = 8
const INPUT_ROWS_MAX = 4096

/**
 * Runs a job once over the present rows. Inputs are copied in the first, synchronous step, so all are of one epoch; the rest runs
 * in slices between which other work gets its turn. Output chunks belong to the receiver.
 */
export async function* runBatch(
  job: Job,
  from: BatchInput,
  signal?: AbortSignal,
  emitted?: (node: number, chunk: Chunk) => void,
): AsyncGenerator<Chunk> {
  const ready: Chunk[] = []
  const monotonic = () => from.monotonic()
  const graph = batchGraph(job, from.epoch, monotonic, chunk => ready.push(ownedChunk(chunk)), emitted)
  let sliceStart = monotonic()
  for (const step of steps(job, graph, inputsOf(job, from))) {
    step()
    const idle = ready.length === 0
    while (ready.length > 0) yield ready.shift()!
    if (idle && monotonic() - sliceStart < SLICE_MS) continue
    await turn(signal)
    sliceStart = monotonic()
  }
}

/** Everything a query does, piece by piece: an input's rows after another's, then the nodes' ends in order. */
function* steps(job: Job, graph: BatchGraph, pending: readonly Pending[]): Generator<() => unknown> {
  let more = false
  const goOn = () => {
    more = graph.step()
  }
  for (const { node, chunks } of pending)
    for (const chunk of chunks)
      for (let row = 0; row < chunk.length; row += INPUT_ROWS_MAX) {
        const to = Math.min(chunk.length, row + INPUT_ROWS_MAX)
        yield () => graph.receive(node.id, chunkSlice(chunk, row, to))
        do yield goOn
        while (more)
      }
  for (const { id } of job.nodes) {
    yield () => graph.finish(id)
    do yield goOn
    while (more)
  }
}

interface Pending {
  readonly node: GraphNode
  readonly chunks: readonly Chunk[]
}

function inputsOf(job: Job, from: BatchInput): readonly Pending[] {
  const pending: Pending[] = []
  for (const node of job.nodes) {
    if (node.spec.kind !== 'input') continue
    const { relation, scan } = node.spec
    const chunks = from.read(relation, scan === undefined ? neededColumns(job, node) : undefined, scan)
    if (chunks === undefined) throw notSupported('reading a source directly (read a materialized view of it)')
    pending.push({ node, chunks })
  }
  return pending
}

async function turn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>(resolve => setImmediate(resolve))
  if (signal?.aborted) throw canceled(signal)
}
