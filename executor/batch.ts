import { StateTable } from '../storage/state-table.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { assert, notSupported } from '../types/error.ts'
import type { GraphNode, Job, RelationId, Scan } from '../types/job.ts'
import { appendOnlyNodes } from './append-only.ts'
import { canceled } from './canceled.ts'
import { chunkSlice } from './chunk-slice.ts'
import type { Emit, Operator } from './contract.ts'
import { compileProjection } from './expression/compile.ts'
import { neededColumns } from './needed-columns.ts'
import { createOperator } from './operators/index.ts'
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
const PORTION_ROWS_FIRST = 128
const PORTION_ROWS_MAX = 4096

/**
 * Runs a job once over the present rows. Inputs are copied in the first, synchronous step, so all are of one epoch; the rest runs
 * in slices between which other work gets its turn. Output chunks belong to the receiver.
 */
export async function* runBatch(job: Job, from: BatchInput, signal?: AbortSignal): AsyncGenerator<Chunk> {
  const ready: Chunk[] = []
  const graph = wire(job, from.epoch, chunk => ready.push(ownedChunk(chunk)))
  const pending = inputsOf(job, from)
  let sliceStart = from.monotonic()
  /** Rows pushed at once: fewer where a row becomes many (a join), so that other work keeps its turns. */
  let portion = PORTION_ROWS_FIRST
  for (const { node, chunks } of pending) {
    for (const chunk of chunks)
      for (let row = 0; row < chunk.length; ) {
        const to = Math.min(chunk.length, row + portion)
        const started = from.monotonic()
        graph.receive(node.id, chunkSlice(chunk, row, to))
        row = to
        const now = from.monotonic()
        if (now - started > SLICE_MS) portion = Math.max(1, portion >> 2)
        else if (now - started < SLICE_MS / 4) portion = Math.min(PORTION_ROWS_MAX, portion * 2)
        if (ready.length === 0 && now - sliceStart < SLICE_MS) continue
        while (ready.length > 0) yield ready.shift()!
        await turn(signal)
        sliceStart = from.monotonic()
      }
  }
  for (const { id } of job.nodes) {
    graph.finish(id)
    while (ready.length > 0) yield ready.shift()!
    if (from.monotonic() - sliceStart < SLICE_MS) continue
    await turn(signal)
    sliceStart = from.monotonic()
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

interface BatchGraph {
  receive(node: number, chunk: Chunk): void
  finish(node: number): void
}

function wire(job: Job, epoch: Epoch, output: Emit): BatchGraph {
  const appendOnly = appendOnlyNodes(job, () => true, true)
  const byId = new Map(job.nodes.map(node => [node.id, node]))
  const operators = new Map<number, Operator>()
  const emits = new Map<number, Emit>()
  for (const node of job.nodes) operators.set(node.id, batchOperator(node))
  const last = job.nodes.at(-1)
  assert(last !== undefined, 'a job has nodes')
  for (const node of job.nodes) {
    const targets = job.nodes.flatMap(reader =>
      reader.inputs.flatMap((input, port) => (input === node.id ? [{ id: reader.id, port }] : [])),
    )
    emits.set(node.id, chunk => {
      if (node === last) output(chunk)
      for (const { id, port } of targets) operators.get(id)!.push(port, chunk, emits.get(id)!)
    })
  }
  return {
    receive: (id, chunk) => operators.get(id)!.push(0, chunk, emits.get(id)!),
    finish: id => operators.get(id)!.barrier?.(emits.get(id)!),
  }

  function batchOperator(node: GraphNode): Operator {
    return createOperator(node.spec, {
      node,
      inputs: node.inputs.map(input => byId.get(input)!.schema),
      mode: 'batch',
      appendOnly: port => appendOnly.get(node.inputs[port]!) ?? false,
      table: (role, spec) => new StateTable({ ...spec, id: `batch/${node.id}/${role}` }, false),
      compile: (expressions, input, predicate) =>
        compileProjection(expressions, input, {
          ...(predicate === undefined ? {} : { predicate }),
          mode: 'batch',
          onError(error: Error): never {
            throw error
          },
        }),
      reportError(error) {
        throw error
      },
      epoch: () => epoch,
    })
  }
}
