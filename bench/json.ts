import { decoder, type RecordDecoder, recordDecoder } from '../connectors/formats/decoder.ts'
import { RowWriter } from '../connectors/formats/row-writer.ts'
import type { Schema } from '../types/type.ts'
import { count, printTable } from './table.ts'

const RECORDS = 4096
const ROUNDS = 7
const FORMAT = { format: 'plain', encode: 'json', options: {} }

const bid: Schema = [
  { name: 'auction', type: { name: 'int8' } },
  { name: 'bidder', type: { name: 'int8' } },
  { name: 'price', type: { name: 'int8' } },
  { name: 'channel', type: { name: 'text' } },
  { name: 'url', type: { name: 'text' } },
  { name: 'date_time', type: { name: 'timestamp' } },
  { name: 'extra', type: { name: 'text' } },
]
const numbers: Schema = [...bid.slice(0, 3), { name: 'date_time', type: { name: 'timestamp' } }]

/** Records a second of the processor by the generated decoder and by JSON.parse, in turns in one process; the best round of each. */
export function reportJson(): void {
  const { bytes, ends } = bids()
  const rows = [
    ['bid, 7 columns', bid],
    ['bid, numbers and time only', numbers],
  ] as const
  const table = rows.map(([name, schema]) => {
    const generated = recordDecoder(schema, [], FORMAT)
    const parsed = byParse(schema)
    let [fast, slow] = [0, 0]
    for (let i = 0; i < ROUNDS; i++) {
      fast = Math.max(fast, rate(schema, generated, bytes, ends, 40))
      slow = Math.max(slow, rate(schema, parsed, bytes, ends, 5))
    }
    const megabytes = (fast * (bytes.length / ends.length)) / 1e6
    return [name, count(fast), megabytes.toFixed(0), count(slow), `${(fast / slow).toFixed(1)}x`]
  })
  printTable(['records', 'generated/s', 'MB/s', 'JSON.parse/s', 'ratio'], table)
}

function byParse(schema: Schema): RecordDecoder {
  const decode = decoder(schema, [], FORMAT)
  return (rows, bytes, _keyFrom, _keyTo, from, to) => {
    for (const { row, weight } of decode(null, bytes.subarray(from, to))) rows.push(row, weight)
  }
}

function rate(
  schema: Schema,
  decode: RecordDecoder,
  bytes: Uint8Array,
  ends: Int32Array,
  rounds: number,
): number {
  const started = process.threadCpuUsage()
  for (let i = 0; i < rounds; i++) {
    const rows = new RowWriter(schema, ends.length)
    for (let at = 0, row = 0; row < ends.length; at = ends[row++]!)
      decode(rows, bytes, -1, -1, at, ends[row]!)
    rows.chunk()
  }
  const { user, system } = process.threadCpuUsage(started)
  return (ends.length * rounds) / ((user + system) / 1e6)
}

function bids(): { bytes: Buffer; ends: Int32Array } {
  const records = Array.from({ length: RECORDS }, (_, i) =>
    Buffer.from(
      JSON.stringify({
        auction: 1000 + ((i * 7919) % 100_000),
        bidder: 1000 + ((i * 104_729) % 50_000),
        price: 100 + ((i * 1_299_709) % 99_000_000),
        channel: ['Google', 'Facebook', 'Baidu', 'Apple', `channel-${i % 10_000}`][i % 5],
        url: `https://www.nexmark.com/item.htm?query=1&channel_id=${(i * 2_097_143) % 1_073_741_824}`,
        date_time: new Date(1_700_000_000_000 + i).toISOString().replace('T', ' ').replace('Z', ''),
        extra: 'abcdefghijklmnopqrstuvwxyz'.repeat(2).slice(0, 20 + (i % 30)),
      }),
    ),
  )
  const ends = new Int32Array(RECORDS)
  let at = 0
  records.forEach((record, i) => {
    ends[i] = at += record.length
  })
  return { bytes: Buffer.concat(records), ends }
}
