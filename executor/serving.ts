import { chunkOf } from '../storage/chunk-builder.ts'
import type { TableDelta, TableSpec } from '../storage/contract.ts'
import { StateTable } from '../storage/state-table.ts'
import type { Chunk, Column, ColumnData } from '../types/chunk.ts'
import { assert } from '../types/error.ts'
import type { RelationId, Scan } from '../types/job.ts'
import { physical, type Schema, type Type } from '../types/type.ts'
import { readOrdered } from './read-ordered.ts'

const SCAN_ROWS = 4096

/** Rows of every table and materialized view at the last committed epoch, in the main thread. */
export class ServingTables {
  readonly #tables = new Map<RelationId, StateTable>()
  readonly #relations = new Map<string, RelationId>()

  add(relation: RelationId, spec: TableSpec): void {
    this.#tables.set(relation, new StateTable(spec, false))
    this.#relations.set(spec.id, relation)
  }

  drop(relation: RelationId): void {
    const table = this.#tables.get(relation)
    if (table === undefined) return
    this.#tables.delete(relation)
    this.#relations.delete(table.spec.id)
  }

  has(relation: RelationId): boolean {
    return this.#tables.has(relation)
  }

  /** Folds one epoch's change in; a table that is not served (any more) is skipped. */
  apply(delta: TableDelta): void {
    for (const chunk of delta.chunks) this.load(delta.table, chunk)
  }

  load(table: string, chunk: Chunk): void {
    const relation = this.#relations.get(table)
    if (relation !== undefined) this.#tables.get(relation)!.load(chunk)
  }

  schema(relation: RelationId): Schema {
    const table = this.#tables.get(relation)
    assert(table !== undefined, `relation ${relation} is served`)
    return table.spec.schema
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

  /**
   * Copies the relation's rows, of one moment. `columns` are the ones that matter, undefined: all; the others are NULL. With
   * `scan`, only rows of that key when the relation can find them by it.
   */
  read(relation: RelationId, columns: readonly number[] | undefined, scan?: Scan): readonly Chunk[] {
    const table = this.#tables.get(relation)
    assert(table !== undefined, `relation ${relation} is served`)
    const found = scan === undefined ? undefined : (readKey(table, scan) ?? readOrdered(table, scan))
    if (found !== undefined) return found
    if (columns === undefined) return [...table.scanChunks(undefined, SCAN_ROWS)]
    const types = table.columns.map(column => column.type)
    return Array.from(table.scanChunks(columns, SCAN_ROWS), chunk => widened(chunk, columns, types))
  }

  /** Rows in chunks one after the other, all of them copied at the first step. */
  readAll(relation: RelationId): readonly Chunk[] {
    return this.read(relation, undefined)
  }
}

/** The row of a key when `scan` names all key columns of a keyed table. */
function readKey(table: StateTable, scan: Scan): readonly Chunk[] | undefined {
  const { mode, key } = table.spec
  if (
    scan.range !== undefined ||
    mode !== 'keyed' ||
    key.length === 0 ||
    !key.every(column => scan.columns.includes(column))
  )
    return undefined
  const types = key.map(column => table.columns[column]!.type)
  const values = key.map(column => scan.equals[scan.columns.indexOf(column)]!)
  const probe = chunkOf(types, [values])
  const id = table.find(
    probe,
    0,
    key.map((_, i) => i),
  )
  if (id === -1) return []
  const row = table.columns.map((_, i) => table.valueAt(id, i))
  return [
    chunkOf(
      table.columns.map(column => column.type),
      [row],
    ),
  ]
}

/** The chunk with its columns at their places in the relation; the others are NULL. */
function widened(chunk: Chunk, at: readonly number[], types: readonly Type[]): Chunk {
  const columns = types.map((type, i): Column => {
    const position = at.indexOf(i)
    return position === -1 ? nullColumn(type) : chunk.columns[position]!
  })
  return { columns, weights: chunk.weights, length: chunk.length }
}

const allNull = new Uint8Array(SCAN_ROWS).fill(1)
const nothing: Readonly<Record<ReturnType<typeof physical>, ColumnData>> = {
  u8: new Uint8Array(SCAN_ROWS),
  i32: new Int32Array(SCAN_ROWS),
  i64: new BigInt64Array(SCAN_ROWS),
  f64: new Float64Array(SCAN_ROWS),
  bytes: { bytes: new Uint8Array(0), starts: new Int32Array(SCAN_ROWS), ends: new Int32Array(SCAN_ROWS) },
  values: new Array<null>(SCAN_ROWS).fill(null),
}

function nullColumn(type: Type): Column {
  return { type, data: nothing[physical(type)], nulls: allNull }
}
