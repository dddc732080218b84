import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { lz4Frame, snappyBlocks } from './decompress.ts'
import { headersOf, keyBytes, type RecordSet, readBatches, valueBytes } from './record-set.ts'

interface Batch {
  readonly offset: number
  readonly values: readonly (string | null)[]
  readonly attributes?: number
  readonly producer?: number
  /** Type of a control record: 0 abort, 1 commit. */
  readonly marker?: number
  readonly lastDelta?: number
  readonly pack?: (bytes: Buffer) => Buffer
}

const varint = (n: number) => {
  const bytes: number[] = []
  let zigzag = n < 0 ? -n * 2 - 1 : n * 2
  for (; zigzag >= 0x80; zigzag = Math.floor(zigzag / 128)) bytes.push((zigzag % 128) | 0x80)
  return Buffer.from([...bytes, zigzag])
}
const sized = (bytes: Buffer | null) => Buffer.concat([varint(bytes?.length ?? -1), bytes ?? Buffer.alloc(0)])

function batch({
  offset,
  values,
  attributes = 0,
  producer = -1,
  marker,
  lastDelta,
  pack = b => b,
}: Batch): Buffer {
  const records = values.map((value, i) => {
    const key = marker === undefined ? null : Buffer.from([0, 0, 0, marker])
    const header = Buffer.concat([varint(1), sized(Buffer.from('h')), sized(null)])
    const parts = [
      varint(i * 5_000_000_000),
      varint(i),
      sized(key),
      sized(value === null ? null : Buffer.from(value)),
    ]
    const body = Buffer.concat([Buffer.from([0]), ...parts, header])
    return sized(body)
  })
  const head = Buffer.alloc(61)
  const body = pack(Buffer.concat(records))
  head.writeBigInt64BE(BigInt(offset), 0)
  head.writeInt32BE(49 + body.length, 8)
  head[16] = 2
  head.writeInt16BE(attributes, 21)
  head.writeInt32BE(lastDelta ?? values.length - 1, 23)
  head.writeBigInt64BE(1000n, 27)
  head.writeBigInt64BE(2000n, 35)
  head.writeBigInt64BE(BigInt(producer), 43)
  head.writeInt32BE(values.length, 57)
  return Buffer.concat([head, body])
}

const valuesOf = (sets: readonly RecordSet[]) =>
  sets.flatMap(set => Array.from({ length: set.count }, (_, i) => valueBytes(set, i)?.toString() ?? null))
const read = (batches: readonly Batch[], from = 0n, aborted: [number, number][] = []) => {
  const transactions = aborted.map(([id, at]) => ({ producerId: BigInt(id), firstOffset: BigInt(at) }))
  const { sets, next } = readBatches(Buffer.concat(batches.map(batch)), from, transactions)
  return { values: valuesOf(sets), next, sets }
}

test('records before the wanted offset are left out, and offsets that compaction removed are passed over', () => {
  const { values, next, sets } = read([{ offset: 10, values: ['a', 'b', null], lastDelta: 7 }], 11n)
  assert.deepEqual(values, ['b', null])
  assert.equal(next, 18n)
  assert.deepEqual([...sets[0]!.offsets.slice(0, 2)], [11, 12])
  assert.deepEqual([...sets[0]!.timestampsMs.slice(0, 2)], [5_000_001_000, 10_000_001_000])
  assert.deepEqual(headersOf(sets[0]!, 0), [{ key: 'h', value: null }])
  assert.equal(keyBytes(sets[0]!, 0), null)
})

test('time of appending holds for every record of its batch', () => {
  const { sets } = read([{ offset: 0, values: ['a', 'b'], attributes: 8 }])
  assert.deepEqual([...sets[0]!.timestampsMs], [2000, 2000])
})

