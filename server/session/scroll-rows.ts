import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Schema } from '../../types/type.ts'
import type { Rows } from './rows.ts'

/** Rows that may be read again, in either direction. */
export interface ScrollRows extends Rows {
  /** The next `count` rows; negative: those before the present one, the nearest first; 0: the present one again. */
  move(count: number): Rows
  /** The row at a position from 1; negative: from the end; 0: none, and all rows are ahead. */
  at(position: number): Rows
  /** The row so many further, or back. */
  further(count: number): Rows
}

export function mayGoBack(rows: Rows): rows is ScrollRows {
  return 'further' in rows
}

const KEPT_BYTES_MAX = 64 << 20
const READ_AT_ONCE = 1024

/** A run of positions, `step` apart. */
interface Run {
  from: number
  left: number
  readonly step: 1 | -1
}

const NOTHING: Run = { from: 0, left: 0, step: 1 }

/** Keeps the rows that come, up to a limit (53200): a SCROLL cursor (PostgreSQL's DECLARE, FETCH). */
export function scrollRows(rows: Rows, schema: Schema): ScrollRows {
  const kept = new ChunkBuilder(schema.map(field => field.type))
  let ended = false
  /** 0: before the first row; one more than there are: past the last. */
  let here = 0

  const fill = async (count: number): Promise<void> => {
    while (!ended && kept.length < count) {
      if (!(await rows.ready())) ended = true
      else rows.take(Math.min(READ_AT_ONCE, count - kept.length), keep)
      if (kept.bytes > KEPT_BYTES_MAX)
        throw new SqlError('out_of_memory', 'out of memory', {
          detail: `A SCROLL cursor keeps at most ${KEPT_BYTES_MAX >> 20} MB of rows.`,
        })
    }
  }
  const keep = (chunk: Chunk, row: number): void => {
    kept.copyRow(0, chunk.columns, row)
    kept.push(1)
  }

  const forward = async (count: number): Promise<Run> => {
    await fill(here + count)
    const left = Math.max(0, Math.min(count, kept.length - here))
    const from = here + 1
    here = left < count ? kept.length + 1 : here + count
    return { from, left, step: 1 }
  }
  const backward = (count: number): Run => {
    const left = Math.max(0, Math.min(count, here - 1))
    const from = here - 1
    here = left < count ? 0 : here - count
    return { from, left, step: -1 }
  }
  const again = (): Run => (here > 0 && here <= kept.length ? { from: here, left: 1, step: 1 } : NOTHING)
  const move = async (count: number): Promise<Run> =>
    count > 0 ? forward(count) : count < 0 ? backward(-count) : again()
  const further = async (count: number): Promise<Run> => {
    if (Math.abs(count) > 1) await move(count - Math.sign(count))
    return move(Math.sign(count))
  }
  const at = async (position: number): Promise<Run> => {
    here = 0
    if (position === 0) return NOTHING
    if (position > 0) return further(position)
    await forward(Number.POSITIVE_INFINITY)
    return further(position)
  }

  const run = (find: () => Promise<Run>): Rows => {
    let found: Run | undefined
    return {
      async ready() {
        found ??= await find()
        return found.left > 0
      },
      take(most, each) {
        if (found === undefined) return 0
        const count = Math.min(most, found.left)
        const chunk: Chunk = { columns: kept.columns, weights: ONE, length: kept.length }
        for (let i = 0; i < count; i++) each(chunk, found.from - 1 + i * found.step)
        found.from += count * found.step
        found.left -= count
        return count
      },
      close() {},
    }
  }

  return {
    move: count => run(() => move(count)),
    at: position => run(() => at(position)),
    further: count => run(() => further(count)),
    // A client that executes the portal reads on.
    async ready() {
      await fill(here + 1)
      return here < kept.length
    },
    take(most, each) {
      const count = Math.min(most, Math.max(0, kept.length - here))
      const chunk: Chunk = { columns: kept.columns, weights: ONE, length: kept.length }
      for (let i = 0; i < count; i++) each(chunk, here + i)
      here += count
      return count
    },
    close: () => rows.close(),
    position: () => here,
  }
}

const ONE = new Int32Array(0)
