import type { Chunk, Column, ColumnData } from '../../types/chunk.ts'
import { physical, type Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'

/** Collects decoded rows and turns them into one chunk that the caller owns. A failed row leaves nothing behind. */
export class RowWriter {
  readonly #schema: Schema
  readonly #rows: (readonly Value[])[] = []
  readonly #weights: number[] = []

  constructor(schema: Schema) {
    this.#schema = schema
  }

  get length(): number {
    return this.#rows.length
  }

  push(row: readonly Value[], weight: number): void {
    this.#rows.push(row)
    this.#weights.push(weight)
  }

  chunk(): Chunk {
    const columns = this.#schema.map((field, i) => column(this.#rows, i, field.type))
    return { columns, weights: Int32Array.from(this.#weights), length: this.#rows.length }
  }
}

function column(rows: readonly (readonly Value[])[], at: number, type: Column['type']): Column {
  const n = rows.length
  let nulls: Uint8Array | null = null
  const value = (i: number): Value => {
    const v = rows[i]![at]!
    if (v === null) (nulls ??= new Uint8Array(n))[i] = 1
    return v
  }
  const data = fill(n, type, value)
  return { type, data, nulls }
}

function fill(n: number, type: Column['type'], value: (i: number) => Value): ColumnData {
  const kind = physical(type)
  switch (kind) {
    case 'u8': {
      const out = new Uint8Array(n)
      for (let i = 0; i < n; i++) out[i] = value(i) === true ? 1 : 0
      return out
    }
    case 'i32':
    case 'f64': {
      const out = kind === 'i32' ? new Int32Array(n) : new Float64Array(n)
      for (let i = 0; i < n; i++) out[i] = (value(i) as number | null) ?? 0
      return out
    }
    case 'i64': {
      const out = new BigInt64Array(n)
      for (let i = 0; i < n; i++) out[i] = (value(i) as bigint | null) ?? 0n
      return out
    }
    case 'values':
      return Array.from({ length: n }, (_, i) => value(i))
    case 'bytes':
      return bytes(n, value)
  }
}

function bytes(n: number, value: (i: number) => Value): ColumnData {
  const starts = new Int32Array(n)
  const ends = new Int32Array(n)
  let out = Buffer.allocUnsafeSlow(Math.max(64, n * 32))
  let at = 0
  for (let i = 0; i < n; i++) {
    const v = value(i) as string | Uint8Array | null
    starts[i] = at
    if (v !== null) {
      const most = typeof v === 'string' ? v.length * 3 : v.length
      if (at + most > out.length) {
        const grown = Buffer.allocUnsafeSlow((at + most) * 2)
        out.copy(grown, 0, 0, at)
        out = grown
      }
      if (typeof v === 'string') at += out.write(v, at)
      else {
        out.set(v, at)
        at += v.length
      }
    }
    ends[i] = at
  }
  return { bytes: out.subarray(0, at), starts, ends }
}
