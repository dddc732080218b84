import type { Chunk, Column } from '../types/chunk.ts'
import { assert } from '../types/error.ts'
import type { Value } from '../types/value.ts'
import { wordsOf } from '../types/words.ts'
import { ChunkBuilder } from './chunk-builder.ts'
import { byteLengths } from './column-buffer.ts'
import { equalCells } from './compare-cells.ts'
import type { RowId, StateTable as StateTableContract, TableDelta, TableSpec } from './contract.ts'
import { enterRows } from './enter-rows.ts'
import { gather32, lastingRows, ownedRows } from './gather.ts'
import { blankArray, isShared } from './growing-array.ts'
import { HashIndex, scatter } from './hash-index.ts'
import { hashRow, hashRows } from './hash-rows.ts'
import { KeyIndexes } from './key-indexes.ts'
import { locateLoading } from './locate-loading.ts'
import { type RowBound, rowsAbove } from './row-bounds.ts'
import { DELTA_ROWS, ownedChunks } from './row-chunks.ts'
import { ListIndex, OrderIndex } from './row-index.ts'
import { RowSlab } from './row-slab.ts'
import { compareCellForms, hasForms } from './same-form.ts'
import { byVirtualNode } from './virtual-nodes.ts'

/** Append: at least so much of the rows of an epoch counts as sealed by it, whatever expired before. */
const SEALED_SHARE_MIN = 0.25
/** Keyed: so many loaded rows, and as many as there are already, enter the index at once. */
const ENTERED_MIN = 1 << 18
/** Append: expired rows are not looked for in smaller tables. */
const EXPIRE_ROWS = 4096

/**
 * Rows in typed slab columns by row id. A row whose weight fell to 0 keeps its slot as a tombstone until the seal when
 * the last seal knew it, because the delta must still name it; secondary indexes hold rows of weight ≠ 0 only.
 */
export class StateTable extends RowSlab implements StateTableContract {
  readonly spec: TableSpec
  /** Identity of a row: the key, or every column. */
  readonly identity: readonly number[]
  readonly #tracked: boolean
  /** Columns whose equal values must look the same too for two rows to be one. */
  readonly #formed: readonly number[]
  readonly #index: HashIndex | undefined
  readonly #secondary: (ListIndex | OrderIndex)[]
  /** Indexes by which queries find rows; undefined: none asked yet. */
  #byKeys: KeyIndexes | undefined
  #dirty: number[] = []
  /** Append: rows below it were sealed. */
  #sealed = 0
  /** Append: what the seal has to take; undefined: all rows behind #sealed. */
  #fresh: Int32Array | undefined
  /** Append: the rows that stay when the others go, after the seal. */
  #staying: { readonly rows: Int32Array; readonly moved: Moved | undefined } | undefined
  /** Append: rows left when expired ones were last looked for; undefined: rows never expire so far. */
  #left: number | undefined
  /** Append: of the rows of the last epoch, those that the seal took; whether a seal holds views of the rows, whether rows are stored, and whether those are past. */
  #sealedShare = 1
  #lent = false
  #stored = false
  #whole = false
  /** Loaded rows at the end that no index knows yet. */
  #unentered = 0
  #size = 0
  #batchHashes = new Int32Array(0)