test('an aborted transaction is left out from its first offset to its marker, others are not', () => {
  const txn = (offset: number, producer: number, value: string) => ({
    offset,
    producer,
    values: [value],
    attributes: 16,
  })
  const end = (offset: number, producer: number, marker: number) =>
    ({ offset, producer, values: [''], attributes: 48, marker }) as const
  const log = [
    txn(0, 1, 'committed'),
    end(1, 1, 1),
    txn(2, 1, 'aborted'),
    txn(3, 2, 'other'),
    { offset: 4, values: ['plain'] },
    end(5, 1, 0),
    txn(6, 1, 'again'),
    end(7, 2, 1),
  ]
  const { values, next } = read(log, 0n, [[1, 2]])
  assert.deepEqual(values, ['committed', 'other', 'plain', 'again'])
  assert.equal(next, 8n)
})

test('transactions are left out that were aborted in another order than they began', () => {
  const at = (offset: number, producer: number, marker?: number) =>
    marker === undefined
      ? { offset, producer, values: [`of ${producer}`], attributes: 16 }
      : { offset, producer, values: [''], attributes: 48, marker }
  const log = [at(0, 1), at(1, 2), at(2, 3), at(3, 3, 0), at(4, 1, 0), at(5, 2, 1)]
  // The broker lists them as they ended.
  const { values } = read(log, 0n, [
    [3, 2],
    [1, 0],
  ])
  assert.deepEqual(values, ['of 2'])
})

test('a batch that was cut off is read by the next fetch', () => {
  const [whole, cut] = [batch({ offset: 0, values: ['a'] }), batch({ offset: 1, values: ['b'] })]
  for (let length = 0; length < cut.length; length++) {
    const { sets, next } = readBatches(Buffer.concat([whole, cut.subarray(0, length)]), 0n, [])
    assert.deepEqual([valuesOf(sets), next], [['a'], 1n])
  }
})

test('batches compressed by gzip, zstd, snappy and lz4 are read', () => {
  const snappyLiteral = (b: Buffer) =>
    Buffer.concat([varintOf(b.length), Buffer.from([61 << 2, (b.length - 1) & 255, (b.length - 1) >> 8]), b])
  const packs = [gzipSync, snappyLiteral, undefined, zstdCompressSync] as const
  const value = 'x'.repeat(300)
  packs.forEach((pack, i) => {
    if (pack === undefined) return
    const { values } = read([{ offset: 0, values: [value, 'y'], attributes: i + 1, pack }])
    assert.deepEqual(values, [value, 'y'])
  })
  assert.throws(
    () => read([{ offset: 0, values: ['a'], attributes: 5, pack: b => deflateSync(b) }]),
    /compression 5/,
  )
})
const varintOf = (n: number) => Buffer.from(n < 128 ? [n] : [(n & 127) | 128, n >> 7])

test('snappy copies with overlap, near and far, in blocks as Java writes them', () => {
  // 'abcd', then 8 bytes from 4 before, then 6 bytes from 2 before by a two-byte offset.
  const block = Buffer.from([18, 3 << 2, ...Buffer.from('abcd'), (4 << 2) | 1, 4, (5 << 2) | 2, 2, 0])
  assert.equal(snappyBlocks(block).toString(), 'abcdabcdabcdcdcdcd')
  const head = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])
  const framed = Buffer.concat([head, Buffer.from([0, 0, 0, block.length]), block])
  assert.equal(snappyBlocks(framed).toString(), 'abcdabcdabcdcdcdcd')
  assert.throws(() => snappyBlocks(Buffer.from([4, (4 << 2) | 1, 9])), /cannot be read/)
})

test('lz4 frames hold stored and packed blocks', () => {
  const packed = Buffer.from([0x4f, ...Buffer.from('abcd'), 4, 0, 0, 0x10, ...Buffer.from('e')])
  const frame = (size: number, body: Buffer) => {
    const head = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0])
    const length = Buffer.alloc(4)
    length.writeUInt32LE(size)
    return Buffer.concat([head, length, body, Buffer.alloc(4)])
  }
  assert.equal(lz4Frame(frame(packed.length, packed)).toString(), `abcd${'abcd'.repeat(5).slice(0, 19)}e`)
  const stored = Buffer.from('stored')
  assert.equal(lz4Frame(frame(0x80000000 + stored.length, stored)).toString(), 'stored')
  assert.throws(() => lz4Frame(frame(3, Buffer.from([0x00, 9, 0]))), /cannot be read/)
})
