import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { notSupported, SqlError } from '../types/error.ts'
import {
  type GraphNode,
  isRecursion,
  type Job,
  type Recursion,
  type RelationId,
  type Scan,
} from '../types/job.ts'
import { type BatchGraph, batchGraph } from './batch-graph.ts'
import { canceled } from './canceled.ts'
import { chunkSlice } from './chunk-slice.ts'
import { type EarlyEnds, earlyEnds } from './early-ends.ts'
import { ownScans } from './key-filters.ts'
import { neededColumns } from './needed-columns.ts'
import { buildPort } from './operators/batch-join.ts'
import { ownedChunk } from './owned-chunk.ts'
import { recursiveRows } from './recursion.ts'
import { type SourceReads, sourceReads, sourcesOf } from './source-reads.ts'
import type { SourceRows } from './source-rows.ts'
import type { WantedKeys } from './table-scan.ts'

/** Rows of one moment; a chunk is valid until the next is asked for or other work gets its turn. */
export interface BatchRows extends Iterable<Chunk> {
  /** No more rows are wanted. */
  close?(): void
  /** See TableScan. */
  narrow?<K extends WantedKeys>(sets: readonly K[]): K | undefined
}

/** What a query reads: rows of one moment. */
export interface BatchInput {
  readonly epoch: Epoch
  /** undefined: the relation has no rows of its own (a source). */
  read(relation: RelationId, columns: readonly number[] | undefined, scan?: Scan): BatchRows | undefined
  /** The relation's rows at an earlier time, in milliseconds since 1970. */
  readAt(relation: RelationId, timeMs: number): BatchRows
  /** What a source holds; `limited`: not all of it is read. */
  source(relation: RelationId, limited: boolean): Promise<SourceRows>
  monotonic(): number
  /** Rows of the relation are read where they lie. */
  isStored?(relation: RelationId): boolean
  /** The query may hold so many bytes of rows; undefined: no limit. */
  readonly memoryBytes?: number
}

const SLICE_MS = 8
const INPUT_ROWS_MAX = 4096
/** After so many steps it is asked how much memory the rows take. */
const CHECKED_STEPS = 16

/**
 * Runs a job once over the present rows. Inputs are opened in the first, synchronous step, so all are of one epoch; the rest runs
 * in slices between which other work gets its turn. Output chunks belong to the receiver.
 */
export async function* runBatch(
  planned: Job,
  from: BatchInput,
  signal?: AbortSignal,
  heard?: (node: number, chunk: Chunk) => void,
): AsyncGenerator<Chunk> {
  const { job, originals } = ownScans(planned, relation => from.isStored?.(relation) === true)
  const emitted = heard && ((node: number, chunk: Chunk) => originals.has(node) || heard(node, chunk))
  const inputs = inputsOf(job, from)
  const parts = recursionParts(job, from)
  let all: Inputs
  let reads: SourceReads
  try {
    reads = sourceReads(job, await sourcesOf(job, (relation, limited) => from.source(relation, limited)))
    all = parts.length === 0 ? inputs : await withRecursions(parts, inputs, job, from, signal)
  } catch (error) {
    for (const rows of inputs.values()) rows.close?.()
    throw error
  }
  yield* runOver(job, all, from, signal, emitted, reads)
}

/** A recursive query's two parts with what they read, copied as it is read again and again. */
interface Part {
  readonly recursion: Recursion
  readonly base: Job
  readonly step: Job
  readonly baseInputs: Inputs
  readonly stepInputs: Inputs
}

function recursionParts({ recursions = [], lenient = false }: Job, from: BatchInput): readonly Part[] {
  return recursions.map(recursion => {
    const [base, step] = [recursion.base, recursion.step].map(nodes => ({ relation: 0, nodes, lenient }))
    return {
      recursion,
      base: base!,
      step: step!,
      baseInputs: copied(inputsOf(base!, from)),
      stepInputs: copied(inputsOf(step!, from)),
    }
  })
}

function copied(inputs: Inputs): Inputs {
  return new Map([...inputs].map(([node, rows]) => [node, Array.from(rows, ownedChunk)]))
}

/** The job's inputs with the rows of the recursive queries that it reads. */
async function withRecursions(
  parts: readonly Part[],
  inputs: Inputs,
  job: Job,
  from: BatchInput,
  signal: AbortSignal | undefined,
): Promise<Inputs> {
  const made = new Map<RelationId, readonly Chunk[]>()
  let sliceStart = from.monotonic()
  const pause = async () => {
    if (from.monotonic() - sliceStart < SLICE_MS) return
    await turn(signal)
    sliceStart = from.monotonic()
  }
  for (const { recursion, base, step, baseInputs, stepInputs } of parts) {
    const run = (working: readonly Chunk[] | undefined) => {
      if (working === undefined) return runOver(base, filled(base, baseInputs, made), from, signal)
      made.set(recursion.work, working)
      return runOver(step, filled(step, stepInputs, made), from, signal)
    }
    made.set(recursion.relation, await recursiveRows(recursion, run, pause))
  }
  return filled(job, inputs, made)
}

