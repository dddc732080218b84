import type { TableSpec } from '../storage/contract.ts'
import { StateTable } from '../storage/state-table.ts'
import { type Chunk, lent } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { assert } from '../types/error.ts'
import type { GraphNode, Job, OperatorSpec, RelationId } from '../types/job.ts'
import { INT4, type Schema } from '../types/type.ts'
import { appendOnlyNodes } from './append-only.ts'
import type { Emit, Operator } from './contract.ts'
import type { EngineJob } from './engine-contract.ts'
import { compileProjection } from './expression/compile.ts'
import { createOperator } from './operators/index.ts'
import { rowsTable } from './operators/terminal.ts'
import { rowsOfVirtualNodes, VIRTUAL_NODES } from './select-rows.ts'
import { type Marks, NO_MARKS } from './watermarks/marks.ts'

/** One node at work. `targets` grow and shrink as jobs that read the relation come and go. */
export interface RunningNode {
  readonly node: GraphNode
  readonly operator: Operator
  readonly tables: readonly StateTable[]
  readonly targets: Target[]
  readonly emit: Emit
  /** Rows that reach it are counted and forgotten. */
  readonly discard: boolean
  /** Input nodes: virtual nodes below it pass. */
  gate: number
  rowsIn: number
  rowsOut: number
  /** Nodes of the job that it reads, by port. */
  readonly inputs: readonly RunningNode[]
  /** Of its output, as of the last barrier. */
  marks: Marks
}

/** `live`: the chunk is a change of an upstream relation and has to pass the input's gate. */
export interface Target {
  readonly to: RunningNode
  readonly port: number
  readonly live: boolean
  /** An index: it hears of rows that expire. */
  readonly index?: boolean
}

export interface RunningJob {
  readonly spec: EngineJob
  readonly nodes: readonly RunningNode[]
  /** Its output: changes go to readers when they reach it. */
  readonly output: RunningNode
  readonly appendOnly: boolean
}

export interface JobSurroundings {
  appendOnly(relation: number): boolean
  reportError(error: Error): void
  epoch(): Epoch
  now(): number
  /** The job still reads that source privately. */
  catchesUp(source: RelationId): boolean
  /** Tables by id that the job goes on with. */
  readonly kept?: ReadonlyMap<string, StateTable>
}

/** Wires the operators of a job; nothing else knows of it yet. */
export function startJob(spec: EngineJob, around: JobSurroundings): RunningJob {
  const { job } = spec
  const appendOnly = appendOnlyNodes(job, around.appendOnly, sourceAppendOnly(spec))
  const running = new Map<number, RunningNode>()
  const backfilling = () =>
    [...running.values()].some(
      ({ node: { spec: own }, gate }) =>
        own.kind === 'input' && (gate < VIRTUAL_NODES || around.catchesUp(own.relation)),
    )
  for (const node of job.nodes) {
    const inputs = node.inputs.map(id => running.get(id)!)
    const appended = (port: number) => appendOnly.get(node.inputs[port]!) ?? false
    const started = startNode(spec, node, inputs, around, appended, backfilling)
    if (spec.closedInputs?.includes(node.id)) setGate(started, 0)
    running.set(node.id, started)
    for (let port = 0; port < node.inputs.length; port++)
      running.get(node.inputs[port]!)!.targets.push({ to: started, port, live: false })
  }
  const nodes = [...running.values()]
  const output = nodes.at(-1)
  assert(output !== undefined, 'a job has nodes')
  const { spec: last } = output.node
  return {
    spec,
    nodes,
    output,
    appendOnly: last.kind === 'materialize' ? neverRetracts(last) : appendOnly.get(output.node.id)!,
  }
}

function neverRetracts({ mode, appended }: Extract<OperatorSpec, { kind: 'materialize' }>): boolean {
  return mode === 'append' || appended === true
}

/** Rows of the job's relation expire: they leave it and its indexes. */
export function expireRows({ nodes, output }: RunningJob): void {
  for (const { operator } of nodes)
    operator.expire?.(chunk => {
      output.operator.push(0, chunk, output.emit)
      for (const { to, index } of output.targets) if (index === true) receiveLive(to, chunk)
    })
}

function sourceAppendOnly(spec: EngineJob): boolean {
  const last = spec.job.nodes.at(-1)!.spec
  return last.kind === 'materialize' ? neverRetracts(last) : spec.appendOnly
}

