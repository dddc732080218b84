import type { TableDelta, TableSpec } from '../storage/contract.ts'
import type { StateTable } from '../storage/state-table.ts'
import { decodeRows, type StoredRows } from '../storage/stored-rows.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Epoch, Generator, GeneratorSpec, Offset } from '../types/connector.ts'
import { assert, SqlError } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import { unfinishedCatchUps } from './catch-ups.ts'
import type {
  DeclaredTable,
  EngineJob,
  GeneratorCatchUp,
  OperatorCounter,
  SealedEpoch,
  TableRole,
} from './engine-contract.ts'
import { CatchUpFeed, GeneratorFeed } from './generator-feed.ts'
import { jobOrder } from './job-order.ts'
import {
  advanceMarks,
  expireRows,
  type JobSurroundings,
  type RunningJob,
  type RunningNode,
  receive,
  restoreJob,
  setGate,
  startJob,
} from './running-job.ts'
import { NO_MARKS } from './watermarks/marks.ts'

export interface EngineOptions {
  now(): number
  monotonic(): number
  crashPoint(id: string): void
  generator(spec: GeneratorSpec, split: string, from: Offset | undefined): Generator
  /** Changed bytes of state and output in one epoch after which it asks for a barrier and generators wait for it. */
  readonly epochBytesMax: number
  /** The epoch has become that large; called once an epoch. */
  full(): void
}

const ERRORS_PER_EPOCH = 1000
/** How many rows come in between two looks at how large the epoch is. */
const MEASURE_ROWS = 1 << 14
/** A seal should not take longer under load. */
const SEAL_MS = 100
/** Of the limit, that the first epoch gets: nothing is compiled yet. */
const FIRST_SHARE = 1 / 16
const EPOCH_BYTES_MIN = 1 << 20
/** Of so many slices a source gets one while a job reads it again: else an endless one is twice as far when the job is there. */
const CATCH_UP_SHARE = 8

/**
 * The graph of all jobs. Every call is synchronous and runs to its end through the whole graph, depth first; the barrier visits
 * jobs and nodes in topological order, so that each has had all input of the epoch when it emits what it held back.
 */
export class Engine {
  readonly #options: EngineOptions
  readonly #jobs = new Map<RelationId, RunningJob>()
  #order: readonly RunningJob[] = []
  readonly #tables = new Map<string, StateTable>()
  /** Tables whose rows are stored as those of another one, by its name. */
  readonly #storedAs = new Map<string, StateTable>()
  readonly #feeds = new Map<RelationId, GeneratorFeed>()
  #catchUps: CatchUpFeed[] = []
  #slices = 0
  /** Private copies of a source's nodes, by job and source. */
  readonly #private = new Map<string, RunningJob>()
  #offsets: Record<RelationId, Record<string, Offset>> = {}
  /** Of jobs that read sources privately, or did: how far. Until they are there, the source's marks say nothing of their rows. */
  readonly #catchUpOffsets = new Map<RelationId, Record<string, Offset>>()
  #errors: { relation: RelationId; error: string }[] = []
  #sourceRows: Record<RelationId, number> = {}
  #unmeasuredRows = 0
  #full = false
  /** Changed bytes after which this epoch is full; begins low. */
  #epochBytes: number
  #epoch: Epoch = 0
  #held = false

  constructor(options: EngineOptions) {
    this.#options = options
    this.#epochBytes = options.epochBytesMax * FIRST_SHARE
  }

