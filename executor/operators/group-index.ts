import { byteLengths, ColumnBuffer } from '../../storage/column-buffer.ts'
import { equalCells } from '../../storage/compare-cells.ts'
import { scatter } from '../../storage/hash-index.ts'
import { hashRows } from '../../storage/hash-rows.ts'
import type { Bytes, Chunk, Column } from '../../types/chunk.ts'
import { physical, type Schema } from '../../types/type.ts'

type Same = (row: number, id: number) => boolean

/** Numbers groups 0, 1, … by their key columns, in the order in which they first come. */
export class GroupIndex {
  readonly columns: readonly ColumnBuffer[]
  count = 0
  #hashes = new Int32Array(64)
  /** Group + 1; 0: free. */
  #slots = new Int32Array(128)
  #mask = 127
  #batch = new Int32Array(0)
  /** The last group that was added made arrays of the columns be others. */
  #moved = false

  constructor(keys: Schema) {
    this.columns = keys.map(field => new ColumnBuffer(field.type))
  }

  /** Groups of the chunk's rows into `out`; new ones get the next numbers. */
  findOrAdd(chunk: Chunk, keys: readonly number[], out: Int32Array): void {
    if (keys.length === 0) {
      if (chunk.length > 0) this.count = 1
      out.fill(0, 0, chunk.length)
      return
    }
    if (this.#batch.length < chunk.length) this.#batch = new Int32Array(chunk.length)
    const hashes = this.#batch
    hashRows(chunk, keys, hashes)
    const theirs = keys.map(i => chunk.columns[i]!)
    let same = sameKey(theirs, this.columns)
    for (let row = 0; row < chunk.length; row++) {
      const hash = hashes[row]!
      let slot = scatter(hash) & this.#mask
      let id = this.#slots[slot]! - 1
      while (id !== -1 && (this.#hashes[id] !== hash || !same(row, id))) {
        slot = (slot + 1) & this.#mask
        id = this.#slots[slot]! - 1
      }
      if (id === -1) {
        id = this.#add(hash, slot, theirs, row)
        if (this.#moved) same = sameKey(theirs, this.columns)
      }
      out[row] = id
    }
  }

  get bytes(): number {
    return byteLengths([this.#hashes, this.#slots, ...this.columns])
  }

  #add(hash: number, slot: number, keys: readonly Column[], row: number): number {
    const id = this.count++
    this.#moved = id === this.#hashes.length
    if (this.#moved) {
      const hashes = new Int32Array(id * 2)
      hashes.set(this.#hashes)
      this.#hashes = hashes
    }
    for (let k = 0; k < keys.length; k++) {
      const column = this.columns[k]!
      const { capacity, nulls } = column
      column.reserve(this.#hashes.length)
      column.copy(id, keys[k]!, row)
      this.#moved ||= column.capacity !== capacity || column.nulls !== nulls
    }
    this.#hashes[id] = hash
    this.#slots[slot] = id + 1
    if (this.count * 2 > this.#mask) this.#grow()
    return id
  }

  #grow(): void {
    this.#mask = this.#mask * 2 + 1
    this.#slots = new Int32Array(this.#mask + 1)
    for (let id = 0; id < this.count; id++) {
      let slot = scatter(this.#hashes[id]!) & this.#mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask
      this.#slots[slot] = id + 1
    }
  }
}

/** Compares keys of equal hash. */
function sameKey(theirs: readonly Column[], own: readonly ColumnBuffer[]): Same {
  const parts = theirs.map((column, k) => sameCell(column, own[k]!))
  if (parts.length === 1) return parts[0]!
  if (parts.length === 2) {
    const [first, second] = parts as [Same, Same]
    return (row, id) => first(row, id) && second(row, id)
  }
  return (row, id) => {
    for (let k = 0; k < parts.length; k++) if (!parts[k]!(row, id)) return false
    return true
  }
}

function sameCell(a: Column, b: ColumnBuffer): Same {
  if (a.nulls === null && b.nulls === null && a.type.name !== 'jsonb')
    switch (physical(a.type)) {
      case 'i32': {
        const [x, y] = [a.data as Int32Array, b.i32]
        return (row, id) => x[row] === y[id]
      }
      case 'i64': {
        const [x, y] = [a.data as BigInt64Array, b.i64]
        return (row, id) => x[row] === y[id]
      }
      case 'bytes': {
        const { bytes, starts, ends } = a.data as Bytes
        return (row, id) => {
          let from = starts[row]!
          const to = ends[row]!
          let other = b.starts[id]!
          if (to - from !== b.ends[id]! - other) return false
          while (from < to) if (bytes[from++] !== b.arena[other++]) return false
          return true
        }
      }
      default:
    }
  return (row, id) => equalCells(a, row, b, id)
}
