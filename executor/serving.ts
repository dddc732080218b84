import { rowOf } from '../storage/chunk-builder.ts'
import type { TableDelta, TableSpec } from '../storage/contract.ts'
import { StateTable } from '../storage/state-table.ts'
import { type Chunk, type Column, insertions } from '../types/chunk.ts'
import { assert, notSupported } from '../types/error.ts'
import type { Job, RelationId, Scan } from '../types/job.ts'
import { type Schema, TIMESTAMPTZ } from '../types/type.ts'
import type { BatchRows } from './batch.ts'
import { History, type Moment, type Pin } from './history.ts'
import { ownedChunk } from './owned-chunk.ts'
import { readOrdered } from './read-ordered.ts'
import { sampleOf, type TableSample } from './table-sample.ts'
import { chosen, TableScan } from './table-scan.ts'

/** Rows of every table and materialized view at the last committed epoch, in the main thread. */
export class ServingTables {
  readonly #tables = new Map<RelationId, StateTable>()
  readonly #relations = new Map<string, RelationId>()
  readonly #timed = new Set<RelationId>()
  readonly #samples = new Map<RelationId, { readonly table: StateTable; readonly sample: TableSample }>()
  /** Changes by which rows of an earlier time are found; undefined: none are kept. */
  #history: History | undefined
  /** Scans under way. */
  readonly #scans = new Map<RelationId, Set<TableScan>>()

  /** `timed`: rows are served with the time of their last write behind their columns, unless equal rows are one (a bag). */
  add(relation: RelationId, spec: TableSpec, timed = false): void {
    const times = timed && spec.mode !== 'bag'
    const schema = times ? [...spec.schema, ROW_TIME] : spec.schema
    this.#tables.set(relation, new StateTable({ ...spec, schema }, false))
    if (times) this.#timed.add(relation)
    else this.#timed.delete(relation)
    this.#relations.set(spec.id, relation)
  }

  drop(relation: RelationId): void {
    const table = this.#tables.get(relation)
    if (table === undefined) return
    this.#tables.delete(relation)
    this.#scans.delete(relation)
    this.#timed.delete(relation)
    this.#samples.delete(relation)
    this.#relations.delete(table.spec.id)
  }

  has(relation: RelationId): boolean {
    return this.#tables.has(relation)
  }

