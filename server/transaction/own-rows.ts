import type { Relation } from '../../planner/catalog.ts'
import type { OwnRows } from '../../planner/contract.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { trimDecimal } from '../../types/decimal.ts'
import { notSupported } from '../../types/error.ts'
import { toJson } from '../../types/json.ts'
import type { Value } from '../../types/value.ts'
import type { ChangedRows } from '../statements/contract.ts'
import { isRowId, tellingColumns } from '../statements/row-id-column.ts'

type Row = readonly Value[]

/** A block has fewer rows than that. */
const PART_BITS = 32n

interface Touched {
  readonly key: Row
  /** As it was committed; undefined: it was not read before it was written. */
  readonly before: Row | undefined
  /** When it was touched first. */
  readonly since: number
  now: Version
}

/** A row since a change, counted from the table's first. */
interface Version {
  readonly since: number
  /** undefined: removed. */
  readonly row: Row | undefined
  readonly older: Version | undefined
}

/**
 * What one transaction block has changed of a table: the chunks in order, as they are written at its end, and folded by key, as
 * the block reads them. Rows of a table without a key get their numbers where they are written; until then the block tells its
 * own by numbers below zero.
 */
export class TableChanges {
  readonly table: Relation
  readonly #chunks: Chunk[] = []
  readonly #key: readonly number[]
  /** Place of the numbers of rows; -1: the table has a key. */
  readonly #rowId: number
  #rows = new Map<unknown, Touched>()
  /** So many of #rows are of others. */
  #touched = 0
  /** So many chunks are folded. */
  #folded = 0
  #changes = 0
  #seen: Seen | undefined
  /** Chunks may name rows by the numbers that the block gave them. */
  #isRead = false
  readonly #firstId: bigint
  #lastId: bigint

  /** `part`: so often the session had written what its blocks changed; cursors may know numbers of those parts. */
  constructor(table: Relation, part: number) {
    this.table = table
    this.#firstId = this.#lastId = -BigInt(part) << PART_BITS
    this.#key = tellingColumns(table)
    this.#rowId = table.key.length > 0 ? -1 : table.columns.findIndex(isRowId)
  }

  get length(): number {
    return this.#chunks.length
  }

  /** Whether it can be told what its rows are before they are written: no row decides what another does. */
  get isReadable(): boolean {
    const { conflict, job } = this.table
    const versioned = job?.nodes.some(({ spec }) => spec.kind === 'upsert' && spec.version !== undefined)
    return this.#key.length > 0 && (conflict === undefined || conflict === 'overwrite') && versioned !== true
  }

  add(chunks: readonly Chunk[]): void {
    this.#chunks.push(...chunks)
  }