function filled(job: Job, inputs: Inputs, made: ReadonlyMap<RelationId, readonly Chunk[]>): Inputs {
  const all = new Map(inputs)
  for (const { id, spec } of job.nodes) {
    const rows = spec.kind === 'input' ? made.get(spec.relation) : undefined
    if (rows !== undefined) all.set(id, rows)
  }
  return all
}

async function* runOver(
  job: Job,
  inputs: Inputs,
  from: BatchInput,
  signal: AbortSignal | undefined,
  emitted?: (node: number, chunk: Chunk) => void,
  reads: SourceReads = new Map(),
): AsyncGenerator<Chunk> {
  const ready: Chunk[] = []
  const monotonic = () => from.monotonic()
  const ends = earlyEnds(job)
  const heard = (node: number, chunk: Chunk): void => {
    ends!.emitted(node, chunk)
    emitted?.(node, chunk)
  }
  const hears = ends === undefined ? emitted : heard
  const graph = batchGraph(job, from.epoch, monotonic, chunk => ready.push(ownedChunk(chunk)), hears)
  try {
    let sliceStart = monotonic()
    let count = 0
    for (const step of steps(job, graph, inputs, reads, ends)) {
      const waiting = step()
      if ((++count & (CHECKED_STEPS - 1)) === 0) requireMemory(graph, from.memoryBytes)
      if (waiting instanceof Promise) await waiting
      const idle = ready.length === 0
      while (ready.length > 0) yield ready.shift()!
      if (idle && monotonic() - sliceStart < SLICE_MS) continue
      await turn(signal)
      sliceStart = monotonic()
    }
  } finally {
    for (const rows of inputs.values()) rows.close?.()
    for (const read of reads.values()) await read.close()
  }
}

function requireMemory({ bytes }: BatchGraph, most: number | undefined): void {
  if (most === undefined || bytes <= most) return
  throw new SqlError('out_of_memory', 'out of memory', {
    detail: `The rows that the query joins, groups or sorts take more than ${Math.floor(most / 2 ** 20)} MB.`,
    hint: 'Let the query hold fewer rows, or start the server with a greater --query-memory-mb.',
  })
}

type Inputs = ReadonlyMap<number, BatchRows>

/** Everything a query does, piece by piece: what a node's rows are looked up in is complete before these rows come. */
function* steps(
  job: Job,
  graph: BatchGraph,
  inputs: Inputs,
  reads: SourceReads,
  ends: EarlyEnds | undefined,
): Generator<() => unknown> {
  const nodes = new Map(job.nodes.map(node => [node.id, node]))
  const complete = new Set<number>()
  let more = false
  const goOn = () => {
    more = graph.step()
  }
  const over = (node: GraphNode) => ends?.reached(node.id) === true
  /** All that waits, until the LIMIT that it is for has its rows. */
  function* settle(node: GraphNode): Generator<() => unknown> {
    do yield goOn
    while (more && !over(node))
    if (!more) return
    for (const id of ends!.with(node.id)) graph.drop(id)
    do yield goOn
    while (more)
  }
  function* take(node: GraphNode, chunk: Chunk): Generator<() => unknown> {
    for (let row = 0; row < chunk.length && !over(node); row += INPUT_ROWS_MAX) {
      const to = Math.min(chunk.length, row + INPUT_ROWS_MAX)
      yield () => graph.receive(node.id, chunkSlice(chunk, row, to))
      yield* settle(node)
    }
  }
  function* drain(node: GraphNode): Generator<() => unknown> {
    if (complete.has(node.id)) return
    complete.add(node.id)
    for (const port of portOrder(node)) {
      yield* drain(nodes.get(node.inputs[port]!)!)
      yield () => graph.complete(node.id, port)
      yield* settle(node)
    }
    const rows = inputs.get(node.id)
    if (rows !== undefined) graph.narrow(node.id, rows)
    for (const chunk of rows ?? []) {
      yield* take(node, chunk)
      if (over(node)) break
    }
    const read = reads.get(node.id)
    while (read !== undefined && !over(node)) {
      yield () => read.next()
      if (read.chunk === undefined) break
      yield* take(node, read.chunk)
    }
    yield () => graph.finish(node.id)
    yield* settle(node)
  }
  yield* drain(job.nodes.at(-1)!)
}

function portOrder({ spec, inputs }: GraphNode): readonly number[] {
  const ports = inputs.map((_, port) => port)
  return spec.kind === 'join' && buildPort(spec) === 1 ? ports.reverse() : ports
}

function inputsOf(job: Job, from: BatchInput): Inputs {
  const inputs = new Map<number, BatchRows>()
  for (const node of job.nodes) {
    if (node.spec.kind !== 'input') continue
    const { relation, scan, asOf } = node.spec
    if (isRecursion(relation) || node.inputs.length > 0) continue
    const columns = scan === undefined ? neededColumns(job, node) : undefined
    const rows = asOf === undefined ? from.read(relation, columns, scan) : from.readAt(relation, asOf)
    if (rows === undefined) throw notSupported('a source in a recursive query')
    inputs.set(node.id, rows)
  }
  return inputs
}

async function turn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>(resolve => setImmediate(resolve))
  if (signal?.aborted) throw canceled(signal)
}
