import { type Column, insertions } from '../../types/chunk.ts'
import type { Generator, GeneratorSpec, Offset } from '../../types/connector.ts'
import { assert } from '../../types/error.ts'
import { type BidArrays, bidArrays, fillBids, put } from './bids.ts'
import { combinedRows } from './combined.ts'
import { auction, BLOCK, person, type Slice, timeMs } from './events.ts'
import { nexmarkOptions } from './options.ts'
import { type Pools, pools } from './pools.ts'
import { Random } from './random.ts'
import { NEXMARK_SCHEMAS, type NexmarkStream, streamSchema } from './schema.ts'

/** First and last event of each table within a block of 50. */
const RANGES = { person: [0, 1], auction: [1, 4], bid: [4, BLOCK], combined: [0, BLOCK] } as const

/**
 * Events of one table and one split. Split i of n owns the blocks b (of 50 events) with b mod n = i. The offset is the next event
 * number. Arrays are used again at the next call; string buffers are not.
 */
export function nexmarkGenerator(spec: GeneratorSpec, split: string, from: Offset | undefined): Generator {
  const { table, splitNum, eventNum, eventsPerSecond, gapNs } = nexmarkOptions(spec.options)
  const [first, last] = RANGES[table]
  const rows = rowsOf(table)
  const own = streamSchema(table)
  const order = spec.schema.map(field => own.findIndex(f => f.name === field.name))
  assert(
    order.every(i => i >= 0),
    'nexmark: columns are checked at CREATE',
  )
  const index = Number(split)
  let next = align(from === undefined ? index * BLOCK : Number(from))
  const start = next
  let startMs: number | undefined

  // Moves e to the next event of this table in this split.
  function align(e: number): number {
    const block = Math.floor(e / BLOCK)
    const skip = (index - (block % splitNum) + splitNum) % splitNum
    if (skip > 0) return (block + skip) * BLOCK + first
    const offset = e % BLOCK
    if (offset < first) return block * BLOCK + first
    return offset < last ? e : (block + splitNum) * BLOCK + first
  }

  return {
    next(limit, nowMs) {
      startMs ??= nowMs
      const allowed = gapNs === 0 ? Infinity : start + ((nowMs - startMs) * 1e6) / gapNs + 1
      const end = Math.min(eventNum, allowed)
      rows.reserve(limit)
      let length = 0
      while (length < limit && next < end) {
        const inBlock = next - (next % BLOCK) + last - next
        const count = Math.min(inBlock, limit - length, Math.ceil(end - next))
        rows.fill(next, count, length, eventsPerSecond)
        length += count
        next = align(next + count)
      }
      if (length === 0) return undefined
      const columns = rows.columns()
      return { columns: order.map(i => columns[i]!), weights: insertions(length), length }
    },
    offset: () => String(next),
    done: () => next >= eventNum,
  }
}

function rowsOf(stream: NexmarkStream): Rows {
  if (stream === 'combined')
    return combinedRows({ person: new PersonRows(), auction: new AuctionRows(), bid: new BidRows() }, RANGES)
  return stream === 'bid' ? new BidRows() : stream === 'auction' ? new AuctionRows() : new PersonRows()
}

/** Columns under construction; `columns` come in the order of NEXMARK_SCHEMAS. */
export interface Rows {
  reserve(limit: number): void
  fill(e: number, count: number, row: number, eventsPerSecond: number): void
  columns(): readonly Column[]
}

class BidRows implements Rows {
  #capacity = 0
  #arrays: BidArrays = bidArrays(0)
  #columns: readonly Column[] = []
  readonly #pools: Pools = pools()

  reserve(limit: number): void {
    if (limit <= this.#capacity) return
    const a = bidArrays(limit)
    this.#capacity = limit
    this.#arrays = a
    const { letters, channels, urls } = this.#pools
    this.#columns = NEXMARK_SCHEMAS.bid.map(field => {
      const make = (data: Column['data']): Column => ({ type: field.type, data, nulls: null })
      if (field.name === 'channel')
        return make({ bytes: channels.bytes, starts: a.channelStarts, ends: a.channelEnds })
      if (field.name === 'url') return make({ bytes: urls.bytes, starts: a.urlStarts, ends: a.urlEnds })
      if (field.name === 'extra') return make({ bytes: letters, starts: a.extraStarts, ends: a.extraEnds })
      const halves = field.name === 'date_time' ? a.time : a[field.name as 'auction' | 'bidder' | 'price']
      return make(new BigInt64Array(halves.buffer as ArrayBuffer))
    })
  }

  fill(e: number, count: number, row: number, eventsPerSecond: number): void {
    fillBids(this.#arrays, this.#pools, e, count, row, eventsPerSecond)
  }

  columns(): readonly Column[] {
    return this.#columns
  }
}

