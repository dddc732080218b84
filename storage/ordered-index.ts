import type { Column } from '../types/chunk.ts'
import type { Order } from '../types/job.ts'
import { compareCells } from './compare-cells.ts'

const BLOCK_ROWS = 256

/** Order of two rows (of maybe different column sets) by the given columns. */
export function compareOrder(
  order: readonly Order[],
  a: readonly Column[],
  i: number,
  b: readonly Column[],
  j: number,
): number {
  for (let k = 0; k < order.length; k++) {
    const { column, descending, nullsFirst } = order[k]!
    const x = a[column]!
    const y = b[column]!
    const nullX = x.nulls !== null && x.nulls[i] === 1
    const nullY = y.nulls !== null && y.nulls[j] === 1
    if (nullX || nullY) {
      if (nullX && nullY) continue
      return nullX === nullsFirst ? -1 : 1
    }
    const sign = compareCells(x, i, y, j)
    if (sign !== 0) return descending ? -sign : sign
  }
  return 0
}

/** Row ids of one prefix in order: a list of sorted blocks, so that a change costs a search and one small move. */
export class OrderedRows {
  readonly #compare: (a: number, b: number) => number
  readonly #blocks: number[][] = [[]]
  size = 0

  /** `compare` is a total order of row ids: 0 only for the same row. */
  constructor(compare: (a: number, b: number) => number) {
    this.#compare = compare
  }

  insert(id: number): void {
    const at = this.#blockOf(id)
    const block = this.#blocks[at]!
    block.splice(this.#positionIn(block, id), 0, id)
    this.size++
    if (block.length > BLOCK_ROWS) this.#blocks.splice(at + 1, 0, block.splice(BLOCK_ROWS >> 1))
  }

  remove(id: number): void {
    const at = this.#blockOf(id)
    const block = this.#blocks[at]!
    const position = this.#positionIn(block, id)
    if (block[position] !== id) return
    block.splice(position, 1)
    this.size--
    if (block.length === 0 && this.#blocks.length > 1) this.#blocks.splice(at, 1)
  }

  first(): number {
    return this.size === 0 ? -1 : this.#blocks[0]![0]!
  }

  last(): number {
    return this.size === 0 ? -1 : this.#blocks.at(-1)!.at(-1)!
  }

  /** Visits rows in order until `visit` returns false. */
  walk(visit: (id: number) => boolean): void {
    for (const block of this.#blocks) for (let i = 0; i < block.length; i++) if (!visit(block[i]!)) return
  }

  /** Visits, in order, rows from the first that is not before `from` to the last that is not after `to`. */
  between(from: (id: number) => number, to: (id: number) => number, visit: (id: number) => void): void {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (from(this.#blocks[middle]!.at(-1)!) >= 0) high = middle
      else low = middle + 1
    }
    for (let at = low; at < this.#blocks.length; at++)
      for (const id of this.#blocks[at]!) {
        if (from(id) < 0) continue
        if (to(id) > 0) return
        visit(id)
      }
  }

  /** Last block whose first row is not after `id`. */
  #blockOf(id: number): number {
    let low = 0
    let high = this.#blocks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#compare(this.#blocks[middle]![0]!, id) <= 0) low = middle
      else high = middle - 1
    }
    return low
  }

  #positionIn(block: readonly number[], id: number): number {
    let low = 0
    let high = block.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#compare(block[middle]!, id) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}
