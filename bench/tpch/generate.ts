import {
  colours,
  containers,
  instructions,
  modes,
  nations,
  priorities,
  regions,
  segments,
  types,
  words,
} from './words.ts'

/** Days since 1970 of 1992-01-01, of the last order, and of the day that decides what was shipped. */
const FIRST_DAY = 8035
const ORDER_DAYS = 2406
const TODAY = 9298

/**
 * Rows of TPC-H's tables as text for COPY, tabs between, a line each: distributions and dependencies of the specification,
 * texts of its words, but not the very rows of its program. The same seed gives the same rows.
 */
export function tpchRows(scale: number, seed = 1): Readonly<Record<string, () => Generator<string>>> {
  const suppliers = Math.round(10_000 * scale)
  const parts = Math.round(200_000 * scale)
  const customers = Math.round(150_000 * scale)
  const orders = customers * 10
  const price = (part: number): number => 90_000 + (Math.floor(part / 10) % 20_001) + 100 * (part % 1000)
  const supplierOf = (part: number, i: number): number =>
    ((part + i * (Math.floor(suppliers / 4) + Math.floor((part - 1) / suppliers))) % suppliers) + 1
  const account = (r: Random): string => cents(r.int(-99_999, 999_999))
  const phone = (r: Random, nation: number): string =>
    `${nation + 10}-${r.int(100, 999)}-${r.int(100, 999)}-${r.int(1000, 9999)}`

  function* ordersOrLines(lines: boolean): Generator<string> {
    const r = random(seed + 6)
    for (let i = 0; i < orders; i++) {
      const key = (i >> 3) * 32 + (i & 7) + 1
      const customer = customerOf(r.int(1, customers), customers)
      const day = FIRST_DAY + r.int(0, ORDER_DAYS - 1)
      const count = r.int(1, 7)
      let total = 0
      let shipped = 0
      const rows: string[] = []
      for (let line = 1; line <= count; line++) {
        const part = r.int(1, parts)
        const quantity = r.int(1, 50)
        const extended = quantity * price(part)
        const discount = r.int(0, 10)
        const tax = r.int(0, 8)
        const ship = day + r.int(1, 121)
        const commit = day + r.int(30, 90)
        const receipt = ship + r.int(1, 30)
        if (ship <= TODAY) shipped++
        total += Math.round((extended * (100 + tax) * (100 - discount)) / 10_000)
        const supplier = supplierOf(part, r.int(0, 3))
        const flag = receipt <= TODAY ? r.of(['R', 'A']) : 'N'
        const status = ship > TODAY ? 'O' : 'F'
        const cells = [
          key,
          part,
          supplier,
          line,
          quantity,
          cents(extended),
          cents(discount),
          cents(tax),
          flag,
          status,
        ]
        const dates = [date(ship), date(commit), date(receipt)]
        const last = [r.of(instructions), r.of(modes), comment(r, 4)]
        if (lines) rows.push([...cells, ...dates, ...last].join('\t'))
      }
      const status = shipped === count ? 'F' : shipped === 0 ? 'O' : 'P'
      const clerk = `Clerk#${String(r.int(1, Math.max(1, Math.round(1000 * scale)))).padStart(9, '0')}`
      const cells = [
        key,
        customer,
        status,
        cents(total),
        date(day),
        r.of(priorities),
        clerk,
        0,
        comment(r, 7),
      ]
      if (lines) yield* rows
      else yield cells.join('\t')
    }
  }

  return {
    *region() {
      for (const [i, name] of regions.entries()) yield `${i}\t${name}\t`
    },
    *nation() {
      for (const [i, [name, region]] of nations.entries()) yield `${i}\t${name}\t${region}\t`
    },
    *supplier() {
      const r = random(seed + 1)
      for (let i = 1; i <= suppliers; i++) {
        const nation = r.int(0, 24)
        const odd = r.int(1, 2000)
        const about =
          odd === 1 ? 'Customer slow Complaints' : odd === 2 ? 'Customer fine Recommends' : comment(r, 8)
        yield [i, named('Supplier', i), word(r), nation, phone(r, nation), account(r), about].join('\t')
      }
    },
    *part() {
      const r = random(seed + 2)
      for (let i = 1; i <= parts; i++) {
        const maker = r.int(1, 5)
        const name = Array.from({ length: 5 }, () => r.of(colours)).join(' ')
        const type = types.map(list => r.of(list)).join(' ')
        const container = containers.map(list => r.of(list)).join(' ')
        const brand = `Brand#${maker}${r.int(1, 5)}`
        const cells = [
          i,
          name,
          `Manufacturer#${maker}`,
          brand,
          type,
          r.int(1, 50),
          container,
          cents(price(i)),
        ]
        yield [...cells, comment(r, 2)].join('\t')
      }
    },
    *partsupp() {
      const r = random(seed + 3)
      for (let part = 1; part <= parts; part++)
        for (let i = 0; i < 4; i++)
          yield [part, supplierOf(part, i), r.int(1, 9999), cents(r.int(100, 100_000)), comment(r, 16)].join(
            '\t',
          )
    },
    *customer() {
      const r = random(seed + 4)
      for (let i = 1; i <= customers; i++) {
        const nation = r.int(0, 24)
        const cells = [i, named('Customer', i), word(r), nation, phone(r, nation), account(r), r.of(segments)]
        yield [...cells, comment(r, 10)].join('\t')
      }
    },
    orders: () => ordersOrLines(false),
    lineitem: () => ordersOrLines(true),
  }
}

/** A third of the customers never order. */
function customerOf(drawn: number, customers: number): number {
  return drawn % 3 === 0 ? (drawn === customers ? drawn - 1 : drawn + 1) : drawn
}

interface Random {
  int(from: number, to: number): number
  of<T>(list: readonly T[]): T
}

/** A 32-bit mixing counter (splitmix). */
function random(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b9)
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 4294967296
  }
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1))
  return { int, of: list => list[int(0, list.length - 1)]! }
}

function comment(r: Random, count: number): string {
  let text = r.of(words)
  for (let i = 1; i < count; i++) text += ` ${r.of(words)}`
  return text
}

function word(r: Random): string {
  return r.int(100_000, 99_999_999).toString(36)
}

function named(kind: string, i: number): string {
  return `${kind}#${String(i).padStart(9, '0')}`
}

function cents(value: number): string {
  const positive = Math.abs(value)
  const text = `${Math.floor(positive / 100)}.${String(positive % 100).padStart(2, '0')}`
  return value < 0 ? `-${text}` : text
}

function date(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10)
}