  add(specs: readonly EngineJob[]): readonly DeclaredTable[] {
    const started: RunningJob[] = []
    const appendOnly = new Map<RelationId, boolean>()
    for (const spec of specs) {
      const { relation } = spec.job
      assert(!this.#jobs.has(relation), `relation ${relation} has no job yet`)
      const job = startable(() =>
        startJob(spec, {
          ...this.#around(relation),
          appendOnly: id => appendOnly.get(id) ?? this.#jobs.get(id)?.appendOnly ?? false,
        }),
      )
      appendOnly.set(relation, job.appendOnly)
      started.push(job)
    }
    return started.flatMap(job => this.#install(job))
  }

  drop(relations: readonly RelationId[]): void {
    for (const relation of relations) {
      const job = this.#jobs.get(relation)
      if (job === undefined) continue
      this.#jobs.delete(relation)
      for (const node of job.nodes) for (const table of node.tables) this.#forget(table.spec)
      const own = new Set(job.nodes)
      for (const other of this.#jobs.values())
        for (const { targets } of [...other.nodes])
          for (let i = targets.length - 1; i >= 0; i--) if (own.has(targets[i]!.to)) targets.splice(i, 1)
      this.#feeds.delete(relation)
      this.#catchUps = this.#catchUps.filter(
        feed => feed.spec.job !== relation && feed.spec.source !== relation,
      )
      for (const key of this.#private.keys())
        if (key.split('/').includes(String(relation))) this.#private.delete(key)
      delete this.#offsets[relation]
      this.#catchUpOffsets.delete(relation)
    }
    this.#reorder()
  }

  replace(spec: EngineJob): readonly DeclaredTable[] {
    const { relation } = spec.job
    const job = startable(() => startJob(spec, this.#around(relation)))
    this.drop([relation])
    return this.#install(job, false)
  }

  revise(spec: EngineJob): readonly DeclaredTable[] {
    const { relation } = spec.job
    const present = this.#jobs.get(relation)
    assert(present !== undefined, `relation ${relation} has a job`)
    const kept = new Map(present.nodes.flatMap(node => node.tables.map(table => [table.spec.id, table])))
    const job = startable(() => startJob(spec, { ...this.#around(relation), kept }))
    this.drop([relation])
    const declared = this.#install(job)
    restoreJob(job)
    return declared
  }

  attach(relation: RelationId): void {
    const job = this.#jobs.get(relation)
    assert(job !== undefined, `relation ${relation} has a job`)
    for (const other of this.#jobs.values()) if (other !== job) this.#connect(job, other)
    this.#reorder()
  }

  load(rows: StoredRows, expected: number): void {
    const table = this.#storedAs.get(rows.table) ?? this.#tables.get(rows.table)
    table?.loadMore(decodeRows(rows), expected)
  }

  restored(): void {
    for (const table of this.#tables.values()) table.loaded()
    for (const job of this.#order) restoreJob(job)
  }

  push(relation: RelationId, chunk: Chunk, offsets?: Readonly<Record<string, Offset>>): void {
    const job = this.#jobs.get(relation)
    // Rows of a relation dropped meanwhile.
    if (job === undefined) return
    this.#count(relation, chunk.length)
    if (chunk.length > 0) receive(sourceNode(job), 0, chunk)
    if (offsets !== undefined) this.#moved(relation, offsets)
  }

  pushInput(relation: RelationId, node: number, chunk: Chunk): void {
    const input = this.#jobs.get(relation)?.nodes.find(n => n.node.id === node)
    if (input !== undefined) receive(input, 0, chunk)
  }

  openInput(relation: RelationId, node: number, position: number): void {
    const input = this.#jobs.get(relation)?.nodes.find(n => n.node.id === node)
    if (input !== undefined) setGate(input, position)
  }

  pushCatchUp(
    relation: RelationId,
    source: RelationId,
    chunk: Chunk | undefined,
    offsets: Readonly<Record<string, Offset>>,
  ): void {
    if (!this.#jobs.has(relation)) return
    if (!this.#catchUpOffsets.has(relation)) this.#catchUpOffsets.set(relation, {})
    if (chunk !== undefined && chunk.length > 0)
      receive(sourceNode(this.#copyOfSource(relation, source)), 0, chunk)
    this.#moved(relation, offsets)
  }

  catchUp(spec: GeneratorCatchUp): void {
    this.#catchUps.push(new CatchUpFeed(spec, this.#options.generator))
  }

  rateLimit(relation: RelationId, rowsPerSecond: number | undefined): void {
    this.#feeds.get(relation)?.limit(rowsPerSecond)
  }

  retain(relation: RelationId, keepMs: number): void {
    for (const node of this.#jobs.get(relation)?.nodes ?? []) node.operator.retain?.(keepMs)
  }

  hold(on: boolean): void {
    this.#held = on
  }

  /** There are generators to run. */
  get generates(): boolean {
    return this.#feeds.size > 0 || this.#catchUps.length > 0
  }

  /** Runs every generator for one chunk; false: none had a row. */
  slice(): boolean {
    if (this.#held || this.#full) return false
    let any = false
    const turn = this.#slices++ % CATCH_UP_SHARE === 0
    for (const [relation, feed] of this.#feeds) {
      const job = this.#jobs.get(relation)!
      if (!hasReaders(job)) continue
      if (!turn && this.#catchUps.some(({ spec }) => spec.source === relation)) continue
      feed.next(this.#options.now(), (chunk, split, offset) => {
        any = true
        this.#count(relation, chunk.length)
        receive(sourceNode(job), 0, chunk)
        this.#moved(relation, { [split]: offset })
      })
    }
    for (const feed of this.#catchUps) {
      feed.next(this.#options.now(), (chunk, offsets) => {
        any = true
        this.pushCatchUp(feed.spec.job, feed.spec.source, chunk, offsets)
      })
    }
    this.#catchUps = this.#catchUps.filter(feed => !feed.done)
    return any
  }

  barrier(epoch: Epoch): SealedEpoch {
    const started = this.#options.monotonic()
    const changed = this.#changedBytes()
    this.#epoch = epoch
    this.#options.crashPoint('C01')
    for (let i = 0; i < this.#order.length; i++) {
      for (const node of this.#order[i]!.nodes) flushNode(node)
      if (i === this.#order.length >> 1) this.#options.crashPoint('C02')
    }
    this.#advanceMarks()
    for (const job of this.#order) expireRows(job)
    const deltas: TableDelta[] = []
    const counters: OperatorCounter[] = []
    let stateRows = 0
    let stateBytes = 0
    for (const job of this.#order)
      for (const { node, tables, rowsIn, rowsOut } of job.nodes) {
        const [rowsBefore, bytesBefore] = [stateRows, stateBytes]
        for (const table of tables) {
          const delta = table.seal()
          // What goes into a table is stored there.
          const stored = job.spec.into === undefined || node.spec.kind !== 'sink'
          if (delta !== undefined && stored) deltas.push(delta)
          stateRows += table.size
          stateBytes += table.bytes
        }
        counters.push({
          relation: job.spec.job.relation,
          node: node.id,
          kind: node.spec.kind,
          rowsIn,
          rowsOut,
          stateRows: stateRows - rowsBefore,
          stateBytes: stateBytes - bytesBefore,
        })
      }
    for (const table of this.#tables.values()) table.settle()
    const sealed: SealedEpoch = {
      epoch,
      deltas,
      offsets: this.#offsets,
      errors: this.#errors,
      counters,
      sourceRows: this.#sourceRows,
      stateRows,
      stateBytes,
      sealMs: this.#options.monotonic() - started,
    }
    this.#pace(changed, sealed.sealMs)
    this.#offsets = {}
    this.#errors = []
    this.#sourceRows = {}
    this.#unmeasuredRows = 0
    this.#full = false
    return sealed
  }

  /** An idle epoch moves no mark. */
  #advanceMarks(): void {
    if (Object.keys(this.#sourceRows).length === 0) return
    for (const job of this.#order) {
      const { relation } = job.spec.job
      advanceMarks(job, upstream =>
        this.#catchesUp(relation, upstream) ? NO_MARKS : (this.#jobs.get(upstream)?.output.marks ?? NO_MARKS),
      )
    }
  }

  #catchesUp(relation: RelationId, source: RelationId): boolean {
    return unfinishedCatchUps(this.#catchUpOffsets.get(relation), source) !== undefined
  }

  #around(relation: RelationId): JobSurroundings {
    return {
      appendOnly: id => this.#jobs.get(id)?.appendOnly ?? false,
      reportError: error => this.#report(relation, error),
      epoch: () => this.#epoch,
      now: () => this.#options.now(),
      catchesUp: source => this.#catchesUp(relation, source),
    }
  }

  #install(job: RunningJob, attached = true): DeclaredTable[] {
    const { relation } = job.spec.job
    this.#jobs.set(relation, job)
    for (const other of this.#jobs.values()) if (other !== job) this.#connect(other, job)
    if (attached) for (const other of this.#jobs.values()) if (other !== job) this.#connect(job, other)
    const { generator, rateLimit, catchUps } = job.spec
    if (catchUps !== undefined) this.#catchUpOffsets.set(relation, { ...catchUps })
    if (generator !== undefined)
      this.#feeds.set(
        relation,
        new GeneratorFeed(generator.spec, generator.from, rateLimit, this.#options.generator),
      )
    this.#reorder()
    const declared: DeclaredTable[] = []
    for (const { node, tables } of job.nodes)
      for (const table of tables) {
        this.#tables.set(table.spec.id, table)
        if (table.spec.storedAs !== undefined) this.#storedAs.set(table.spec.storedAs, table)
        declared.push({ relation, role: roleOf(node.spec.kind), spec: table.spec })
      }
    return declared
  }

  #forget({ id, storedAs }: TableSpec): void {
    this.#tables.delete(id)
    if (storedAs !== undefined) this.#storedAs.delete(storedAs)
  }

  /** Lets `reader` have the changes of `upstream`. */
  #connect(upstream: RunningJob, reader: RunningJob): void {
    const { relation } = upstream.spec.job
    for (const node of reader.nodes)
      if (node.node.spec.kind === 'input' && node.node.spec.relation === relation)
        upstream.output.targets.push({ to: node, port: 0, live: true, index: isIndex(reader) })
    if (upstream.spec.into === reader.spec.job.relation)
      upstream.output.targets.push({ to: sourceNode(reader), port: 0, live: false })
  }

  #copyOfSource(relation: RelationId, source: RelationId): RunningJob {
    const key = `${relation}/${source}`
    const known = this.#private.get(key)
    if (known !== undefined) return known
    const shared = this.#jobs.get(source)
    const reader = this.#jobs.get(relation)
    assert(shared !== undefined && reader !== undefined, 'a catch-up has a source and a reader')
    const copy = startJob(shared.spec, {
      appendOnly: () => false,
      reportError: error => this.#report(source, error),
      epoch: () => this.#epoch,
      now: () => this.#options.now(),
      catchesUp: () => false,
    })
    for (const node of reader.nodes)
      if (node.node.spec.kind === 'input' && node.node.spec.relation === source)
        copy.output.targets.push({ to: node, port: 0, live: false })
    this.#private.set(key, copy)
    return copy
  }

  #reorder(): void {
    this.#order = jobOrder(this.#jobs)
  }

  #count(relation: RelationId, rows: number): void {
    this.#sourceRows[relation] = (this.#sourceRows[relation] ?? 0) + rows
    this.#unmeasuredRows += rows
    if (this.#unmeasuredRows >= MEASURE_ROWS) this.#measure()
  }

  #measure(): void {
    this.#unmeasuredRows = 0
    if (this.#full) return
    this.#full = this.#changedBytes() >= this.#epochBytes
    if (this.#full) this.#options.full()
  }

  #changedBytes(): number {
    let bytes = 0
    for (const table of this.#tables.values()) bytes += table.changedBytes
    return bytes
  }

  /** Operators that do their work at the barrier get smaller epochs, so that each barrier stays short; an idle one tells nothing. */
  #pace(changed: number, sealMs: number): void {
    const { epochBytesMax } = this.#options
    const fits = SEAL_MS / sealMs
    if (fits < 1) this.#epochBytes = Math.max(EPOCH_BYTES_MIN, Math.min(this.#epochBytes, changed) * fits)
    else if (changed > this.#epochBytes / 2)
      this.#epochBytes = Math.min(epochBytesMax, this.#epochBytes * Math.min(1.25, fits))
  }

  #moved(relation: RelationId, offsets: Readonly<Record<string, Offset>>): void {
    const catchUps = this.#catchUpOffsets.get(relation)
    if (catchUps !== undefined) Object.assign(catchUps, offsets)
    this.#offsets[relation] = { ...this.#offsets[relation], ...offsets }
  }

  #report(relation: RelationId, error: Error): void {
    if (this.#errors.length < ERRORS_PER_EPOCH) this.#errors.push({ relation, error: error.message })
  }
}

function flushNode(node: RunningNode): void {
  const { kind } = node.node.spec
  // A materialize node passed its changes on as they came.
  if (kind === 'materialize') return
  if (kind === 'sink' && node.targets.length === 0) return
  node.operator.barrier?.(node.emit)
}

function isIndex({ output: { node } }: RunningJob): boolean {
  return node.spec.kind === 'materialize' && node.spec.order !== undefined
}

function hasReaders(job: RunningJob): boolean {
  return job.output.node.spec.kind === 'materialize' || job.output.targets.length > 0
}

function sourceNode(job: RunningJob): RunningNode {
  const node = job.nodes.find(n => n.node.spec.kind === 'source')
  assert(node !== undefined, `relation ${job.spec.job.relation} has a source node`)
  return node
}

function roleOf(kind: string): TableRole {
  return kind === 'materialize' ? 'rows' : kind === 'sink' ? 'log' : 'state'
}

/** A job that cannot start is the fault of its statement only: nothing of it is installed yet. */
function startable(start: () => RunningJob): RunningJob {
  try {
    return start()
  } catch (error) {
    if (error instanceof SqlError) throw error
    throw new SqlError('internal_error', `the job cannot start: ${(error as Error).message}`)
  }
}