  /** `tracked` false: no seal will be asked for (batch), so nothing is remembered for it. */
  constructor(spec: TableSpec, tracked = spec.storedAs === undefined) {
    super(spec.schema, tracked || spec.storedAs !== undefined)
    this.spec = spec
    this.#tracked = tracked
    this.identity = spec.mode === 'keyed' ? spec.key : spec.schema.map((_, i) => i)
    this.#formed =
      spec.mode === 'bag' && spec.forms !== 'merged'
        ? this.identity.filter(i => hasForms(spec.schema[i]!.type))
        : []
    this.#index = spec.mode === 'keyed' || spec.mode === 'bag' ? new HashIndex() : undefined
    this.#secondary = spec.indexes.map(index =>
      index.kind === 'hash'
        ? new ListIndex(this, index.columns, spec.mode !== 'append', tracked)
        : new OrderIndex(this, index.prefix, index.order),
    )
  }

  /** Live rows (bag: distinct ones). */
  get size(): number {
    return this.#size
  }

  /** Bytes that the next seal copies, about. */
  get changedBytes(): number {
    if (this.spec.storedAs !== undefined) return 0
    const rows = !this.#tracked
      ? this.#size
      : this.spec.mode === 'append'
        ? (this.end - this.#sealed) * this.#sealedShare
        : this.#dirty.length
    if (rows === 0) return 0
    let rowBytes = 4
    for (const column of this.columns) rowBytes += column.rowBytes(this.end)
    return rows * rowBytes
  }

  get bytes(): number {
    const indexes = (this.#index?.byteLength ?? 0) + byteLengths(this.#secondary)
    return this.weights.length * 13 + byteLengths(this.columns) + indexes + (this.#byKeys?.byteLength ?? 0)
  }

  column(index: number): Column {
    return this.columns[index]!
  }

  valueAt(id: RowId, column: number): Value {
    return this.columns[column]!.get(id)
  }

  /** Live row whose identity equals `columns` of the chunk's row (default: the identity's own positions), or -1. */
  find(
    chunk: { readonly columns: readonly Column[] },
    row: number,
    columns: readonly number[] = this.identity,
  ): RowId {
    const id = this.#locate(hashRow(chunk, row, columns), chunk.columns, columns, row)
    return id === -1 || this.weights[id] === 0 ? -1 : id
  }

  /** Keyed: `find` for every row of the chunk, adding rows (the key columns only, others NULL) where there is none. */
  findOrAdd(chunk: Chunk, columns: readonly number[], out: Int32Array, added: (id: RowId) => void): void {
    const hashes = this.#hashesOf(chunk, columns)
    const probe = columns.map(i => chunk.columns[i]!)
    const only = probe.length === 1 ? probe[0]! : undefined
    if (only !== undefined && only.nulls === null && this.columns[this.identity[0]!]!.kind === 'i64') {
      this.#findOrAddInt64(chunk, columns, hashes, out, added)
      return
    }
    for (let row = 0; row < chunk.length; row++) {
      let id = this.#locate(hashes[row]!, chunk.columns, columns, row)
      if (id === -1 || this.weights[id] === 0) {
        id = this.#addKey(id, hashes[row]!, chunk, columns, row)
        added(id)
      }
      out[row] = id
    }
  }

  /** Keyed: puts the row, replacing the row of its key. `columns[i]` of the chunk is column i (default: i). */
  insert(chunk: { readonly columns: readonly Column[] }, row: number, columns?: readonly number[]): RowId {
    if (this.#index === undefined) return this.#appendRow(chunk.columns, row, 1)
    const key = columns === undefined ? this.identity : this.identity.map(i => columns[i]!)
    const hash = hashRow(chunk, row, key)
    const found = this.#locate(hash, chunk.columns, key, row)
    const id = found === -1 ? this.#allocate(hash) : found
    const before = this.weights[id]!
    if (found !== -1 && before !== 0) this.#unlink(id)
    this.#touch(id)
    for (let i = 0; i < this.columns.length; i++)
      this.columns[i]!.copy(id, chunk.columns[columns === undefined ? i : columns[i]!]!, row)
    this.weights[id] = before === 0 ? 1 : before
    if (before === 0) this.#size++
    this.#link(id)
    return id
  }

  /** Keyed: puts the chunk's first rows behind all others as long as their keys are new. Returns how many they are. */
  insertNew(chunk: Chunk): number {
    if (this.free.length > 0) return 0
    const index = this.#index!
    const hashes = this.#hashesOf(chunk, this.identity)
    const first = this.end
    let count = 0
    for (; count < chunk.length; count++) {
      const hash = hashes[count]!
      if (locateLoading(this, index, hash, chunk, count, first) !== -1) break
      index.insert(hash, first + count)
    }
    this.appendColumns(chunk, undefined, count)
    this.weights.fill(1, first, this.end)
    this.hashes.set(hashes.subarray(0, count), first)
    this.#size += count
    for (let id = first; id < this.end; id++) {
      this.#link(id)
      if (!this.#tracked) continue
      this.dirtyFlags[id] = 1
      this.#dirty.push(id)
    }
    return count
  }

  /** Bag: adds to the weight of the row (append: appends it). Returns its id; -1 when it is gone for good. */
  add(chunk: { readonly columns: readonly Column[] }, row: number, weight: number): RowId {
    if (this.#index === undefined) return this.#appendRow(chunk.columns, row, weight)
    const hash = hashRow(chunk, row, this.identity)
    let id = this.#locate(hash, chunk.columns, this.identity, row)
    if (id === -1) {
      id = this.#allocate(hash)
      for (let i = 0; i < this.columns.length; i++) this.columns[i]!.copy(id, chunk.columns[i]!, row)
    }
    const before = this.weights[id]!
    this.#touch(id)
    this.weights[id] = before + weight
    if (before === 0 && weight !== 0) {
      this.#size++
      this.#link(id)
    } else if (before !== 0 && before + weight === 0) {
      this.#size--
      this.#unlink(id)
      if (!this.#tracked) {
        this.#release(id)
        return -1
      }
    }
    return id
  }

  /**
   * Append: adds rows[0 .. count) of the chunk (none given: all of them). `hashes` of the chunk's rows by the columns of
   * the secondary hash index, which is the only one.
   */
  appendRows(chunk: Chunk, rows: Int32Array | undefined, count: number, hashes: Int32Array): void {
    assert(
      this.spec.mode === 'append' && this.#secondary.length === 1,
      'rows are appended to an append table',
    )
    const first = this.appendColumns(chunk, rows, count)
    gather32(this.weights, first, chunk.weights, rows, count)
    for (let id = first; id < this.end; id++)
      assert(this.weights[id]! > 0, `rows are never retracted from an append table (${this.spec.id})`)
    this.#size += count
    this.hashIndex(0).addMany(first, rows, count, hashes)
  }

  /** Weight of the chunk's row in a bag; 0: absent. */
  weightOf(chunk: { readonly columns: readonly Column[] }, row: number): number {
    const id = this.#locate(hashRow(chunk, row, this.identity), chunk.columns, this.identity, row)
    return id === -1 ? 0 : this.weights[id]!
  }

  /** Removes a live row. */
  remove(id: RowId): void {
    assert(this.weights[id] !== 0, 'only live rows can be removed')
    assert(this.spec.mode !== 'append' || !this.#tracked, 'rows of an append table stay')
    this.#touch(id)
    this.#unlink(id)
    this.weights[id] = 0
    this.#size--
    if (!this.#tracked) this.#release(id)
  }

  /**
   * Rows with a cell below a bound matter no more: they go; from an append table when they are half of it, and after the
   * seal, as others have views of its texts until then.
   */
  expire(bounds: readonly RowBound[], moved?: Moved): void {
    if (bounds.length === 0) return
    if (this.spec.mode !== 'append') {
      this.#removeExcept(rowsAbove(this.columns, bounds, 0, this.end))
      return
    }
    const fresh = rowsAbove(this.columns, bounds, this.#sealed, this.end)
    this.#fresh = fresh.length === this.end - this.#sealed ? undefined : fresh
    this.#left ??= 0
    if (this.end < 2 * this.#left + EXPIRE_ROWS) return
    const old = rowsAbove(this.columns, bounds, 0, this.#sealed)
    this.#left = old.length + fresh.length
    if (this.#left * 2 > this.end) return
    const rows = new Int32Array(this.#left)
    rows.set(old)
    rows.set(fresh, old.length)
    this.#staying = { rows, moved }
    this.#fresh = rows
    this.#whole = this.#stored
  }

  /** After the seals of every table: expired rows go. */
  settle(): void {
    const { rows, moved } = this.#staying ?? {}
    if (rows === undefined) return
    this.#staying = undefined
    this.#keepOnly(rows)
    moved?.(rows, rows.length)
  }

  /** Says that columns of the row outside key and indexes are about to be, or were, written in place. */
  markDirty(id: RowId): void {
    this.#touch(id)
  }

  /** Writes one cell outside key and indexes. */
  set(id: RowId, column: number, value: Value): void {
    this.#touch(id)
    this.columns[column]!.set(id, value)
  }

  /** Writes one cell outside key and indexes from a column of the same type. */
  setFrom(id: RowId, column: number, from: Column, row: number): void {
    this.#touch(id)
    this.columns[column]!.copy(id, from, row)
  }

  /** What finds rows for queries. */
  get byKeys(): KeyIndexes {
    return (this.#byKeys ??= new KeyIndexes(this))
  }

  /** First row whose columns of secondary hash index `index` equal `columns` of the chunk's row, or -1. */
  first(
    index: number,
    chunk: { readonly columns: readonly Column[] },
    row: number,
    columns: readonly number[],
  ): RowId {
    return this.hashIndex(index).first(chunk, row, columns)
  }

  /** The row after `id` in the same list of index `index`, or -1. */
  next(index: number, id: RowId): RowId {
    return this.hashIndex(index).next(id)
  }

  hashIndex(index: number): ListIndex {
    const found = this.#secondary[index]
    assert(found instanceof ListIndex, 'a hash index of that number was declared')
    return found
  }

  orderedIndex(index: number): OrderIndex {
    const found = this.#secondary[index]
    assert(found instanceof OrderIndex, 'an ordered index of that number was declared')
    return found
  }

  /** Visits live rows; the current one may be removed. */
  forEachRow(visit: (id: RowId) => void): void {
    for (let id = 0; id < this.end; id++) if (this.weights[id] !== 0) visit(id)
  }

  /** Live rows as owned chunks of at most `batchRows` rows; keyed rows have weight 1. */
  *scanChunks(
    columns: readonly number[] = this.columns.map((_, i) => i),
    batchRows = 4096,
  ): Generator<Chunk> {
    const builder = new ChunkBuilder(columns.map(i => this.columns[i]!.type))
    const end = this.end
    for (let id = 0; id < end; id++) {
      if (this.weights[id] === 0) continue
      for (let i = 0; i < columns.length; i++)
        builder.columns[i]!.copy(builder.length, this.columns[columns[i]!]!, id)
      builder.push(this.weights[id]!)
      if (builder.length === batchRows) yield builder.take()!
    }
    const rest = builder.take()
    if (rest !== undefined) yield rest
  }

  /** Live rows in the order of their virtual nodes, as owned chunks. */
  *scanByVirtualNode(batchRows: number): Generator<Chunk> {
    const { columns, weights } = this
    const rows = byVirtualNode(
      { columns, weights, length: this.end },
      this.spec.shard,
      id => weights[id] !== 0,
    )
    for (let from = 0; from < rows.length; from += batchRows) {
      const part = rows.subarray(from, from + batchRows)
      const { length } = part
      const own = new Int32Array(length)
      gather32(own, 0, weights, part, length)
      yield { columns: columns.map(column => ownedRows(column, part, length)), weights: own, length }
    }
  }

  seal(): TableDelta | undefined {
    if (this.spec.storedAs !== undefined) {
      this.forget()
      return undefined
    }
    assert(this.#tracked, 'a table that is not tracked has no delta')
    if (this.spec.mode === 'append') return this.#sealAppended()
    const dirty = this.#dirty
    if (dirty.length === 0) return undefined
    const ids = new Int32Array(dirty.length)
    const changes = new Int32Array(dirty.length)
    const dead: RowId[] = []
    let count = 0
    const { mode } = this.spec
    for (let i = 0; i < dirty.length; i++) {
      const id = dirty[i]!
      const weight = this.weights[id]!
      const base = this.base[id]!
      this.dirtyFlags[id] = 0
      this.base[id] = weight
      if (mode === 'bag') assert(weight >= 0, `weights are not negative at a barrier (table ${this.spec.id})`)
      const change = mode !== 'keyed' ? weight - base : weight !== 0 ? 1 : base !== 0 ? -1 : 0
      if (change !== 0) {
        ids[count] = id
        changes[count++] = change
      }
      if (weight === 0 || mode === 'log') dead.push(id)
    }
    this.#dirty = []
    const chunks = ownedChunks(this.columns, ids, changes, count)
    for (const id of dead) {
      if (this.weights[id] !== 0) {
        this.#unlink(id)
        this.weights[id] = 0
        this.#size--
      }
      this.#release(id)
    }
    for (const column of this.columns) column.compact(this.end)
    return chunks.length === 0 ? undefined : { table: this.spec.id, chunks }
  }

  /** Folds stored chunks in (see TableMode); the rows are clean afterwards. */
  load(chunks: readonly Chunk[]): void {
    const rows = chunks.reduce((sum, { length }) => sum + length, this.end)
    if (this.spec.mode !== 'bag' && rows > this.weights.length) this.reserve(rows)
    for (const chunk of chunks) this.loadMore(chunk, 0)
    this.loaded()
  }

  /** `load` of one chunk of many, `expected` rows in all: rows can be found, and are clean, after `loaded`. */
  loadMore(chunk: Chunk, expected: number): void {
    if (this.end === 0 && expected > chunk.length) {
      this.reserve(expected)
      this.#index?.reserve(expected)
    }
    switch (this.spec.mode) {
      case 'keyed':
        this.#appendLoaded(chunk)
        if (this.#unentered >= Math.max(ENTERED_MIN, this.#size)) this.#enterLoaded()
        break
      case 'append':
        this.#appendLoaded(chunk)
        this.#linkLoaded()
        break
      default:
        for (let row = 0; row < chunk.length; row++) this.add(chunk, row, chunk.weights[row]!)
    }
  }

  loaded(): void {
    if (this.#unentered > 0) this.#enterLoaded()
    this.#index?.fit()
    this.forget()
  }

  /** Puts the chunk's rows behind all others. */
  #appendLoaded(chunk: Chunk): void {
    const first = this.appendColumns(chunk, undefined, chunk.length)
    const weights = chunk.weights.subarray(0, chunk.length)
    this.weights.set(weights, first)
    this.base.set(weights, first)
    if (this.#index !== undefined) hashRows(chunk, this.identity, this.hashes.subarray(first, this.end))
    this.#unentered += chunk.length
  }

  /** Append: they are rows of the table now. */
  #linkLoaded(): void {
    const first = this.end - this.#unentered
    for (let id = first; id < this.end; id++) {
      assert(this.weights[id]! > 0, `rows are never retracted from an append table (${this.spec.id})`)
      this.#link(id)
    }
    this.#size += this.#unentered
    this.#unentered = 0
  }

  /** Keyed: the last row of each key is a row of the table now. The last rows move to where others are gone. */
  #enterLoaded(): void {
    assert(this.#dirty.length === 0, 'rows are loaded into a table without changes')
    const index = this.#index!
    const first = this.end - this.#unentered
    const { columns, identity, weights } = this
    const gone = enterRows(index, { columns, identity, hashes: this.hashes, weights }, first, this.end)
    for (const id of gone) {
      if (id < first) this.#unlink(id)
      for (const column of columns) column.discard(id)
      weights[id] = 0
      this.base[id] = 0
    }
    const moved = this.fillHoles(gone, first, (id, from) => index.replace(this.hashes[id]!, from, id))
    for (let id = first; id < this.end; id++) this.#link(id)
    for (const id of moved) if (id < first) this.#link(id)
    this.#size = index.count
    this.#unentered = 0
  }

  /** Takes the present rows for sealed. */
  forget(): void {
    this.#sealed = this.end
    this.#stored = this.end > 0
    for (const id of this.#dirty) {
      this.dirtyFlags[id] = 0
      this.base[id] = this.weights[id]!
      if (this.weights[id] === 0) this.#release(id)
    }
    this.#dirty = []
    for (const column of this.columns) column.compact(this.end)
  }

  /** Removes every row. */
  clear(): void {
    this.forEachRow(id => this.remove(id))
  }

  #findOrAddInt64(
    chunk: Chunk,
    columns: readonly number[],
    hashes: Int32Array,
    out: Int32Array,
    added: (id: RowId) => void,
  ): void {
    const index = this.#index!
    const key = this.columns[this.identity[0]!]!
    const words = wordsOf(chunk.columns[columns[0]!]!.data as BigInt64Array)
    let { i64 } = key
    let keys = wordsOf(i64)
    for (let row = 0; row < chunk.length; row++) {
      const hash = hashes[row]!
      const low = words[2 * row]!
      const high = words[2 * row + 1]!
      const { entries, mask } = index
      let id = -1
      for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
        if (entries[2 * slot] !== hash) continue
        const candidate = entries[2 * slot + 1]! - 1
        if (keys[2 * candidate] !== low || keys[2 * candidate + 1] !== high || key.isNull(candidate)) continue
        id = candidate
        break
      }
      if (id === -1 || this.weights[id] === 0) {
        id = this.#addKey(id, hash, chunk, columns, row)
        added(id)
        if (i64 !== key.i64) {
          i64 = key.i64
          keys = wordsOf(i64)
        }
      }
      out[row] = id
    }
  }

  #addKey(found: RowId, hash: number, chunk: Chunk, columns: readonly number[], row: number): RowId {
    const id = found === -1 ? this.#allocate(hash) : found
    this.#touch(id)
    if (this.columns.length > columns.length) for (const column of this.columns) column.setNull(id)
    for (let i = 0; i < columns.length; i++)
      this.columns[this.identity[i]!]!.copy(id, chunk.columns[columns[i]!]!, row)
    this.weights[id] = 1
    this.#size++
    this.#link(id)
    return id
  }

  #removeExcept(kept: Int32Array): void {
    let next = 0
    for (let id = 0; id < this.end; id++)
      if (kept[next] === id) next++
      else if (this.weights[id] !== 0) this.remove(id)
  }

  /** Append: leaves these rows, in their order. */
  #keepOnly(rows: Int32Array): void {
    const { weights } = this
    if (this.#lent) this.weights = blankArray(weights, this.#tracked)
    gather32(this.weights, 0, weights, rows, rows.length)
    this.#byKeys = undefined
    for (const column of this.columns) column.keepOnly(rows, rows.length, this.end, this.#lent)
    this.end = rows.length
    this.#size = rows.length
    for (const index of this.#secondary) {
      assert(index instanceof ListIndex, 'an append table whose rows expire has hash indexes only')
      index.rebuild(rows.length)
    }
    this.#sealed = this.end
    this.#lent = false
  }

  /** Rows that stay as they are need not be copied: other threads read them where they lie. */
  #sealAppended(): TableDelta | undefined {
    const added = this.end - this.#sealed
    const chunks = this.#left === undefined ? this.#lentRows() : this.#freshRows()
    if (this.#fresh !== undefined && added > 0)
      this.#sealedShare = Math.min(1, Math.max(SEALED_SHARE_MIN, this.#fresh.length / added))
    this.#sealed = this.end
    this.#fresh = undefined
    const whole = this.#whole
    this.#whole = false
    this.#stored = chunks.length > 0 || (this.#stored && !whole)
    if (whole) return { table: this.spec.id, chunks, whole }
    return chunks.length === 0 ? undefined : { table: this.spec.id, chunks }
  }

  #freshRows(): Chunk[] {
    const rows = this.#fresh ?? rowsAbove(this.columns, [], this.#sealed, this.end)
    const weights = new Int32Array(rows.length)
    gather32(weights, 0, this.weights, rows, rows.length)
    return ownedChunks(this.columns, rows, weights, rows.length)
  }

  #lentRows(): Chunk[] {
    const chunks: Chunk[] = []
    this.#lent ||= this.#sealed < this.end
    for (let from = this.#sealed; from < this.end; from += DELTA_ROWS) {
      const to = Math.min(this.end, from + DELTA_ROWS)
      const { weights } = this
      chunks.push({
        columns: this.columns.map(column => lastingRows(column, from, to)),
        weights: isShared(weights) ? weights.subarray(from, to) : weights.slice(from, to),
        length: to - from,
      })
    }
    return chunks
  }

  /** Valid until the next call. */
  #hashesOf(chunk: Chunk, columns: readonly number[]): Int32Array {
    if (this.#batchHashes.length < chunk.length) this.#batchHashes = new Int32Array(chunk.length)
    hashRows(chunk, columns, this.#batchHashes)
    return this.#batchHashes
  }

  /** Row with that identity, live or tombstone. */
  #locate(hash: number, from: readonly Column[], positions: readonly number[], row: number): RowId {
    const index = this.#index
    assert(index !== undefined, 'only keyed and bag tables find rows')
    const { entries, mask } = index
    const identity = this.identity
    outer: for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      if (entries[2 * slot] !== hash) continue
      const id = entries[2 * slot + 1]! - 1
      for (let i = 0; i < identity.length; i++)
        if (!equalCells(this.columns[identity[i]!]!, id, from[positions[i]!]!, row)) continue outer
      for (const i of this.#formed)
        if (compareCellForms(this.columns[i]!, id, from[positions[i]!]!, row) !== 0) continue outer
      return id
    }
    return -1
  }

  #appendRow(from: readonly Column[], row: number, weight: number): RowId {
    assert(weight > 0, `rows are never retracted from an ${this.spec.mode} table (${this.spec.id})`)
    const id = this.#allocate(0)
    this.#touch(id)
    for (let i = 0; i < this.columns.length; i++) this.columns[i]!.copy(id, from[i]!, row)
    this.weights[id] = weight
    this.#size++
    this.#link(id)
    return id
  }

  #allocate(hash: number): RowId {
    const id = this.free.pop() ?? this.end++
    if (id >= this.weights.length) this.reserve(id + 1)
    if (this.#index !== undefined) {
      this.hashes[id] = hash
      this.#index.insert(hash, id)
    }
    this.base[id] = 0
    return id
  }

  /** Gives the slot of a dead row back. */
  #release(id: RowId): void {
    this.#index?.remove(this.hashes[id]!, id)
    for (const column of this.columns)
      if (column.kind === 'bytes' || column.kind === 'values') column.setNull(id)
    this.base[id] = 0
    this.free.push(id)
  }

  #touch(id: RowId): void {
    if (!this.#tracked || this.dirtyFlags[id] === 1 || this.spec.mode === 'append') return
    this.dirtyFlags[id] = 1
    this.base[id] = this.weights[id]!
    this.#dirty.push(id)
  }

  #link(id: RowId): void {
    for (let i = 0; i < this.#secondary.length; i++) this.#secondary[i]!.add(id)
    this.#byKeys?.add(id)
  }

  #unlink(id: RowId): void {
    for (let i = 0; i < this.#secondary.length; i++) this.#secondary[i]!.remove(id)
    this.#byKeys?.remove(id)
  }
}

/** Row ids[i] is row i now, for i < count. */
type Moved = (ids: Int32Array, count: number) => void
