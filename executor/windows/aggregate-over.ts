import { ColumnBuffer } from '../../storage/column-buffer.ts'
import { compareCells } from '../../storage/compare-cells.ts'
import type { Column } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { WindowCall } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import type { Accumulator, Multiset, ValuesById } from '../aggregates/contract.ts'
import { createAggregate } from '../aggregates/index.ts'
import { chunkSlice } from '../chunk-slice.ts'
import { endsPiece, PIECE_ROWS } from '../operators/in-pieces.ts'
import { frameScale } from './frame-scale.ts'
import type { Frames } from './frames.ts'
import type { Partition } from './partition.ts'

/**
 * Fills `out` with an aggregate over each row's frame. `table` keeps the partition's rows by id. `fail` is told of a frame that has no value
 * (a sum out of range), which is NULL unless it throws.
 */
export type AggregateOver = (
  partition: Partition,
  frames: Frames,
  table: ValuesById,
  out: ColumnBuffer,
  fail: (error: SqlError) => void,
) => Generator<void>

/**
 * Three ways, by what the aggregate can do. One that can retract follows the frame: rows that enter are added, rows that
 * leave taken off. One that cannot (min, max) goes on while the frame only grows, else starts anew. One over a list of
 * rows (string_agg) reads the list of each frame. Equal frames are computed once.
 */
export function aggregateOver(call: WindowCall, types: readonly Type[]): AggregateOver {
  const retractable = createAggregate(call.fn, types, false)
  if (retractable.kind === 'accumulator') return folding(call, retractable, true)
  const growing = createAggregate(call.fn, types, true)
  if (growing.kind === 'accumulator') return folding(call, growing, false)
  return listing(call, retractable)
}

function withoutValue(error: unknown, out: ColumnBuffer, at: number, fail: (error: SqlError) => void): void {
  if (!(error instanceof SqlError)) throw error
  fail(error)
  out.setNull(at)
}

function folding(call: WindowCall, accumulator: Accumulator, retracts: boolean): AggregateOver {
  const state = accumulator.state.map(s => new ColumnBuffer(s.type, 1))
  const ranges = new Int32Array(6)
  let zeros = new Int32Array(64)
  return function* (partition, frames, _table, out, fail) {
    const { length } = partition
    if (zeros.length < length) zeros = new Int32Array(length)
    const args = call.args.map(i => partition.columns[i]!)
    const counts = countedRows(call, partition, accumulator.keepsNulls !== true)
    const minus = counts.map(n => -n)
    const argument = args[0]
    const scale = retracts && call.fn === 'sum(numeric)' ? frameScale() : undefined
    const reset = (): void => {
      scale?.reset()
      for (const [i, s] of accumulator.state.entries()) state[i]!.set(0, s.initial)
    }
    const fold = (from: number, to: number, weights: Int32Array): void => {
      if (from >= to) return
      const part = chunkSlice({ columns: args, weights, length }, from, to)
      accumulator.update(state, zeros, part.columns, part.weights, part.length)
      scale?.count(argument!, from, to, weights)
    }
    const output = (i: number): void => {
      try {
        accumulator.output(state, 0, out, i)
        scale?.settle(out, i)
      } catch (error) {
        withoutValue(error, out, i, fail)
      }
    }
    let [from, to] = [0, 0]
    reset()
    for (let i = 0; i < length; i++) {
      if (endsPiece(i)) yield
      const [start, end] = [frames.start[i]!, frames.end[i]!]
      if (frames.whole && i > 0 && start === frames.start[i - 1] && end === frames.end[i - 1]) {
        out.copy(i, out, i - 1)
        continue
      }
      if (retracts ? start < from || end < to || start >= to : start !== from || end < to || !frames.whole) {
        reset()
        from = start
        to = start
      }
      if (!retracts && !frames.whole) {
        const count = frames.ranges(i, ranges)
        for (let k = 0; k < count; k++) fold(ranges[2 * k]!, ranges[2 * k + 1]!, counts)
        output(i)
        continue
      }
      fold(from, start, minus)
      for (; end - to > PIECE_ROWS; to += PIECE_ROWS) {
        fold(to, to + PIECE_ROWS, counts)
        yield
      }
      fold(to, end, counts)
      from = start
      to = end
      if (frames.whole) output(i)
      else withoutExcluded(frames.ranges(i, ranges), i)
    }

    /** The state stands for the frame before exclusion: what is excluded is taken off for the output alone. */
    function withoutExcluded(count: number, i: number): void {
      const gaps: [number, number][] = []
      let next = from
      for (let k = 0; k < count; k++) {
        gaps.push([next, ranges[2 * k]!])
        next = ranges[2 * k + 1]!
      }
      gaps.push([next, to])
      for (const [a, b] of gaps) fold(a, b, minus)
      output(i)
      for (const [a, b] of gaps) fold(a, b, counts)
    }
  }
}

function listing(call: WindowCall, multiset: Multiset): AggregateOver {
  return function* (partition, frames, table, out, fail) {
    const by = multiset.orderedBy ?? 0
    const counts = countedRows(call, partition, !multiset.keepsNulls, by)
    const key = by > 0 ? partition.columns[call.args[by]!]! : undefined
    const sign = multiset.descending ? -1 : 1
    const ranges = new Int32Array(6)
    let seen = 0
    for (let i = 0; i < partition.length; i++) {
      if (++seen > PIECE_ROWS) {
        seen = 0
        yield
      }
      if (
        frames.whole &&
        i > 0 &&
        frames.start[i] === frames.start[i - 1] &&
        frames.end[i] === frames.end[i - 1]
      ) {
        out.copy(i, out, i - 1)
        continue
      }
      const rows: number[] = []
      const count = frames.ranges(i, ranges)
      for (let k = 0; k < count; k++)
        for (let row = ranges[2 * k]!; row < ranges[2 * k + 1]!; row++) if (counts[row] === 1) rows.push(row)
      if (key !== undefined) rows.sort((a, b) => sign * compareCells(key, a, key, b))
      seen += rows.length
      const ids = rows.map(row => partition.ids[row]!)
      const times = ids.map(() => 1)
      try {
        out.set(i, multiset.output(table, call.args, ids, times))
      } catch (error) {
        withoutValue(error, out, i, fail)
      }
    }
  }
}

/** 1 for rows that count: FILTER is true, and neither the first argument is NULL nor the one at `by`. */
function countedRows(call: WindowCall, partition: Partition, strict: boolean, by = 0): Int32Array {
  const counts = new Int32Array(partition.length).fill(1)
  const first = strict && call.args.length > 0 ? partition.columns[call.args[0]!]! : undefined
  if (first !== undefined && first.nulls !== null)
    for (let i = 0; i < counts.length; i++) if (first.nulls[i] === 1) counts[i] = 0
  const nullsBy = by > 0 ? partition.columns[call.args[by]!]!.nulls : null
  if (nullsBy !== null) for (let i = 0; i < counts.length; i++) if (nullsBy[i] === 1) counts[i] = 0
  const filter: Column | undefined = call.filter === undefined ? undefined : partition.columns[call.filter]!
  if (filter === undefined) return counts
  const data = filter.data as Uint8Array
  for (let i = 0; i < counts.length; i++) if (data[i] !== 1 || filter.nulls?.[i] === 1) counts[i] = 0
  return counts
}