/** 64-bit and text columns filled row by row; text goes into one fresh buffer per chunk, `extra` views the pool. */
class Rowwise {
  protected readonly integers: Int32Array[]
  #starts: Int32Array[] = []
  #ends: Int32Array[] = []
  #bytes = new Uint8Array(0)
  #at = 0
  readonly #table: 'auction' | 'person'
  readonly #textBytesMax: number

  constructor(table: 'auction' | 'person', textBytesMax: number) {
    this.#table = table
    this.#textBytesMax = textBytesMax
    this.integers = []
  }

  reserve(limit: number): void {
    if ((this.#starts[0]?.length ?? 0) < limit) {
      const width = NEXMARK_SCHEMAS[this.#table].length
      for (let i = 0; i < width; i++) {
        this.integers[i] = new Int32Array(limit * 2)
        this.#starts[i] = new Int32Array(limit)
        this.#ends[i] = new Int32Array(limit)
      }
    }
    this.#bytes = new Uint8Array(0)
    this.#at = 0
  }

  protected text(column: number, row: number, value: string): void {
    if (this.#at === 0) this.#bytes = new Uint8Array(this.#starts[0]!.length * this.#textBytesMax)
    this.#starts[column]![row] = this.#at
    for (let i = 0; i < value.length; i++) this.#bytes[this.#at++] = value.charCodeAt(i)
    this.#ends[column]![row] = this.#at
  }

  protected slice(column: number, row: number, slice: Slice): void {
    this.#starts[column]![row] = slice.at
    this.#ends[column]![row] = slice.at + slice.length
  }

  columns(): readonly Column[] {
    return NEXMARK_SCHEMAS[this.#table].map((field, i) => {
      const view = { starts: this.#starts[i]!, ends: this.#ends[i]! }
      if (field.name === 'extra')
        return { type: field.type, data: { bytes: pools().letters, ...view }, nulls: null }
      if (field.type.name === 'text')
        return { type: field.type, data: { bytes: this.#bytes, ...view }, nulls: null }
      const data = new BigInt64Array(this.integers[i]!.buffer as ArrayBuffer)
      return { type: field.type, data, nulls: null }
    })
  }
}

class AuctionRows extends Rowwise implements Rows {
  constructor() {
    super('auction', 120)
  }

  fill(e: number, count: number, row: number, eventsPerSecond: number): void {
    for (let i = row; i < row + count; i++, e++) {
      const a = auction(e, eventsPerSecond, new Random(e))
      put(this.integers[0]!, i, a.id)
      this.text(1, i, a.name)
      this.text(2, i, a.description)
      put(this.integers[3]!, i, a.initialBid)
      put(this.integers[4]!, i, a.reserve)
      put(this.integers[5]!, i, timeMs(e, eventsPerSecond) * 1000)
      put(this.integers[6]!, i, a.expiresMs * 1000)
      put(this.integers[7]!, i, a.seller)
      put(this.integers[8]!, i, a.category)
      this.slice(9, i, a.extra)
    }
  }
}

class PersonRows extends Rowwise implements Rows {
  constructor() {
    super('person', 80)
  }

  fill(e: number, count: number, row: number, eventsPerSecond: number): void {
    for (let i = row; i < row + count; i++, e += 1) {
      const p = person(e, new Random(e))
      put(this.integers[0]!, i, p.id)
      const texts = [p.name, p.email, p.card, p.city, p.state]
      for (let k = 0; k < texts.length; k++) this.text(1 + k, i, texts[k]!)
      put(this.integers[6]!, i, timeMs(e, eventsPerSecond) * 1000)
      this.slice(7, i, p.extra)
    }
  }
}
