import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import fc from 'fast-check'
import { BatchWriter } from './batch-writer.ts'
import { crc32c, partitionOf } from './checksums.ts'
import { headersOf, keyBytes, readBatches, valueBytes } from './record-set.ts'

const load = createRequire(import.meta.url)
const bytes = fc.uint8Array({ maxLength: 300 }).map(part => Buffer.from(part))

test('what a batch is written of is what is read from it', () => {
  const ms = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 })
  const header = fc.tuple(fc.string(), bytes)
  const message = fc.tuple(fc.option(bytes), fc.option(bytes), ms, fc.array(header, { maxLength: 2 }))
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 200 }), messages => {
      const writer = new BatchWriter()
      for (const [key, value, at, headers] of messages) writer.add(key, value, at, headers)
      const batch = writer.finish({ id: 7n, epoch: 3, transactional: true }, 11)
      assert.equal(batch.length, writer.size)
      assert.equal(batch.readUInt32BE(17), crc32c(batch, 21, batch.length))
      const { sets, next } = readBatches(batch, 0n, [])
      assert.equal(next, BigInt(messages.length))
      messages.forEach(([key, value, at, headers], i) => {
        assert.deepEqual([keyBytes(sets[0]!, i), valueBytes(sets[0]!, i)], [key, value])
        assert.equal(sets[0]!.timestampsMs[i], at)
        const read = headersOf(sets[0]!, i).map(h => [h.key, h.value])
        assert.deepEqual(
          read,
          headers.map(([name, content]) => [Buffer.from(name).toString(), content]),
        )
      })
    }),
  )
})

test('checksums are CRC-32C', () => {
  assert.equal(crc32c(Buffer.from('123456789'), 0, 9), 0xe3069283)
  assert.equal(crc32c(new Uint8Array(32), 0, 32), 0x8a9136aa)
})

test('keys go to the partitions that the Java producer chooses', () => {
  const java = load('kafkajs/src/producer/partitioners/default/murmur2') as (key: Buffer) => number
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 100 }), (key, partitions) => {
      assert.equal(partitionOf(key, partitions), (java(key) & 0x7fffffff) % partitions)
    }),
  )
})
