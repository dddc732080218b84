import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { byteLengths } from '../../storage/column-buffer.ts'
import { compareOrder } from '../../storage/ordered-index.ts'
import type { Chunk } from '../../types/chunk.ts'
import { assert } from '../../types/error.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { sortedIds } from './sorted-ids.ts'

/** Of a query that wants few rows many more than these are not kept. */
const FORGETS_MAX = 2048

/**
 * ORDER BY with OFFSET and LIMIT of a batch query: collects the net rows, sorts them when all have come and emits them in order,
 * piece by piece, so that other work gets its turn.
 */
export const sort: OperatorKind<'sort'> = {
  kind: 'sort',
  create(spec, context) {
    const schema = context.inputs[0]!
    const types = schema.map(field => field.type)
    let rows = new ChunkBuilder(types)
    let weights: number[] = []
    let retracted = false
    let work: Generator<void> | undefined
    const end = spec.limit === undefined ? Number.POSITIVE_INFINITY : spec.offset + spec.limit
    /** Rows beyond the last that is wanted may be forgotten on the way. */
    const forgets = end <= FORGETS_MAX && !spec.withTies && context.appendOnly(0)
    /** The last of the first `end` rows, once there were so many and more; later ones that are not before it are not wanted. */
    let worst = -1
    const bag = context.table('rows', { schema, mode: 'bag', key: [], shard: [], indexes: [] })
    return {
      tables: [bag],
      push(_port, chunk) {
        for (let row = 0; row < chunk.length; row++) {
          const weight = chunk.weights[row]!
          if (forgets) {
            assert(weight > 0, 'sort: a row is taken back')
            if (spec.order.length === 0 ? rows.length >= end : isPast(chunk, row)) continue
            if (rows.length >= end + FORGETS_MAX) forget()
          }
          if (weight < 0 && !retracted) {
            retracted = true
            for (let i = 0; i < rows.length; i++) bag.add(rows, i, weights[i]!)
            rows = new ChunkBuilder(types)
            weights = []
          }
          if (retracted) bag.add(chunk, row, weight)
          else {
            rows.copyRow(0, chunk.columns, row)
            rows.push(weight)
            weights.push(weight)
          }
        }
      },
      complete(_port, emit) {
        work = sortAndEmit(emit)
      },
      bytes: () => 12 * rows.length + byteLengths(rows.columns),
      resume() {
        return work !== undefined && work.next().done !== true
      },
    }

    function isPast(chunk: Chunk, row: number): boolean {
      return worst !== -1 && compareOrder(spec.order, chunk.columns, row, rows.columns, worst) >= 0
    }

    /** Keeps the first `end` rows, as they came, for equal ones leave in that order. */
    function forget(): void {
      const { columns, length } = rows
      const ids = Int32Array.from({ length }, (_, i) => i)
      ids.sort((a, b) => compareOrder(spec.order, columns, a, columns, b))
      const last = ids[end - 1]!
      const kept = ids.subarray(0, end).sort()
      worst = kept.indexOf(last)
      const own = new ChunkBuilder(types)
      own.gather(0, columns, kept, end)
      weights = Array.from(kept, id => weights[id]!)
      own.pushMany(Int32Array.from(weights), end)
      rows = own
    }

    function* sortAndEmit(emit: Emit): Generator<void> {
      const columns = retracted ? bag.columns : rows.columns
      const unsorted: number[] = []
      if (retracted) bag.forEachRow(id => unsorted.push(id))
      else for (let i = 0; i < rows.length; i++) unsorted.push(i)
      const compare = (a: number, b: number) => compareOrder(spec.order, columns, a, columns, b)
      const ids = yield* sortedIds(Int32Array.from(unsorted), compare)
      let emitted = false
      const out = new ChunkBuilder(types, chunk => {
        emitted = true
        emit(chunk)
      })
      let position = 0
      let last = -1
      for (const id of ids) {
        const weight = retracted ? bag.weights[id]! : weights[id]!
        const tie = spec.withTies && last !== -1 && compare(last, id) === 0
        if (position >= end && !tie) break
        const stop = spec.withTies ? position + weight : Math.min(position + weight, end)
        for (let n = Math.max(position, spec.offset); n < stop; n++) {
          out.copyRow(0, columns, id)
          out.push(1)
        }
        position += weight
        last = id
        if (!emitted) continue
        emitted = false
        yield
      }
      out.flush()
    }
  },
}
