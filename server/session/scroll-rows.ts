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
/** Of a cursor that was not asked to go back: beyond it, it cannot any more. */
const SPARE_BYTES_MAX = 1 << 20
const READ_AT_ONCE = 1024

/** A run of positions, `step` apart. */
interface Run {
  from: number
  left: number
  readonly step: 1 | -1
}

const NOTHING: Run = { from: 0, left: 0, step: 1 }

/**
 * Keeps the rows that come: a cursor (PostgreSQL's DECLARE, FETCH). With SCROLL up to a limit (53200), else those of the
 * beginning, as long as they are few: then it goes forward only (55000).
 */
export function scrollRows(rows: Rows, schema: Schema, declared: boolean): ScrollRows {
  const types = schema.map(field => field.type)
  let kept = new ChunkBuilder(types)
  /** So many rows before the kept ones were forgotten. */
  let base = 0
  let ended = false
  /** 0: before the first row; one more than there are: past the last. */
  let here = 0

  const end = () => base + kept.length
  const fill = async (count: number): Promise<void> => {
    if (!declared && here >= end() && kept.bytes > SPARE_BYTES_MAX) {
      base = end()
      kept = new ChunkBuilder(types)
    }
    while (!ended && end() < count) {
      if (!(await rows.ready())) ended = true
      else rows.take(Math.min(READ_AT_ONCE, count - end()), keep)
      if (declared && kept.bytes > KEPT_BYTES_MAX)
        throw new SqlError('out_of_memory', 'out of memory', {
          detail: `A SCROLL cursor keeps at most ${KEPT_BYTES_MAX >> 20} MB of rows.`,
        })
    }
  }
  const keep = (chunk: Chunk, row: number): void => {
    kept.copyRow(0, chunk.columns, row)
    kept.push(1)
  }
  /** Throws 55000 where the rows from a position on are not kept any more. */
  const requireKept = (position: number): void => {
    if (position <= base && base > 0) throw onlyForward()
  }

  /** Goes on to at most the next `count` rows that are at hand; 0: there are none. */
  const advance = async (count: number): Promise<number> => {
    await fill(here + Math.min(count, READ_AT_ONCE))
    const found = Math.max(0, Math.min(count, end() - here))
    if (found === 0) here = end() + 1
    return found
  }
  const skip = async (count: number): Promise<void> => {
    for (let left = count; left > 0; ) {
      const found = await advance(left)
      if (found === 0) return
      here += found
      left -= found
    }
  }
  const backward = (count: number): Run => {
    const left = Math.max(0, Math.min(count, here - 1))
    requireKept(here - left)
    if (left < count) requireKept(1)
    const from = here - 1
    here = left < count ? 0 : here - count
    return { from, left, step: -1 }
  }
  const again = (): Run => {
    if (here === 0 || here > end()) return NOTHING
    requireKept(here)
    return { from: here, left: 1, step: 1 }
  }
  const copy = (position: number, each: (chunk: Chunk, row: number) => void): void =>
    each({ columns: kept.columns, weights: ONE, length: kept.length }, position - 1 - base)

  const ahead = (count: number, before = async (): Promise<void> => {}): Rows => {
    let begun = false
    let left = count
    let found = 0
    return {
      async ready() {
        if (!begun) await before()
        begun = true
        if (left > 0 && found === 0) found = await advance(left)
        if (found === 0) left = 0
        return found > 0
      },
      take(most, each) {
        const taken = Math.min(most, found)
        for (let i = 0; i < taken; i++) copy(++here, each)
        found -= taken
        left -= taken
        return taken
      },
      close() {},
    }
  }
  const run = (find: () => Run | Promise<Run>): Rows => {
    let found: Run | undefined
    return {
      async ready() {
        found ??= await find()
        return found.left > 0
      },
      take(most, each) {
        if (found === undefined) return 0
        const count = Math.min(most, found.left)
        for (let i = 0; i < count; i++) copy(found.from + i * found.step, each)
        found.from += count * found.step
        found.left -= count
        return count
      },
      close() {},
    }
  }
  const move = (count: number): Rows =>
    count > 0 ? ahead(count) : run(count < 0 ? () => backward(-count) : again)
  const further = (count: number): Rows => {
    if (count > 0) return ahead(1, () => skip(count - 1))
    return run(() => {
      if (count === 0) return again()
      backward(-count - 1)
      return backward(1)
    })
  }
  const fromEnd = async (position: number): Promise<Run> => {
    await skip(Number.POSITIVE_INFINITY)
    backward(-position - 1)
    return backward(1)
  }
  const at = (position: number): Rows => {
    if (position < 0) return run(() => fromEnd(position))
    if (position <= here) requireKept(position)
    if (position > here) return further(position - here)
    here = 0
    return position === 0 ? run(() => NOTHING) : further(position)
  }

  return {
    move,
    at,
    further,
    // A client that executes the portal reads on.
    async ready() {
      return here <= end() && (await advance(1)) > 0
    },
    take(most, each) {
      const count = Math.min(most, Math.max(0, end() - here))
      for (let i = 0; i < count; i++) copy(++here, each)
      return count
    },
    close: () => rows.close(),
    position: () => here,
  }
}

/** 55000 */
export function onlyForward(): SqlError {
  return new SqlError('object_not_in_prerequisite_state', 'cursor can only scan forward', {
    hint: 'Declare it with SCROLL option to enable backward scan.',
  })
}

const ONE = new Int32Array(0)
