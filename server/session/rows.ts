import type { Chunk } from '../../types/chunk.ts'

/** Rows to be sent, each as often as it weighs; taken in portions. */
export interface Rows {
  /** Waits for rows; false: there are no more. */
  ready(): Promise<boolean>
  /** Hands out at most `most` of the rows at hand; returns how many. */
  take(most: number, each: (chunk: Chunk, row: number) => void): number
  /** No more rows are wanted. */
  close(): void
  /** How many were handed out. */
  position?(): number
}

/** The rows of chunks. `begins`: they are those of now, and an error on the way to the first is thrown when it is asked for. */
export function rowsOf(chunks: AsyncIterable<Chunk> | Iterable<Chunk>, begins = false): Rows {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  let first = begins ? Promise.resolve(iterator.next()) : undefined
  first?.catch(() => {})
  let chunk: Chunk | undefined
  let row = 0
  /** How often the row was handed out. */
  let times = 0
  let position = 0
  return {
    async ready() {
      while (chunk === undefined || row >= chunk.length) {
        const next = await (first ?? iterator.next())
        first = undefined
        if (next.done === true) return false
        chunk = next.value
        row = 0
        times = 0
      }
      return true
    },
    take(most, each) {
      let count = 0
      while (count < most && chunk !== undefined && row < chunk.length) {
        if (times >= chunk.weights[row]!) {
          row++
          times = 0
          continue
        }
        each(chunk, row)
        times++
        count++
      }
      position += count
      return count
    },
    close() {
      chunk = undefined
      void iterator.return?.()
    },
    position: () => position,
  }
}

/** At most the next `count` rows; the others stay. */
export function nextRows(rows: Rows, count: number): Rows {
  let left = count
  return {
    ready: async () => left > 0 && (await rows.ready()),
    take(most, each) {
      const taken = rows.take(Math.min(most, left), each)
      left -= taken
      return taken
    },
    close() {},
  }
}
