import { ChunkBuilder } from '../storage/chunk-builder.ts'
import { StateTable } from '../storage/state-table.ts'
import { CHUNK_ROWS, type Chunk } from '../types/chunk.ts'
import { SqlError } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import type { Schema } from '../types/type.ts'
import { bytesOf } from './chunk-bytes.ts'

/** So many bytes of changes are kept at most. */
const BYTES_MAX = 64 << 20

interface Change {
  readonly relation: RelationId
  readonly atMs: number
  readonly chunks: readonly Chunk[]
  readonly bytes: number
}

/**
 * The newest changes of served relations, by which older rows are found: the rows of a time are those of now without what came
 * after it. Invariant: changes are in the order of their epochs; nothing of a relation is missing since its floor.
 */
export class History {
  #changes: (Change | undefined)[] = []
  /** Those before it are gone. */
  #first = 0
  #bytes = 0
  /** Older times than this are not known. */
  #floorMs: number
  /** Of relations whose columns were changed since. */
  readonly #floors = new Map<RelationId, number>()

  readonly #keepMs: () => number

  constructor(startMs: number, keepMs: () => number) {
    this.#floorMs = startMs
    this.#keepMs = keepMs
  }

  /** The epoch's net change of a relation, published now; the chunks are not changed by anybody. */
  add(relation: RelationId, atMs: number, chunks: readonly Chunk[]): void {
    const bytes = bytesOf(chunks)
    this.#changes.push({ relation, atMs, chunks, bytes })
    this.#bytes += bytes
    const sinceMs = atMs - this.#keepMs()
    while (this.#first < this.#changes.length) {
      const oldest = this.#changes[this.#first]!
      if (this.#bytes <= BYTES_MAX && oldest.atMs >= sinceMs) break
      this.#changes[this.#first++] = undefined
      this.#bytes -= oldest.bytes
      this.#floorMs = Math.max(this.#floorMs, oldest.atMs)
    }
    // Moved rarely: what is gone stays in front until it is half of all.
    if (this.#first * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#first)
      this.#first = 0
    }
  }

  /** The relation has other columns from now on, or is gone. */
  cut(relation: RelationId, atMs: number): void {
    this.#floors.set(relation, atMs)
  }

  /** The relation's rows at that time, given those of now. Throws 22023 for a time before what is kept. */
  rowsAt(relation: RelationId, timeMs: number, schema: Schema, now: readonly Chunk[]): readonly Chunk[] {
    const floor = Math.max(this.#floorMs, this.#floors.get(relation) ?? 0)
    if (timeMs < floor)
      throw new SqlError(
        'invalid_parameter_value',
        `Time-travel version expired: table ${relation}, epoch 0`,
        {
          detail: `Rows of ${new Date(timeMs).toISOString()} are not kept any more, those since ${new Date(floor).toISOString()} are.`,
        },
      )
    const isLater = (change: Change | undefined) => change?.relation === relation && change.atMs > timeMs
    const later = this.#changes.filter(change => isLater(change))
    if (later.length === 0) return now
    const spec = { id: 'then', mode: 'bag', schema, key: [], shard: [], indexes: [] } as const
    const rows = new StateTable(spec, false)
    const addAll = (chunk: Chunk, sign: 1 | -1): void => {
      for (let row = 0; row < chunk.length; row++) rows.add(chunk, row, sign * chunk.weights[row]!)
    }
    for (const chunk of now) addAll(chunk, 1)
    for (const change of later) for (const chunk of change!.chunks) addAll(chunk, -1)
    const out: Chunk[] = []
    const builder = new ChunkBuilder(schema.map(field => field.type))
    rows.forEachRow(id => {
      builder.copyRow(0, rows.columns, id)
      builder.push(rows.weights[id]!)
      if (builder.length >= CHUNK_ROWS) out.push(builder.take()!)
    })
    const last = builder.take()
    return last === undefined ? out : [...out, last]
  }
}
