// The hot loop: about 60 ns a bid. Numbers go into BigInt64Arrays as two 32-bit halves, strings are views into constant pools.
import { BASE_MS, BLOCK } from './events.ts'
import { LETTERS, type Pools } from './pools.ts'
import { mix, price, STEP, scale, seedOf } from './random.ts'

/** Column arrays of bids; the Int32Arrays of 64-bit columns hold low and high halves. */
export interface BidArrays {
  readonly auction: Int32Array
  readonly bidder: Int32Array
  readonly price: Int32Array
  readonly time: Int32Array
  readonly channelStarts: Int32Array
  readonly channelEnds: Int32Array
  readonly urlStarts: Int32Array
  readonly urlEnds: Int32Array
  readonly extraStarts: Int32Array
  readonly extraEnds: Int32Array
}

export function bidArrays(capacity: number): BidArrays {
  const one = () => new Int32Array(capacity)
  const two = () => new Int32Array(capacity * 2)
  return {
    auction: two(),
    bidder: two(),
    price: two(),
    time: two(),
    channelStarts: one(),
    channelEnds: one(),
    urlStarts: one(),
    urlEnds: one(),
    extraStarts: one(),
    extraEnds: one(),
  }
}

/** Writes the bids numbered e .. e + count - 1, all of one block, at row `row`. */
export function fillBids(
  out: BidArrays,
  pools: Pools,
  e: number,
  count: number,
  row: number,
  eventsPerSecond: number,
): void {
  const block = Math.floor(e / BLOCK)
  const last = block * 3 + 2
  const hotAuction = 1000 + last - (last % 100)
  const min = Math.max(last - 100, 0)
  const hotBidder = 1001 + block - (block % 100)
  const active = Math.min(block + 1, 1000)
  const { channels, urls } = pools
  for (let i = row; i < row + count; i++, e++) {
    let s = (seedOf(e) + STEP) | 0
    let id = hotAuction
    if (scale(mix(s), 2) === 0) id = 1000 + min + scale(mix((s = (s + STEP) | 0)), last - min + 11)
    put(out.auction, i, id)
    id = hotBidder
    if (scale(mix((s = (s + STEP) | 0)), 4) === 0) {
      id = 1001 + block - active + scale(mix((s = (s + STEP) | 0)), active + 10)
    }
    put(out.bidder, i, id)
    put(out.price, i, price(mix((s = (s + STEP) | 0)) / 4294967296))
    put(out.time, i, (BASE_MS + Math.floor((e * 1000) / eventsPerSecond)) * 1000)
    const hotChannel = scale(mix((s = (s + STEP) | 0)), 2) > 0
    s = (s + STEP) | 0
    const channel = hotChannel ? scale(mix(s), 4) : 4 + scale(mix(s), 10_000)
    out.channelStarts[i] = channels.starts[channel]!
    out.channelEnds[i] = channels.ends[channel]!
    out.urlStarts[i] = urls.starts[channel]!
    out.urlEnds[i] = urls.ends[channel]!
    const length = 54 + scale(mix((s = (s + STEP) | 0)), 28)
    const at = scale(mix((s = (s + STEP) | 0)), LETTERS - length)
    out.extraStarts[i] = at
    out.extraEnds[i] = at + length
  }
}

/** Writes a non-negative integer below 2^53 as entry i of a 64-bit little-endian column. */
export function put(halves: Int32Array, i: number, value: number): void {
  halves[2 * i] = value | 0
  halves[2 * i + 1] = (value / 4294967296) | 0
}
