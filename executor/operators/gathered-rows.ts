import { byteLengths, ColumnBuffer } from '../../storage/column-buffer.ts'
import { gather32 } from '../../storage/gather.ts'
import { grownArray, nextCapacity } from '../../storage/growing-array.ts'
import { totalOrder } from '../../storage/row-index.ts'
import { rowOrder } from '../../storage/row-order.ts'
import { orderOfForms } from '../../storage/same-form.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { AggregateCall } from '../../types/job.ts'
import type { Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Multiset } from '../aggregates/contract.ts'
import { callOrder } from './call-order.ts'
import { endsPiece, PIECE_ROWS } from './in-pieces.ts'
import { rowsByGroup } from './rows-by-group.ts'
import { sortedIds } from './sorted-ids.ts'

/**
 * Rows of a query's call that needs them in order: gathered with their groups, sorted group by group when all have come.
 * Equal rows are one that counts several times, as in the bag of a stream's call.
 */
export class GatheredRows {
  readonly #call: AggregateCall
  readonly #multiset: Multiset
  /** Arguments, then what they are ordered by. */
  readonly #from: readonly number[]
  readonly #columns: readonly ColumnBuffer[]
  #groups = new Int32Array(64)
  #times = new Int32Array(64)
  #count = 0
  #chosen = new Int32Array(0)

  constructor(call: AggregateCall, multiset: Multiset, input: Schema) {
    this.#call = call
    this.#multiset = multiset
    this.#from = [...call.args, ...(call.order ?? []).map(order => order.column)]
    this.#columns = this.#from.map(i => new ColumnBuffer(input[i]!.type, 64, true))
  }

  /** Takes the rows whose weight is not 0. */
  add(chunk: Chunk, groups: Int32Array, weights: Int32Array): void {
    const { length } = chunk
    if (this.#chosen.length < length) this.#chosen = new Int32Array(length)
    const rows = this.#chosen
    let count = 0
    for (let row = 0; row < length; row++) if (weights[row] !== 0) rows[count++] = row
    if (count === 0) return
    const first = this.#count
    this.#reserve(first + count)
    for (const [k, i] of this.#from.entries()) this.#columns[k]!.gather(first, chunk.columns[i]!, rows, count)
    gather32(this.#groups, first, groups, rows, count)
    gather32(this.#times, first, weights, rows, count)
    this.#count += count
  }

  get bytes(): number {
    return byteLengths([...this.#columns, this.#groups, this.#times])
  }

  /** All rows are there. Gives the call's value for a group, piece by piece. */
  byGroup(groupCount: number): (group: number) => Generator<void, Value> {
    const { ids, starts } = rowsByGroup(this.#groups.subarray(0, this.#count), groupCount)
    const columns = this.#columns
    const order = rowOrder(totalOrder(callOrder(this.#call, this.#multiset, 0), columns.length), columns)
    const forms = orderOfForms(columns)
    const same = this.#call.distinct ? order : (a: number, b: number) => order(a, b) || forms(a, b)
    const inOrder = (a: number, b: number) => same(a, b) || a - b
    const args = this.#call.args.map((_, k) => k)
    const table = { valueAt: (id: number, column: number) => columns[column]!.get(id) }
    const multiset = this.#multiset
    const timesOf = this.#call.distinct ? undefined : this.#times

    let seen = 0
    return function* (group) {
      const own = ids.subarray(starts[group]!, starts[group + 1]!)
      if ((seen += own.length) >= PIECE_ROWS) {
        seen = 0
        yield
      }
      const sorted = multiset.firstOnly
        ? yield* first(own, inOrder)
        : own.length < PIECE_ROWS
          ? own.sort(inOrder)
          : yield* sortedIds(own, inOrder)
      const rows: number[] = []
      const times: number[] = []
      for (let i = 0; i < sorted.length; i++) {
        const id = sorted[i]!
        if (endsPiece(i)) yield
        const equal = rows.length > 0 && same(rows.at(-1)!, id) === 0
        if (!equal) rows.push(id)
        if (!equal) times.push(timesOf === undefined ? 1 : timesOf[id]!)
        else if (timesOf !== undefined) times[times.length - 1]! += timesOf[id]!
      }
      if (multiset.outputInPieces === undefined || rows.length < PIECE_ROWS)
        return multiset.output(table, args, rows, times)
      return yield* multiset.outputInPieces(table, args, rows, times)
    }
  }

  #reserve(rows: number): void {
    const capacity = nextCapacity(this.#groups.length, rows, 4, false)
    if (capacity === this.#groups.length) return
    for (const column of this.#columns) column.reserve(capacity)
    this.#groups = grownArray(this.#groups, capacity, false)
    this.#times = grownArray(this.#times, capacity, false)
  }
}

/** The least of the ids. */
function* first(ids: Int32Array, compare: (a: number, b: number) => number): Generator<void, Int32Array> {
  let least = 0
  for (let i = 1; i < ids.length; i++) {
    if (compare(ids[i]!, ids[least]!) < 0) least = i
    if (endsPiece(i)) yield
  }
  return ids.subarray(least, least + 1)
}
