import type { Bytes, Column } from '../types/chunk.ts'
import { physical } from '../types/type.ts'
import type { Value } from '../types/value.ts'

/** to[at + i] = from[rows[i]] for i < count; no rows: from[i]. One function per array kind keeps each loop monomorphic. */
export function gather32(
  to: Int32Array,
  at: number,
  from: Int32Array,
  rows: Int32Array | undefined,
  count: number,
): void {
  if (rows === undefined) to.set(from.subarray(0, count), at)
  else for (let i = 0; i < count; i++) to[at + i] = from[rows[i]!]!
}

export function gather64(
  to: BigInt64Array,
  at: number,
  from: BigInt64Array,
  rows: Int32Array | undefined,
  count: number,
): void {
  if (rows === undefined) to.set(from.subarray(0, count), at)
  else for (let i = 0; i < count; i++) to[at + i] = from[rows[i]!]!
}

export function gatherFloats(
  to: Float64Array,
  at: number,
  from: Float64Array,
  rows: Int32Array | undefined,
  count: number,
): void {
  if (rows === undefined) to.set(from.subarray(0, count), at)
  else for (let i = 0; i < count; i++) to[at + i] = from[rows[i]!]!
}

export function gather8(
  to: Uint8Array,
  at: number,
  from: Uint8Array,
  rows: Int32Array | undefined,
  count: number,
): void {
  if (rows === undefined) to.set(from.subarray(0, count), at)
  else for (let i = 0; i < count; i++) to[at + i] = from[rows[i]!]!
}

/** The chosen rows (none given: the first `count`) of a column as a column that shares nothing with it. */
export function ownedRows(column: Column, rows: Int32Array | undefined, count: number): Column {
  const { type } = column
  let nulls: Uint8Array | null = null
  if (column.nulls !== null) {
    nulls = new Uint8Array(count)
    gather8(nulls, 0, column.nulls, rows, count)
  }
  switch (physical(type)) {
    case 'u8': {
      const data = new Uint8Array(count)
      gather8(data, 0, column.data as Uint8Array, rows, count)
      return { type, data, nulls }
    }
    case 'i32': {
      const data = new Int32Array(count)
      gather32(data, 0, column.data as Int32Array, rows, count)
      return { type, data, nulls }
    }
    case 'i64': {
      const data = new BigInt64Array(count)
      gather64(data, 0, column.data as BigInt64Array, rows, count)
      return { type, data, nulls }
    }
    case 'f64': {
      const data = new Float64Array(count)
      gatherFloats(data, 0, column.data as Float64Array, rows, count)
      return { type, data, nulls }
    }
    case 'bytes':
      return { type, data: ownedBytes(column.data as Bytes, rows, count), nulls }
    case 'values': {
      const from = column.data as Value[]
      return {
        type,
        data: Array.from({ length: count }, (_, i) => from[rows === undefined ? i : rows[i]!]!),
        nulls,
      }
    }
  }
}

function ownedBytes({ bytes, starts, ends }: Bytes, rows: Int32Array | undefined, count: number): Bytes {
  let total = 0
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!
    total += ends[row]! - starts[row]!
  }
  const own = {
    bytes: new Uint8Array(total),
    starts: new Int32Array(count),
    ends: new Int32Array(count),
  }
  let at = 0
  for (let i = 0; i < count; i++) {
    const row = rows === undefined ? i : rows[i]!
    own.starts[i] = at
    copyBytes(own.bytes, at, bytes, starts[row]!, ends[row]!)
    at += ends[row]! - starts[row]!
    own.ends[i] = at
  }
  return own
}

/** Short runs by hand: a subarray costs more than the copy. */
export function copyBytes(to: Uint8Array, at: number, from: Uint8Array, start: number, end: number): void {
  const length = end - start
  if (length < 24) for (let i = 0; i < length; i++) to[at + i] = from[start + i]!
  else to.set(from.subarray(start, end), at)
}
