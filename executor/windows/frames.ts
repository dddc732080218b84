import { compareCells } from '../../storage/compare-cells.ts'
import type { Column } from '../../types/chunk.ts'
import { assert, SqlError, unreachable } from '../../types/error.ts'
import type { Expression, Frame, FrameBound, Order } from '../../types/job.ts'
import { endsPiece } from '../operators/in-pieces.ts'
import type { Partition } from './partition.ts'

/** The frame of each row of a partition. */
export interface Frames {
  /** Rows [start[i], end[i]), before exclusion; start ≤ end. */
  readonly start: Int32Array
  readonly end: Int32Array
  /** No rows are excluded. */
  readonly whole: boolean
  /** Writes the frame of row i as pairs (from, to) of non-empty ranges; returns how many. */
  ranges(i: number, out: Int32Array): number
}

/** Computes one expression over every row of the partition. */
export type Evaluate = (e: Expression) => Column

/** Frames of all rows. RANGE with offsets costs a binary search a row, all else a few steps. */
export function* framesOf(frame: Frame, partition: Partition, evaluate: Evaluate): Generator<void, Frames> {
  const { length, groupOf, groupStarts } = partition
  const start = yield* edge(frame, frame.start, 'starting', partition, evaluate)
  const end = yield* edge(frame, frame.end, 'ending', partition, evaluate)
  for (let i = 0; i < length; i++) if (end[i]! < start[i]!) end[i] = start[i]!
  const whole = frame.exclude === 'none'
  const add = (out: Int32Array, count: number, from: number, to: number): number => {
    if (from >= to) return count
    out[2 * count] = from
    out[2 * count + 1] = to
    return count + 1
  }
  return {
    start,
    end,
    whole,
    ranges(i, out) {
      const [from, to] = [start[i]!, end[i]!]
      if (whole) return add(out, 0, from, to)
      const group = groupOf[i]!
      const own = frame.exclude === 'current row'
      const gapFrom = own ? i : groupStarts[group]!
      const gapTo = own ? i + 1 : groupStarts[group + 1]!
      let count = add(out, 0, from, Math.min(to, gapFrom))
      if (frame.exclude === 'ties' && i >= from && i < to) count = add(out, count, i, i + 1)
      return add(out, count, Math.max(from, gapTo), to)
    },
  }
}

function* edge(
  frame: Frame,
  bound: FrameBound,
  which: 'starting' | 'ending',
  partition: Partition,
  evaluate: Evaluate,
): Generator<void, Int32Array> {
  const { length, groupOf, groupStarts } = partition
  const starts = which === 'starting'
  const at = new Int32Array(length)
  switch (bound.at) {
    case 'unbounded preceding':
      return at
    case 'unbounded following':
      return at.fill(length)
    case 'current row':
      for (let i = 0; i < length; i++)
        at[i] = frame.unit === 'rows' ? (starts ? i : i + 1) : groupStarts[groupOf[i]! + (starts ? 0 : 1)]!
      return at
    case 'preceding':
    case 'following': {
      const distance = distanceOf(bound.offset, which)
      const move = (bound.at === 'preceding' ? -distance : distance) + (starts ? 0 : 1)
      const last = groupStarts.length - 1
      for (let i = 0; i < length; i++)
        at[i] =
          frame.unit === 'rows'
            ? Math.max(0, Math.min(length, i + move))
            : groupStarts[Math.max(0, Math.min(last, groupOf[i]! + move))]!
      return at
    }
    case 'value':
      return yield* valueEdge(evaluate(bound.key), evaluate(bound.value), starts, partition)
    case 'session':
      return sessionEdge(evaluate(bound.key), evaluate(bound.value), starts, partition)
    default:
      return unreachable(bound)
  }
}

function distanceOf(offset: Expression, which: string): number {
  assert(offset.kind === 'literal', 'window: frame offsets are constants')
  if (offset.value === null)
    throw new SqlError('null_value_not_allowed', `frame ${which} offset must not be null`)
  const distance = Number(offset.value)
  if (distance < 0)
    throw new SqlError('invalid_preceding_or_following_size', `frame ${which} offset must not be negative`)
  return Math.min(distance, 2 ** 31)
}

/** Rows with a NULL key are peers of each other and of nobody else. */
function* valueEdge(
  key: Column,
  value: Column,
  starts: boolean,
  partition: Partition,
): Generator<void, Int32Array> {
  const { length, groupOf, groupStarts } = partition
  const { descending } = partition.order[0] as Order
  const isNull = (i: number): boolean => key.nulls !== null && key.nulls[i] === 1
  let from = 0
  let to = length
  while (from < to && isNull(from)) from++
  while (to > from && isNull(to - 1)) to--
  const at = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    if (endsPiece(i)) yield
    if (i < from || i >= to) {
      at[i] = groupStarts[groupOf[i]! + (starts ? 0 : 1)]!
      continue
    }
    let low = from
    let high = to
    while (low < high) {
      const middle = (low + high) >> 1
      const sign = compareCells(key, middle, value, i)
      const before = descending ? -sign : sign
      if (before < 0 || (before === 0 && !starts)) low = middle + 1
      else high = middle
    }
    at[i] = low
  }
  return at
}

/** Rows with a NULL key are a session of their own. */
function sessionEdge(key: Column, value: Column, starts: boolean, partition: Partition): Int32Array {
  const { length } = partition
  const { descending } = partition.order[0] as Order
  const isNull = (i: number): boolean => key.nulls !== null && key.nulls[i] === 1
  const at = new Int32Array(length)
  let from = 0
  for (let i = 1; i <= length; i++) {
    if (i < length && isNull(i) && isNull(i - 1)) continue
    if (i < length && !isNull(i) && !isNull(i - 1)) {
      const sign = compareCells(key, i, value, i - 1)
      if (descending ? sign > 0 : sign < 0) continue
    }
    at.fill(starts ? from : i, from, i)
    from = i
  }
  return at
}