  /** Folds one epoch's change in; a table that is not served (any more) is skipped. */
  apply(delta: TableDelta, nowMs: number): void {
    const relation = this.#relations.get(delta.table)
    if (relation === undefined) return
    for (const scan of [...(this.#scans.get(relation) ?? [])]) scan.settle()
    const timed = this.#timed.has(relation)
    const rows = timed ? delta.chunks.map(chunk => withTime(chunk, nowMs)) : delta.chunks
    this.#tables.get(relation)!.load(rows)
    this.#history?.add(relation, nowMs, delta.chunks)
  }

  /** Takes stored rows, of which nobody reads any before `restored`. */
  restore(table: string, chunk: Chunk, expected: number): void {
    const relation = this.#relations.get(table)
    if (relation === undefined) return
    const rows = this.#timed.has(relation) ? withTime(chunk, undefined) : chunk
    this.#tables.get(relation)!.loadMore(rows, expected)
  }

  restored(): void {
    for (const table of this.#tables.values()) table.loaded()
  }

  /** Changes are kept from now on. */
  beginHistory(nowMs: number, keepMs: () => number): void {
    this.#history = new History(nowMs, keepMs)
  }

  /** The relation has other columns from the change on that comes now. */
  cutHistory(relation: RelationId, nowMs: number): void {
    this.#history?.cut(relation, nowMs)
  }

  /** The relation's rows at an earlier moment. Throws 22023 or 72000 where they are not kept any more. */
  readAt(relation: RelationId, at: Moment): BatchRows {
    if (this.#history === undefined) throw notSupported('FOR SYSTEM_TIME AS OF')
    const beside = this.#timed.has(relation) ? [ROW_TIME] : []
    return this.#history.rowsAt(
      relation,
      at,
      this.schema(relation),
      () => this.scan(relation, undefined),
      beside,
    )
  }

  /** Holds the rows of now for readers to come. */
  pin(): Pin {
    assert(this.#history !== undefined, 'changes are kept')
    return this.#history.pin()
  }

  /** Whether the relation's rows are others than at that moment, or may be. */
  isChanged(relation: RelationId, at: Moment): boolean {
    return this.#history?.isChanged(relation, at) !== false
  }

  schema(relation: RelationId): Schema {
    const table = this.#tables.get(relation)
    assert(table !== undefined, `relation ${relation} is served`)
    return this.#timed.has(relation) ? table.spec.schema.slice(0, -1) : table.spec.schema
  }

  rowCount(relation: RelationId): number {
    const table = this.#tables.get(relation)
    if (table === undefined) return 0
    if (table.spec.mode !== 'bag') return table.size
    let rows = 0
    table.forEachRow(id => {
      rows += table.weights[id]!
    })
    return rows
  }

  /** Distinct rows and bytes by relation. */
  sizes(): { readonly relation: RelationId; readonly rows: number; readonly bytes: number }[] {
    return [...this.#tables].map(([relation, { size, bytes }]) => ({ relation, rows: size, bytes }))
  }

  get bytes(): number {
    let sum = 0
    for (const table of this.#tables.values()) sum += table.bytes
    return sum
  }

  /** The relation's rows, of one moment, copied at once: nothing is shared. */
  read(relation: RelationId): readonly Chunk[] {
    const width = this.schema(relation).length
    const own = ({ columns, ...rest }: Chunk): Chunk =>
      ownedChunk({ ...rest, columns: columns.slice(0, width) })
    return Array.from(new TableScan(this.#table(relation), undefined), own)
  }

  /**
   * The relation's rows, of this moment, copied only when they change while they are read. `columns` are the ones that matter,
   * undefined: all; the others are NULL. With `by`, only rows of that key when the relation can find them by it.
   */
  scan(relation: RelationId, columns: readonly number[] | undefined, by?: Scan): BatchRows {
    const table = this.#table(relation)
    const found = by === undefined ? undefined : (readKey(table, by) ?? readOrdered(table, by))
    if (found !== undefined) return found
    const open = this.#scans.get(relation) ?? new Set()
    this.#scans.set(relation, open)
    const scan = new TableScan(table, columns, () => open.delete(scan))
    open.add(scan)
    return scan
  }

  /** Columns of the row of a key; undefined: the relation finds no row by it. */
  readRow(relation: RelationId, by: Scan, columns: readonly number[]): readonly Chunk[] | undefined {
    return readKey(this.#table(relation), by, columns)
  }

  /** Some rows and how many there are, as of the last time that their number had changed by a tenth. */
  sample(relation: RelationId): TableSample {
    const table = this.#table(relation)
    const known = this.#samples.get(relation)
    if (known?.table === table && Math.abs(known.sample.rows - table.size) * 10 <= table.size)
      return known.sample
    const sample = sampleOf(table)
    this.#samples.set(relation, { table, sample })
    return sample
  }

  #table(relation: RelationId): StateTable {
    const table = this.#tables.get(relation)
    assert(table !== undefined, `relation ${relation} is served`)
    return table
  }
}

const ROW_TIME = { name: '_rw_timestamp', type: TIMESTAMPTZ } as const

let none = { data: new BigInt64Array(0), nulls: new Uint8Array(0) }

function noTimes(length: number): Column {
  if (none.data.length < length)
    none = { data: new BigInt64Array(length), nulls: new Uint8Array(length).fill(1) }
  return { type: TIMESTAMPTZ, data: none.data.subarray(0, length), nulls: none.nulls.subarray(0, length) }
}

/** Rows without a time were written before the server started. */
function withTime({ columns, weights, length }: Chunk, nowMs: number | undefined): Chunk {
  if (nowMs === undefined) return { columns: [...columns, noTimes(length)], weights, length }
  const data = new BigInt64Array(length).fill(BigInt(Math.trunc(nowMs)) * 1000n)
  return { columns: [...columns, { type: TIMESTAMPTZ, data, nulls: null }], weights, length }
}

/** Whether queries may ask when a row of the job's relation was written: not of indexes and subscriptions. */
export function isTimed({ nodes }: Job): boolean {
  const last = nodes.at(-1)?.spec
  if (last?.kind !== 'materialize' || last.order !== undefined) return false
  return !nodes.some(({ spec }) => spec.kind === 'changelog')
}

/** The row of a key when `by` names all key columns of a keyed table. */
function readKey(
  table: StateTable,
  by: Scan,
  columns: readonly number[] = table.columns.map((_, i) => i),
): readonly Chunk[] | undefined {
  const { mode, key } = table.spec
  if (
    by.range !== undefined ||
    mode !== 'keyed' ||
    key.length === 0 ||
    !key.every(column => by.columns.includes(column))
  )
    return undefined
  const types = key.map(column => table.columns[column]!.type)
  const values = key.map(column => by.equals[by.columns.indexOf(column)]!)
  const id = table.find(
    rowOf(types, values),
    0,
    key.map((_, i) => i),
  )
  if (id === -1) return []
  const rows = Int32Array.of(id)
  return [
    { columns: columns.map(i => chosen(table.columns[i]!, rows, 1)), weights: insertions(1), length: 1 },
  ]
}