  /** What came after the first `length` chunks did not happen; yields that. */
  truncate(length: number): readonly Chunk[] {
    if (length >= this.#chunks.length) return []
    // Cursors may read what it was.
    this.#rows = new Map()
    this.#seen = undefined
    this.#touched = 0
    this.#folded = 0
    this.#lastId = this.#firstId
    return this.#chunks.splice(length)
  }

  /** Throws 0A000 for a table that decides by the rows there what a new one does. */
  read(): OwnRows {
    this.#requireReadable()
    this.#isRead = true
    this.#fold()
    if (this.#seen?.until !== this.#changes)
      this.#seen = new Seen(this.#key, this.#rows, this.#changes, this.#touched)
    return this.#seen
  }

  /** Throws 0A000 as `read` does. */
  changed(): ChangedRows {
    this.#requireReadable()
    this.#isRead = true
    this.#fold()
    return {
      touches: row => this.#rows.has(toldBy(this.#key.map(i => row[i]!))),
      rowAt: key => this.#rows.get(toldBy(key))?.now.row,
      rows: this.#all(({ now }) => now.row),
      before: this.#all(({ before, key }) => (this.#isOwn(key) ? undefined : (before ?? this.#keyed(key)))),
    }
  }

  *#all(pick: (touched: Touched) => Row | undefined): Generator<Row> {
    for (const touched of this.#rows.values()) {
      const row = pick(touched)
      if (row !== undefined) yield row
    }
  }

  /** A row of which the key alone is known. */
  #keyed(key: Row): Row {
    const row: Value[] = []
    this.#key.forEach((column, i) => {
      row[column] = key[i]!
    })
    return row
  }

  /** What is written at the end of the block. */
  written(): readonly Chunk[] {
    if (this.#rowId === -1 || !this.#isRead) return this.#chunks
    this.#fold()
    const all = [...this.#rows.values()]
    const gone = all.flatMap(({ before }) => (before === undefined ? [] : [before]))
    const come = all.flatMap(({ now: { row } }) => (row === undefined ? [] : [this.#unnumbered(row)]))
    const types = this.table.columns.map(({ type }) => type)
    const weights = [...gone.map(() => -1), ...come.map(() => 1)]
    return weights.length === 0 ? [] : [chunkOf(types, [...gone, ...come], weights)]
  }

  #requireReadable(): void {
    if (this.isReadable) return
    const { name } = this.table
    const [what, why] =
      this.#key.length === 0 ? [', whose rows have no numbers,', ''] : ['', ', for its ON CONFLICT clause']
    throw notSupported(`reading table "${name}"${what} after changing it in one transaction${why}`)
  }

  #fold(): void {
    for (; this.#folded < this.#chunks.length; this.#folded++) {
      const { columns, weights, length } = this.#chunks[this.#folded]!
      for (let row = 0; row < length; row++) {
        const values = columns.map(column => cellValue(column, row))
        // Equal rows without a key get a number each.
        for (let n = Math.abs(weights[row]!); n > 0; n--) this.#apply(values, weights[row]! > 0)
      }
    }
  }

  #apply(row: Row, comes: boolean): void {
    const numbered = comes ? this.#numbered(row) : row
    const key = this.#key.map(i => numbered[i]!)
    const told = toldBy(key)
    const known = this.#rows.get(told)
    const since = ++this.#changes
    const now = { since, row: comes ? numbered : undefined, older: known?.now }
    if (known !== undefined) {
      known.now = now
      return
    }
    this.#rows.set(told, { key, before: comes ? undefined : row, since, now })
    // Numbers below zero are of rows that nobody else has.
    if (!this.#isOwn(key)) this.#touched++
  }

  #numbered(row: Row): Row {
    return this.#rowId === -1 || row[this.#rowId] !== null ? row : row.with(this.#rowId, --this.#lastId)
  }

  #unnumbered(row: Row): Row {
    return this.#isOwn([row[this.#rowId]!]) ? row.with(this.#rowId, null) : row
  }

  #isOwn(key: Row): boolean {
    return this.#rowId !== -1 && (key[0] as bigint) < 0n
  }
}

let lastSeen = 0

/** What the block had changed after its first `until` changes. */
class Seen implements OwnRows {
  readonly key: readonly number[]
  readonly touched: number
  readonly until: number
  readonly #rows: ReadonlyMap<unknown, Touched>
  readonly #id = ++lastSeen

  constructor(key: readonly number[], rows: ReadonlyMap<unknown, Touched>, until: number, touched: number) {
    this.key = key
    this.#rows = rows
    this.until = until
    this.touched = touched
  }

  get size(): number {
    return this.#rows.size
  }

  isTouched(key: Row): boolean {
    const found = this.#rows.get(toldBy(key))
    return found !== undefined && found.since <= this.until
  }

  rows(key?: Row): readonly Row[] {
    const found = key === undefined ? [...this.#rows.values()] : [this.#rows.get(toldBy(key))]
    return found.flatMap(touched => {
      const row = touched && this.#rowOf(touched)
      return row === undefined ? [] : [row]
    })
  }

  /** Plans with equal texts are taken for one. */
  toJSON(): unknown {
    return { seen: this.#id }
  }

  #rowOf({ now }: Touched): Row | undefined {
    let version: Version | undefined = now
    while (version !== undefined && version.since > this.until) version = version.older
    return version?.row
  }
}

/** Equal for equal keys of one table. */
function toldBy(key: Row): unknown {
  const [only] = key
  const plain = key.length === 1 && (only === null || typeof only !== 'object')
  return plain ? only : toJson(key.map(comparable))
}

/** Equal for numerics that differ in trailing zeros only. */
function comparable(value: Value): unknown {
  if (value === null || typeof value !== 'object' || !('digits' in value)) return value
  return trimDecimal(value)
}
