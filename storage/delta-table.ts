import { type Bytes, type Chunk, lent } from '../types/chunk.ts'
import { assert } from '../types/error.ts'
import { physical } from '../types/type.ts'
import { ChunkBuilder } from './chunk-builder.ts'
import { bytesOf } from './chunk-bytes.ts'
import type { TableDelta, TableSpec } from './contract.ts'
import { isShared } from './growing-array.ts'
import { StateTable } from './state-table.ts'

/**
 * Keeps the rows of the current epoch only. Its delta names full rows, removals before insertions, so it is a z-set and
 * folds by key as well.
 *
 * Invariant: as long as nothing was retracted in the epoch, rows are only put one behind the other; from the first
 * retraction on they are added up by whole row, those that came before it too.
 */
export class DeltaTable extends StateTable {
  /** With the indexes of those who keep the rows. */
  override readonly spec: TableSpec
  #rows: StateTable
  #appended: ChunkBuilder
  /** Appended before that, chunk by chunk. */
  #kept: Chunk[] = []
  #keptRows = 0
  #keptBytes = 0
  #taken: Chunk[] | undefined
  /** Rows are added up; from the start of an epoch when the one before had retractions. */
  #adding = false
  #retracted = false

  constructor(spec: TableSpec) {
    super({ ...spec, indexes: [] }, false)
    this.spec = spec
    this.#rows = emptyBag(spec)
    this.#appended = new ChunkBuilder(spec.schema.map(field => field.type))
  }

  override get size(): number {
    return this.#rows.size + this.#keptRows + this.#appended.length
  }

  override get changedBytes(): number {
    return this.#rows.changedBytes + this.#keptBytes + this.#appended.bytes
  }

  /** Adds a chunk to the epoch's change. */
  collect(chunk: Chunk): void {
    this.#taken = undefined
    const retracts = chunk.weights.subarray(0, chunk.length).some(weight => weight < 0)
    const { mode, id } = this.spec
    assert(!retracts || mode !== 'append', `rows are never retracted from an append table (${id})`)
    this.#retracted ||= retracts
    if (retracts && !this.#adding) this.#addUp()
    if (this.#adding) this.#add(chunk)
    else if (isKept(chunk)) {
      this.#putAside()
      this.#keep(lent(chunk))
    } else {
      this.#appended.gather(0, chunk.columns, undefined, chunk.length)
      this.#appended.pushMany(chunk.weights, chunk.length)
    }
  }

  #addUp(): void {
    this.#adding = true
    this.#putAside()
    for (const chunk of this.#kept) this.#add(chunk)
    this.#forgetKept()
  }

  #putAside(): void {
    const appended = this.#appended.take()
    if (appended !== undefined) this.#keep(appended)
  }

  #keep(chunk: Chunk): void {
    this.#kept.push(chunk)
    this.#keptRows += chunk.length
    this.#keptBytes += bytesOf([chunk])
  }

  #forgetKept(): void {
    this.#kept = []
    this.#keptRows = 0
    this.#keptBytes = 0
  }

  #add(chunk: Chunk): void {
    for (let row = 0; row < chunk.length; row++) this.#rows.add(chunk, row, chunk.weights[row]!)
  }

  /** Net change of the epoch; stays the same until more is collected or it is sealed. */
  takeDelta(): readonly Chunk[] {
    if (this.#taken !== undefined) return this.#taken
    this.#putAside()
    const chunks = this.#kept
    this.#forgetKept()
    if (this.#rows.size > 0) {
      const builder = new ChunkBuilder(this.spec.schema.map(field => field.type))
      for (const sign of [-1, 1])
        this.#rows.forEachRow(id => {
          const weight = this.#rows.weights[id]!
          if (Math.sign(weight) !== sign) return
          builder.copyRow(0, this.#rows.columns, id)
          builder.push(weight)
        })
      const changes = builder.take()
      if (changes !== undefined) chunks.push(changes)
      this.#rows = emptyBag(this.spec)
    }
    this.#taken = chunks
    return chunks
  }

  override seal(): TableDelta | undefined {
    const chunks = this.takeDelta()
    this.#taken = undefined
    this.#adding = this.#retracted
    this.#retracted = false
    return chunks.length === 0 ? undefined : { table: this.spec.id, chunks }
  }

  /** Stored rows are not kept in the engine. */
  override loadMore(): void {}

  override loaded(): void {}
}

/** Smaller chunks are worth a copy: what reads a delta goes from chunk to chunk. */
const KEPT_ROWS_MIN = 1024

/** Whether nobody else has the chunk's arrays, now or later. */
function isKept({ columns, length, owned }: Chunk): boolean {
  if (owned !== true || length < KEPT_ROWS_MIN) return false
  return columns.every(column => {
    if (physical(column.type) !== 'bytes') return true
    return isShared((column.data as Bytes).bytes)
  })
}

function emptyBag(spec: TableSpec): StateTable {
  return new StateTable({ ...spec, mode: 'bag', key: [], indexes: [] }, false)
}
