import { StateTable } from '../storage/state-table.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { assert } from '../types/error.ts'
import type { GraphNode, Job } from '../types/job.ts'
import { appendOnlyNodes } from './append-only.ts'
import type { BatchRows } from './batch.ts'
import { chunkSlice } from './chunk-slice.ts'
import type { Emit, Operator } from './contract.ts'
import { compileProjection } from './expression/compile.ts'
import { keyFilters } from './key-filters.ts'
import { buildPort } from './operators/batch-join.ts'
import { createOperator } from './operators/index.ts'
import { ownedChunk } from './owned-chunk.ts'
import type { RowFilter } from './row-filter.ts'
import type { WantedKeys } from './table-scan.ts'

/** The operators of a query, run in steps that end soon whatever a row becomes. */
export interface BatchGraph {
  /** Takes rows of an input. */
  receive(node: number, chunk: Chunk): void
  /** Goes on with rows that wait; false: none do. */
  step(): boolean
  /** All rows of the node's port have come, and none wait. */
  complete(node: number, port: number): void
  /** Of the rows that the operators hold, about. */
  readonly bytes: number
  /** Before the rows of an input are read: those without a partner further down need not be. */
  narrow(node: number, rows: BatchRows): void
  /** Forgets the rows that wait for the node, and those it would go on with. */
  drop(node: number): void
  /** The node has got all its rows, and none wait. */
  finish(node: number): void
}

/** After so long a step puts rows aside instead of handing them on. */
const STEP_MS = 8
const PORTION_ROWS_MAX = 4096
const PORTION_ROWS_FIRST = 16
/** Where a row may become many. */
const EXPANDING: ReadonlySet<string> = new Set(['join', 'project-set'])

interface Edge {
  readonly to: number
  readonly port: number
  /** Rows put aside; they go before what comes later. */
  readonly waiting: Chunk[]
  /** Rows handed on at once, as many as take a part of a step; undefined: all. */
  portion: number | undefined
  /** Rows without a partner further down are dropped. */
  readonly filters: RowFilter[]
}