function startNode(
  { job, discard }: EngineJob,
  node: GraphNode,
  inputs: readonly RunningNode[],
  around: JobSurroundings,
  appendOnly: (port: number) => boolean,
  backfilling: () => boolean,
): RunningNode {
  const own: StateTable[] = []
  const targets: Target[] = []
  const table = (role: string, spec: Omit<TableSpec, 'id'>): StateTable => {
    const id = `${job.relation}/${node.id}/${role}`
    const storedAs = sameRows(job, node)
    return around.kept?.get(id) ?? new StateTable({ ...spec, id, ...(storedAs && { storedAs }) })
  }
  const schemas = new Map<number, Schema>(job.nodes.map(n => [n.id, n.schema]))
  const operator = createOperator(node.spec, {
    node,
    inputs: node.inputs.map(input => schemas.get(input)!),
    mode: 'stream',
    appendOnly,
    table,
    compile: (expressions, input, predicate) =>
      compileProjection(expressions, input, {
        ...(predicate === undefined ? {} : { predicate }),
        mode: 'stream',
        onError: around.reportError,
      }),
    reportError: around.reportError,
    epoch: around.epoch,
    now: around.now,
    backfilling,
  })
  if (node.spec.kind === 'input') own.push(table('backfill', GATE))
  const started: RunningNode = {
    node,
    operator,
    tables: [...operator.tables, ...own],
    targets,
    discard: discard === true && node.spec.kind === 'sink',
    gate: VIRTUAL_NODES,
    rowsIn: 0,
    rowsOut: 0,
    inputs,
    marks: NO_MARKS,
    emit(chunk) {
      started.rowsOut += chunk.length
      const given = targets.length > 1 ? lent(chunk) : chunk
      for (let i = 0; i < targets.length; i++) {
        const { to, port, live } = targets[i]!
        if (live) receiveLive(to, given)
        else receive(to, port, given)
      }
    },
  }
  return started
}

/** The table of the relation's rows when the node keeps the same ones by the same key. */
function sameRows({ relation, nodes }: Job, { id, spec }: GraphNode): string | undefined {
  const last = nodes.at(-1)!
  if (spec.kind !== 'upsert' || spec.expiry !== undefined || last.spec.kind !== 'materialize')
    return undefined
  const { mode, key } = last.spec
  const same = mode === 'keyed' && last.inputs.join() === String(id) && key.join() === spec.key.join()
  return same ? rowsTable(relation, last.id) : undefined
}

/** How far an input was backfilled, kept like any state so that it resumes; no row: everything passes. */
const GATE: Omit<TableSpec, 'id'> = {
  schema: [
    { name: 'input', type: INT4 },
    { name: 'position', type: INT4 },
  ],
  mode: 'keyed',
  key: [0],
  shard: [],
  indexes: [],
}

/** Hands a chunk to one node. A materialize node passes it on to the relation's readers as it comes in. */
export function receive(to: RunningNode, port: number, chunk: Chunk): void {
  to.rowsIn += chunk.length
  if (to.discard) return
  to.operator.push(port, chunk, to.emit)
  if (to.node.spec.kind === 'materialize') to.emit(lent(chunk))
}

/** Hands a live change of the upstream relation to an input node. */
function receiveLive(to: RunningNode, chunk: Chunk): void {
  if (to.gate >= VIRTUAL_NODES) receive(to, 0, chunk)
  else if (to.gate > 0) {
    const passed = rowsOfVirtualNodes(chunk, 0, to.gate)
    if (passed !== undefined) receive(to, 0, passed)
  }
}

/** After the barrier: what each node's output holds no more. `upstream`: marks of a relation that an input node reads. */
export function advanceMarks({ nodes }: RunningJob, upstream: (relation: RelationId) => Marks): void {
  for (const running of nodes) {
    const { spec } = running.node
    const inputs =
      spec.kind === 'input'
        ? [running.gate >= VIRTUAL_NODES ? upstream(spec.relation) : NO_MARKS]
        : running.inputs.map(input => input.marks)
    running.marks = running.operator.marks?.(inputs) ?? NO_MARKS
  }
}

/** Moves an input's gate and remembers it. */
export function setGate(node: RunningNode, position: number): void {
  assert(node.node.spec.kind === 'input', 'only inputs have gates')
  node.gate = position
  const table = node.tables.at(-1)!
  const id = table.insert(gateRow(position), 0)
  assert(id >= 0, 'the gate has a row')
}

function gateRow(position: number): Chunk {
  const column = (value: number) => ({ type: INT4, data: Int32Array.of(value), nulls: null })
  return { columns: [column(0), column(position)], weights: Int32Array.of(1), length: 1 }
}

/** After the tables were loaded: derived state of operators and gates. */
export function restoreJob(job: RunningJob): void {
  for (const running of job.nodes) {
    running.operator.restored?.()
    if (running.node.spec.kind !== 'input') continue
    const table = running.tables.at(-1)!
    table.forEachRow(id => {
      running.gate = table.columns[1]!.i32[id]!
    })
  }
}
