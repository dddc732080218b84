// Nexmark events as a pure function of the event number e, 32-bit arithmetic only: person, 3 auctions, 46 bids in each block of
// 50. Event time advances by the number, never by a clock, so that any two runs (or systems) see the same stream.
import { LETTERS, word } from './pools.ts'
import { price, type Random } from './random.ts'

/** Events per block: one person, three auctions, 46 bids. */
export const BLOCK = 50
/** Event time of event 0, 2026-01-01T00:00:00Z, in milliseconds. */
export const BASE_MS = 1767225600000

const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY']
const CITIES = (
  'Phoenix,Los Angeles,San Francisco,Boise,Portland,' + 'Bend,Redmond,Seattle,Kent,Cheyenne'
).split(',')
const FIRST = 'Peter,Paul,Luke,John,Saul,Vicky,Kate,Julie,Sarah,Deiter,Walter'.split(',')
const LAST = 'Shultz,Abrams,Spencer,White,Bartels,Walton,Smith,Jones,Noris'.split(',')

/** A slice of the pool of letters. */
export interface Slice {
  readonly at: number
  readonly length: number
}

export interface Person {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly card: string
  readonly city: string
  readonly state: string
  readonly extra: Slice
}

export interface Auction {
  readonly id: number
  readonly name: string
  readonly description: string
  readonly initialBid: number
  readonly reserve: number
  readonly expiresMs: number
  readonly seller: number
  readonly category: number
  readonly extra: Slice
}

/** Event time of event `e` in milliseconds since 1970. */
export function timeMs(e: number, eventsPerSecond: number): number {
  return BASE_MS + Math.floor((e * 1000) / eventsPerSecond)
}

export function person(e: number, random: Random): Person {
  const id = 1000 + Math.floor(e / BLOCK)
  const name = `${FIRST[random.below(11)]} ${LAST[random.below(9)]}`
  const email = `${word(random, 7, ' ')}@${word(random, 5, ' ')}.com`
  const four = () => String(random.below(10_000)).padStart(4, '0')
  const card = `${four()} ${four()} ${four()} ${four()}`
  const city = CITIES[random.below(10)]!
  const state = STATES[random.below(6)]!
  const size = 8 + name.length + email.length + card.length + city.length + state.length
  return { id, name, email, card, city, state, extra: extra(random, size, 200) }
}

export function auction(e: number, eventsPerSecond: number, random: Random): Auction {
  const block = Math.floor(e / BLOCK)
  const id = 1000 + block * 3 + ((e % BLOCK) - 1)
  const hot = random.below(4) > 0
  const seller = 1000 + (hot ? block - (block % 100) : anyPerson(random, block))
  const category = 10 + random.below(5)
  const initialBid = price(random.unit())
  const now = timeMs(e, eventsPerSecond)
  const horizon = timeMs(e + Math.floor((100 * BLOCK) / 3), eventsPerSecond) - now
  const expiresMs = now + 1 + random.below(Math.max(horizon * 2, 1))
  const name = word(random, 20, ' ')
  const description = word(random, 100, ' ')
  const reserve = initialBid + price(random.unit())
  const slice = extra(random, 48 + name.length + description.length, 500)
  return { id, name, description, initialBid, reserve, expiresMs, seller, category, extra: slice }
}

function anyPerson(random: Random, block: number): number {
  const active = Math.min(block + 1, 1000)
  return block + 1 - active + random.below(active + 10)
}

function extra(random: Random, size: number, average: number): Slice {
  if (size > average) return { at: 0, length: 0 }
  const want = average - size
  const delta = Math.round(want * 0.2)
  const length = want - delta + (delta === 0 ? 0 : random.below(2 * delta))
  return { at: random.below(LETTERS - length), length }
}
