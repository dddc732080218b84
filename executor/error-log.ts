// Row errors of streams and connectors, kept as the rows are: an epoch's manifest names its errors together with the source offsets behind them,
// so after any crash each malformed record was counted once. The newest of each relation stay readable, in a ring.
import { chunkOf } from '../storage/chunk-builder.ts'
import { cellValue } from '../storage/column-buffer.ts'
import type { TableDelta } from '../storage/contract.ts'
import type { Chunk } from '../types/chunk.ts'
import type { RowError } from '../types/connector.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import { INT4, INT8, type Schema, TEXT } from '../types/type.ts'
import type { DeclaredTable } from './engine-contract.ts'
import type { StreamError } from './runtime-contract.ts'

/** Errors of one relation that stay readable. */
const KEPT = 1000
const PAYLOAD_CHARS = 1024

/** Errors count from 1; number n lies in slot n % KEPT. */
const SCHEMA: Schema = [
  { name: 'slot', type: INT4 },
  { name: 'number', type: INT8 },
  { name: 'at_ms', type: INT8 },
  { name: 'origin', type: TEXT },
  { name: 'error', type: TEXT },
  { name: 'payload', type: TEXT },
]

/** Records that a source could not read, apart from everything else that went wrong: they are counted. */
type Kind = 'records' | 'others'

const idOf = (relation: RelationId, kind: Kind) => `${relation}/errors/${kind}`

/** The state tables of a relation's errors. */
export function errorTables(relation: RelationId): readonly DeclaredTable[] {
  return (['records', 'others'] as const).map(kind => ({
    relation,
    role: 'errors',
    spec: { id: idOf(relation, kind), schema: SCHEMA, mode: 'keyed', key: [0], shard: [], indexes: [] },
  }))
}

/** An error on its way into its table. */
export interface FreshError extends StreamError {
  readonly table: string
}

/** Errors of one epoch: its deltas, and how they become readable once it is committed. */
export interface EpochErrors {
  readonly deltas: readonly TableDelta[]
  publish(): void
}

interface Ring {
  readonly rows: StreamError[]
  /** Errors that there have ever been. */
  count: number
}

export class ErrorLog {
  readonly #host: Host
  /** By table. */
  readonly #rings = new Map<string, Ring>()
  /** Numbers given to errors, some of them in epochs that are on their way. */
  readonly #given = new Map<string, number>()
  #fresh: FreshError[] = []

  constructor(host: Host) {
    this.#host = host
  }

  /** The newest of each relation, oldest first. */
  get rows(): readonly StreamError[] {
    return [...this.#rings.values()].flatMap(ring => ring.rows).sort((a, b) => a.atMs - b.atMs)
  }

  /** Records of a source that were not read, as of the last commit: those no longer readable too. */
  recordCount(relation: RelationId): number {
    return this.#rings.get(idOf(relation, 'records'))?.count ?? 0
  }

  /** A record that a source could not read; it belongs to the epoch whose barrier comes next. */
  record(relation: RelationId, { origin, error, payload }: RowError): void {
    const text = payload === null ? '' : new TextDecoder().decode(payload).slice(0, PAYLOAD_CHARS)
    const atMs = this.#host.now()
    this.#fresh.push({ relation, atMs, origin, error, payload: text, table: idOf(relation, 'records') })
  }

  /** Anything else. */
  other(relation: RelationId, origin: string, error: string): void {
    this.#fresh.push(this.made(relation, origin, error))
  }

  /** The same, for an epoch that the caller knows. */
  made(relation: RelationId, origin: string, error: string): FreshError {
    return { relation, atMs: this.#host.now(), origin, error, payload: '', table: idOf(relation, 'others') }
  }

  /** What was added since the last call; called in the step that asks for a barrier. */
  take(): FreshError[] {
    const fresh = this.#fresh
    this.#fresh = []
    return fresh
  }

  /** An epoch's errors; those of relations that are gone are left out. */
  epoch(errors: readonly FreshError[], exists: (table: string) => boolean): EpochErrors {
    const tables = [...new Set(errors.map(error => error.table))].filter(exists)
    const parts = tables.map(table => {
      const rows = errors.filter(error => error.table === table).map(({ table: _, ...error }) => error)
      const before = this.#given.get(table) ?? 0
      this.#given.set(table, before + rows.length)
      return { table, rows, before }
    })
    return {
      deltas: parts.map(({ table, rows, before }) => ({ table, chunks: [chunkOfErrors(rows, before)] })),
      publish: () => {
        for (const { table, rows, before } of parts) this.#keep(table, rows, before + rows.length)
      },
    }
  }

  /** Rows of one of a relation's tables, at recovery, in epoch order. */
  load({ relation, spec }: DeclaredTable, chunk: Chunk): void {
    const value = (column: number, row: number) => cellValue(chunk.columns[column]!, row)
    const rows = Array.from({ length: chunk.length }, (_, row) => ({
      number: Number(value(1, row)),
      relation,
      atMs: Number(value(2, row)),
      origin: String(value(3, row)),
      error: String(value(4, row)),
      payload: String(value(5, row)),
    }))
    // A merged object has them by slot.
    rows.sort((a, b) => a.number - b.number)
    const count = rows.at(-1)?.number ?? 0
    this.#keep(
      spec.id,
      rows.map(({ number: _, ...row }) => row),
      count,
    )
    this.#given.set(spec.id, count)
  }

  drop(relation: RelationId): void {
    for (const { spec } of errorTables(relation)) {
      this.#rings.delete(spec.id)
      this.#given.delete(spec.id)
    }
  }

  #keep(table: string, rows: readonly StreamError[], count: number): void {
    let ring = this.#rings.get(table)
    if (ring === undefined) this.#rings.set(table, (ring = { rows: [], count: 0 }))
    ring.rows.push(...rows.slice(-KEPT))
    ring.rows.splice(0, Math.max(0, ring.rows.length - KEPT))
    ring.count = count
  }
}

function chunkOfErrors(errors: readonly StreamError[], before: number): Chunk {
  const numbered = errors.map((error, i) => ({ ...error, number: before + i + 1 })).slice(-KEPT)
  return chunkOf(
    SCHEMA.map(field => field.type),
    numbered.map(({ number, atMs, origin, error, payload }) => [
      number % KEPT,
      BigInt(number),
      BigInt(Math.round(atMs)),
      origin,
      error,
      payload,
    ]),
  )
}
