import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import type { Column } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import { endsPiece } from '../operators/in-pieces.ts'
import type { Frames } from './frames.ts'
import type { Partition } from './partition.ts'

/** Fills `out` for every row of the partition. `fail` throws in a query, reports in a stream. */
export type WindowKernel = (
  partition: Partition,
  args: readonly Column[],
  frames: () => Generator<void, Frames>,
  out: ColumnBuffer,
  fail: (error: SqlError) => void,
  ignoresNulls: boolean,
) => Generator<void>

export const rowNumber: WindowKernel = function* ({ length }, _args, _frames, out) {
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    out.set(i, BigInt(i + 1))
  }
}

export const rank: WindowKernel = function* ({ length, groupOf, groupStarts }, _args, _frames, out) {
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    out.set(i, BigInt(groupStarts[groupOf[i]!]! + 1))
  }
}

export const denseRank: WindowKernel = function* ({ length, groupOf }, _args, _frames, out) {
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    out.set(i, BigInt(groupOf[i]! + 1))
  }
}

export const percentRank: WindowKernel = function* ({ length, groupOf, groupStarts }, _args, _frames, out) {
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    out.set(i, length === 1 ? 0 : groupStarts[groupOf[i]!]! / (length - 1))
  }
}

export const cumeDist: WindowKernel = function* ({ length, groupOf, groupStarts }, _args, _frames, out) {
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    out.set(i, groupStarts[groupOf[i]! + 1]! / length)
  }
}

/** Buckets as equal as can be, the first ones larger; the argument of the first row counts. */
export const ntile: WindowKernel = function* ({ length }, args, _frames, out, fail) {
  const buckets = intAt(args[0]!, 0)
  if (buckets !== undefined && buckets <= 0) {
    const message = 'argument of ntile must be greater than zero'
    fail(new SqlError('invalid_argument_for_ntile_function', message))
  }
  const small = Math.floor(length / (buckets ?? 1))
  const large = buckets === undefined ? 0 : length % buckets
  const split = large * (small + 1)
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    if (buckets === undefined || buckets <= 0) out.setNull(i)
    else out.set(i, 1 + (i < split ? Math.floor(i / (small + 1)) : large + Math.floor((i - split) / small)))
  }
}

/** lag (-1) and lead (1): value, distance (default 1), default (NULL). */
export function shifted(direction: -1 | 1): WindowKernel {
  return function* ({ length }, [value, distance, otherwise], _frames, out, _fail, ignoresNulls) {
    const seen = seenRows(value!, length, ignoresNulls)
    for (let i = 0; i < length; i++) {
      if (endsPiece(i)) yield
      const by = distance === undefined ? 1 : intAt(distance, i)
      if (by === undefined) {
        out.setNull(i)
        continue
      }
      const from = by === 0 ? i : seen.away(i, direction * by)
      if (from !== -1) out.copy(i, value!, from)
      else if (otherwise !== undefined) out.copy(i, otherwise, i)
      else out.setNull(i)
    }
  }
}

const ranges = new Int32Array(6)

export const firstValue: WindowKernel = function* ({ length }, [value], frames, out, _fail, ignoresNulls) {
  const frame = yield* frames()
  const seen = seenRows(value!, length, ignoresNulls)
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    copyNth(out, i, value!, seen, frame, 0)
  }
}

export const lastValue: WindowKernel = function* ({ length }, [value], frames, out, _fail, ignoresNulls) {
  const frame = yield* frames()
  const seen = seenRows(value!, length, ignoresNulls)
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    copyNth(out, i, value!, seen, frame, undefined)
  }
}

export const nthValue: WindowKernel = function* (
  { length },
  [value, position],
  frames,
  out,
  fail,
  ignoresNulls,
) {
  const frame = yield* frames()
  const seen = seenRows(value!, length, ignoresNulls)
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    const nth = intAt(position!, i)
    if (nth !== undefined && nth > 0) {
      copyNth(out, i, value!, seen, frame, nth - 1)
      continue
    }
    out.setNull(i)
    if (nth === undefined) continue
    const message = 'argument of nth_value must be greater than zero'
    fail(new SqlError('invalid_argument_for_nth_value_function', message))
  }
}

/** Value of row `nth` from 0 (undefined: the last) of those of the frame that are seen. */
function copyNth(
  out: ColumnBuffer,
  i: number,
  value: Column,
  seen: SeenRows,
  frame: Frames,
  nth: number | undefined,
): void {
  const count = frame.ranges(i, ranges)
  let total = 0
  for (let k = 0; k < count; k++) total += seen.before(ranges[2 * k + 1]!) - seen.before(ranges[2 * k]!)
  let left = nth ?? total - 1
  if (left < 0 || left >= total) {
    out.setNull(i)
    return
  }
  for (let k = 0; k < count; k++) {
    const first = seen.before(ranges[2 * k]!)
    const size = seen.before(ranges[2 * k + 1]!) - first
    if (left < size) {
      out.copy(i, value, seen.at(first + left))
      return
    }
    left -= size
  }
}

/** The rows whose value counts: all, or with IGNORE NULLS those that have one. */
interface SeenRows {
  /** How many stand before the row. */
  before(row: number): number
  at(position: number): number
  /** The row so many of them behind (negative: before) the row; -1: none. */
  away(row: number, by: number): number
}

function seenRows(value: Column, length: number, ignoresNulls: boolean): SeenRows {
  const { nulls } = value
  if (!ignoresNulls || nulls === null) {
    const away = (row: number, by: number) => (row + by >= 0 && row + by < length ? row + by : -1)
    return { before: row => row, at: position => position, away }
  }
  const rows: number[] = []
  const before = new Int32Array(length + 1)
  for (let i = 0; i < length; i++) {
    if (nulls[i] !== 1) rows.push(i)
    before[i + 1] = rows.length
  }
  return {
    before: row => before[row]!,
    at: position => rows[position]!,
    away: (row, by) => rows[by < 0 ? before[row]! + by : before[row + 1]! + by - 1] ?? -1,
  }
}

function intAt(column: Column, row: number): number | undefined {
  return column.nulls !== null && column.nulls[row] === 1 ? undefined : (column.data as Int32Array)[row]!
}