/** Wires the job's operators. `output` gets the rows of the last node, borrowed; `emitted` hears of every node's. */
export function batchGraph(
  job: Job,
  epoch: Epoch,
  monotonic: () => number,
  output: Emit,
  emitted?: (node: number, chunk: Chunk) => void,
): BatchGraph {
  const operators = batchOperators(job, epoch)
  const edges: Edge[] = []
  const emits = new Map<number, Emit>()
  const held = new Set<number>()
  const last = job.nodes.at(-1)
  assert(last !== undefined, 'a job has nodes')
  let stepStart = 0
  const late = () => monotonic() - stepStart > STEP_MS

  const push = (edge: Edge, chunk: Chunk): void => {
    const operator = operators.get(edge.to)!
    const emit = emits.get(edge.to)!
    operator.push(edge.port, chunk, emit)
    if (operator.resume !== undefined) held.add(edge.to)
  }
  /** Pushes rows until the step has lasted long enough; returns how many. */
  const pushSome = (edge: Edge, chunk: Chunk): number => {
    let row = 0
    while (row < chunk.length && !late()) {
      const to = Math.min(chunk.length, row + (edge.portion ?? chunk.length))
      const started = monotonic()
      push(edge, chunkSlice(chunk, row, to))
      row = to
      if (edge.portion === undefined) continue
      const ms = monotonic() - started
      if (ms > STEP_MS) edge.portion = Math.max(1, edge.portion >> 2)
      else if (ms < STEP_MS / 4) edge.portion = Math.min(PORTION_ROWS_MAX, edge.portion * 2)
    }
    return row
  }
  const handOn = (edge: Edge, all: Chunk): void => {
    let chunk: Chunk | undefined = all
    for (const filter of edge.filters) chunk = chunk && filter.apply(chunk)
    if (chunk === undefined) return
    const done = edge.waiting.length > 0 ? 0 : pushSome(edge, chunk)
    if (done < chunk.length) edge.waiting.push(ownedChunk(chunkSlice(chunk, done, chunk.length)))
  }

  for (const node of job.nodes) {
    node.inputs.forEach((_, port) => {
      const portion = EXPANDING.has(node.spec.kind) ? PORTION_ROWS_FIRST : undefined
      edges.push({ to: node.id, port, waiting: [], portion, filters: [] })
    })
  }
  for (const node of job.nodes) {
    const targets = edges.filter(({ to, port }) => job.nodes.find(n => n.id === to)!.inputs[port] === node.id)
    emits.set(node.id, chunk => {
      emitted?.(node.id, chunk)
      if (node === last) output(chunk)
      for (const edge of targets) handOn(edge, chunk)
    })
  }
  const filters = keyFilters(job)
  const wanted = new Map<number, (WantedKeys & { readonly edge: Edge })[]>()
  const addFilters = (join: number): void => {
    const operator = operators.get(join)!
    for (const { node, port, keys, columns, worked, one } of filters.filter(filter => filter.join === join)) {
      const edge = edges.find(one => one.to === node && one.port === port)!
      const filter = worked ? operator.keyFilter?.(keys, columns) : undefined
      if (filter !== undefined) edge.filters.push(filter)
      const from = job.nodes.find(one => one.id === node)!.inputs[port]!
      const own = operator.gatheredKeys?.(keys)
      const alone = job.nodes.every(({ id, inputs }) => id === node || !inputs.includes(from))
      if (own !== undefined && alone)
        wanted.set(from, [...(wanted.get(from) ?? []), { ...own, columns, one, filter, edge }])
    }
  }
  edges.reverse()

  return {
    receive(id, chunk) {
      stepStart = monotonic()
      operators.get(id)!.push(0, chunk, emits.get(id)!)
    },

    // What is nearest to the output goes first, so that little waits.
    step() {
      stepStart = monotonic()
      for (const edge of edges) {
        const [chunk] = edge.waiting
        if (chunk !== undefined) {
          const done = pushSome(edge, chunk)
          if (done === chunk.length) edge.waiting.shift()
          else edge.waiting[0] = chunkSlice(chunk, done, chunk.length)
          return true
        }
        if (!held.has(edge.to)) continue
        if (!operators.get(edge.to)!.resume!(emits.get(edge.to)!)) held.delete(edge.to)
        return true
      }
      return false
    },

    get bytes() {
      let sum = 0
      for (const operator of operators.values()) {
        sum += operator.bytes?.() ?? 0
        for (const table of operator.tables) sum += table.bytes
      }
      return sum
    },

    complete(id, port) {
      stepStart = monotonic()
      operators.get(id)!.complete?.(port, emits.get(id)!)
      const { spec } = job.nodes.find(node => node.id === id)!
      if (spec.kind === 'join' && port === buildPort(spec)) addFilters(id)
      if (operators.get(id)!.resume !== undefined) held.add(id)
    },

    narrow(id, rows) {
      const used = rows.narrow?.(wanted.get(id) ?? [])
      if (used?.filter !== undefined) used.edge.filters.splice(used.edge.filters.indexOf(used.filter), 1)
    },

    drop(id) {
      held.delete(id)
      for (const edge of edges) if (edge.to === id) edge.waiting.length = 0
    },

    finish(id) {
      stepStart = monotonic()
      operators.get(id)!.barrier?.(emits.get(id)!)
      if (operators.get(id)!.resume !== undefined) held.add(id)
    },
  }
}

function failed(error: Error): never {
  throw error
}

function batchOperators(job: Job, epoch: Epoch): ReadonlyMap<number, Operator> {
  const appendOnly = appendOnlyNodes(job, () => true, true, true)
  const byId = new Map(job.nodes.map(node => [node.id, node]))
  const make = (node: GraphNode): Operator =>
    createOperator(node.spec, {
      node,
      inputs: node.inputs.map(input => byId.get(input)!.schema),
      mode: 'batch',
      appendOnly: port => appendOnly.get(node.inputs[port]!) ?? false,
      table: (role, spec) => new StateTable({ ...spec, id: `batch/${node.id}/${role}` }, false),
      compile: (expressions, input, predicate) =>
        compileProjection(expressions, input, {
          ...(predicate === undefined ? {} : { predicate }),
          ...(job.lenient === true
            ? { mode: 'stream', onError: () => {} }
            : { mode: 'batch', onError: failed }),
        }),
      reportError(error) {
        throw error
      },
      epoch: () => epoch,
      now: () => Date.now(),
      backfilling: () => false,
    })
  return new Map(job.nodes.map(node => [node.id, make(node)]))
}
