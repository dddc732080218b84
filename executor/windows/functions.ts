import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import type { Column } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Frames } from './frames.ts'
import type { Partition } from './partition.ts'

/** Fills `out` for every row of the partition. `fail` throws in a query, reports in a stream. */
export type WindowKernel = (
  partition: Partition,
  args: readonly Column[],
  frames: () => Frames,
  out: ColumnBuffer,
  fail: (error: SqlError) => void,
) => void

export const rowNumber: WindowKernel = ({ length }, _args, _frames, out) => {
  for (let i = 0; i < length; i++) out.set(i, BigInt(i + 1))
}

export const rank: WindowKernel = ({ length, groupOf, groupStarts }, _args, _frames, out) => {
  for (let i = 0; i < length; i++) out.set(i, BigInt(groupStarts[groupOf[i]!]! + 1))
}

export const denseRank: WindowKernel = ({ length, groupOf }, _args, _frames, out) => {
  for (let i = 0; i < length; i++) out.set(i, BigInt(groupOf[i]! + 1))
}

export const percentRank: WindowKernel = ({ length, groupOf, groupStarts }, _args, _frames, out) => {
  for (let i = 0; i < length; i++) out.set(i, length === 1 ? 0 : groupStarts[groupOf[i]!]! / (length - 1))
}

export const cumeDist: WindowKernel = ({ length, groupOf, groupStarts }, _args, _frames, out) => {
  for (let i = 0; i < length; i++) out.set(i, groupStarts[groupOf[i]! + 1]! / length)
}

/** Buckets as equal as can be, the first ones larger; the argument of the first row counts. */
export const ntile: WindowKernel = ({ length }, args, _frames, out, fail) => {
  const buckets = intAt(args[0]!, 0)
  if (buckets !== undefined && buckets <= 0) {
    const message = 'argument of ntile must be greater than zero'
    fail(new SqlError('invalid_argument_for_ntile_function', message))
  }
  const small = Math.floor(length / (buckets ?? 1))
  const large = buckets === undefined ? 0 : length % buckets
  const split = large * (small + 1)
  for (let i = 0; i < length; i++) {
    if (buckets === undefined || buckets <= 0) out.setNull(i)
    else out.set(i, 1 + (i < split ? Math.floor(i / (small + 1)) : large + Math.floor((i - split) / small)))
  }
}

/** lag (-1) and lead (1): value, distance (default 1), default (NULL). */
export function shifted(direction: -1 | 1): WindowKernel {
  return ({ length }, [value, distance, otherwise], _frames, out) => {
    for (let i = 0; i < length; i++) {
      const by = distance === undefined ? 1 : intAt(distance, i)
      const from = by === undefined ? -1 : i + direction * by
      if (by === undefined) out.setNull(i)
      else if (from >= 0 && from < length) out.copy(i, value!, from)
      else if (otherwise !== undefined) out.copy(i, otherwise, i)
      else out.setNull(i)
    }
  }
}

const ranges = new Int32Array(6)

export const firstValue: WindowKernel = ({ length }, args, frames, out) => {
  const frame = frames()
  for (let i = 0; i < length; i++) {
    if (frame.ranges(i, ranges) === 0) out.setNull(i)
    else out.copy(i, args[0]!, ranges[0]!)
  }
}

export const lastValue: WindowKernel = ({ length }, args, frames, out) => {
  const frame = frames()
  for (let i = 0; i < length; i++) {
    const count = frame.ranges(i, ranges)
    if (count === 0) out.setNull(i)
    else out.copy(i, args[0]!, ranges[2 * count - 1]! - 1)
  }
}

export const nthValue: WindowKernel = ({ length }, [value, position], frames, out, fail) => {
  const frame = frames()
  for (let i = 0; i < length; i++) {
    const nth = intAt(position!, i)
    out.setNull(i)
    if (nth === undefined) continue
    if (nth <= 0) {
      const message = 'argument of nth_value must be greater than zero'
      fail(new SqlError('invalid_argument_for_nth_value_function', message))
      continue
    }
    const count = frame.ranges(i, ranges)
    let left = nth - 1
    for (let k = 0; k < count; k++) {
      const size = ranges[2 * k + 1]! - ranges[2 * k]!
      if (left < size) {
        out.copy(i, value!, ranges[2 * k]! + left)
        break
      }
      left -= size
    }
  }
}

function intAt(column: Column, row: number): number | undefined {
  return column.nulls !== null && column.nulls[row] === 1 ? undefined : (column.data as Int32Array)[row]!
}
