import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Bytes, Chunk } from '../../types/chunk.ts'
import { nexmark } from './index.ts'
import { NEXMARK_SCHEMAS, streamSchema } from './schema.ts'

const rowsFrom = (table: 'bid' | 'auction' | 'person', from: number, count: number, more = {}) => {
  const options = { 'nexmark.table.type': table, 'nexmark.min.event.gap.in.ns': '0', ...more }
  const spec = { connector: 'nexmark', options, schema: NEXMARK_SCHEMAS[table], splits: ['0'] }
  const generator = nexmark.generator!(spec, '0', String(from))
  return rows(generator.next(count, 0)!)
}

const rows = (chunk: Chunk): unknown[][] =>
  Array.from({ length: chunk.length }, (_, i) =>
    chunk.columns.map(({ type, data }) => {
      if (type.name !== 'text') return Number((data as BigInt64Array)[i])
      const { bytes, starts, ends } = data as Bytes
      return Buffer.from(bytes.subarray(starts[i], ends[i])).toString()
    }),
  )

const time = (ms: unknown) => new Date(Number(ms) / 1000).toISOString().replace('T', ' ').slice(0, 23)

// The reference generator's events, run in Java (OpenJDK 17) at 10,000 events a second of event time.
test('bids equal those of the reference generator', () => {
  assert.deepEqual(rowsFrom('bid', 4, 1)[0], [
    1008,
    1001,
    412642,
    'Google',
    'https://www.nexmark.com/cqn/y_q/pfji/item.htm?query=1',
    1767225600000000,
    'fceudsuwqmmhcmgeimdhdebzpavvpstydminbqbghffozdqnlufwjqnjggyjnwemprt',
  ])
  assert.deepEqual(rowsFrom('bid', 20000049, 1)[0], [
    1201000,
    401001,
    999,
    'Google',
    'https://www.nexmark.com/cqn/y_q/pfji/item.htm?query=1',
    Date.parse('2026-01-01T00:33:20.004Z') * 1000,
    'dzikkfkebigoyunyorzxftxwekaxfnkpvhzocmbxfzktaazxfvzsdpnbxil',
  ])
})

test('20,000 events of all kinds have the reference generator’s checksum', () => {
  const [bids, auctions, people] = (['bid', 'auction', 'person'] as const).map(t =>
    rowsFrom(t, 0, 20_000, { 'nexmark.event.num': '20000' }),
  )
  let sum = 0n
  for (let e = 0; e < 20_000; e++) {
    const kind = e % 50
    const text =
      kind === 0
        ? personJson(people!.shift()!)
        : kind < 4
          ? auctionJson(auctions!.shift()!)
          : bidJson(bids!.shift()!)
    sum = BigInt.asIntN(32, sum * 31n + BigInt(hashCode(text)))
  }
  assert.equal(sum, 1376048637n)
})

const hashCode = (text: string) => {
  let h = 0
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0
  return h
}
const personJson = (v: unknown[]) =>
  `{"event_type":0,"person":{"id":${v[0]},"name":"${v[1]}","emailAddress":"${v[2]}","creditCard":"${v[3]}","city":"${v[4]}","state":"${v[5]}","dateTime":"${time(v[6])}","extra":"${v[7]}"},"auction":null,"bid":null}`
const auctionJson = (v: unknown[]) =>
  `{"event_type":1,"person":null,"auction":{"id":${v[0]},"itemName":"${v[1]}","description":"${v[2]}","initialBid":${v[3]},"reserve":${v[4]},"dateTime":"${time(v[5])}","expires":"${time(v[6])}","seller":${v[7]},"category":${v[8]},"extra":"${v[9]}"},"bid":null}`
const bidJson = (v: unknown[]) =>
  `{"event_type":2,"person":null,"auction":null,"bid":{"auction":${v[0]},"bidder":${v[1]},"price":${v[2]},"channel":"${v[3]}","url":"${v[4]}","dateTime":"${time(v[5])}","extra":"${v[6]}"}}`

test('splits share the events out and any offset resumes', () => {
  const options = {
    'nexmark.table.type': 'bid',
    'nexmark.split.num': '3',
    'nexmark.event.num': '1000',
    'nexmark.min.event.gap.in.ns': '0',
  }
  const spec = { connector: 'nexmark', options, schema: NEXMARK_SCHEMAS.bid, splits: ['0', '1', '2'] }
  let total = 0
  for (const split of spec.splits) {
    let generator = nexmark.generator!(spec, split, undefined)
    while (!generator.done()) {
      total += generator.next(7, 0)!.length
      generator = nexmark.generator!(spec, split, generator.offset())
    }
    assert.equal(generator.next(7, 0), undefined)
  }
  assert.equal(total, 920)
})

test('the gap between events holds the pace of the clock', () => {
  const options = { 'nexmark.table.type': 'person', 'nexmark.min.event.gap.in.ns': '100000' }
  const spec = { connector: 'nexmark', options, schema: NEXMARK_SCHEMAS.person, splits: ['0'] }
  const generator = nexmark.generator!(spec, '0', undefined)
  assert.equal(generator.next(100, 5000)!.length, 1)
  assert.equal(generator.next(100, 5001), undefined)
  assert.equal(generator.next(100, 5010)!.length, 2)
})

test('the combined stream holds the events of all tables in their order', () => {
  const options = { 'nexmark.min.event.gap.in.ns': '0', 'nexmark.event.num': '120' }
  const spec = { connector: 'nexmark', options, schema: streamSchema('combined'), splits: ['0'] }
  const chunk = nexmark.generator!(spec, '0', undefined).next(1000, 0)!
  const codes = [...(chunk.columns[0]!.data as BigInt64Array)].slice(0, chunk.length).map(Number)
  const ofBlock = [0, 1, 1, 1, ...Array.from({ length: 46 }, () => 2)]
  assert.deepEqual(codes, [...ofBlock, ...ofBlock, ...ofBlock.slice(0, 20)])
  for (const [code, table] of (['person', 'auction', 'bid'] as const).entries()) {
    const { data, nulls } = chunk.columns[code + 1]!
    const structs = (data as (unknown[] | null)[]).filter(value => value !== null)
    assert.deepEqual(
      structs.map(values => values.map(value => (typeof value === 'bigint' ? Number(value) : value))),
      rowsFrom(table, 0, structs.length),
    )
    assert.deepEqual(
      [...nulls!].slice(0, chunk.length),
      codes.map(other => (other === code ? 0 : 1)),
    )
  }
})
