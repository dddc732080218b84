// What the service tests of this folder share: a broker of their own, a host, and how to read and write topics plainly.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import type { Chunk } from '../../types/chunk.ts'
import type { Offsets, Reader, RowError, SinkContext } from '../../types/connector.ts'
import type { Host } from '../../types/host.ts'
import { INT8, type Schema, TEXT } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { rowsOf } from '../formats/chunk-rows.ts'
import { RowWriter } from '../formats/row-writer.ts'
import { type KafkaClient, kafkaClient } from './client.ts'
import { keyBytes, valueBytes } from './record-set.ts'

export const host: Host = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
  random: () => 0.5,
  randomBytes: length => new Uint8Array(length),
  crashPoint: () => {},
}

export const idAndName: Schema = [
  { name: 'id', type: INT8 },
  { name: 'name', type: TEXT },
]

export const format = (name: string) => ({ format: name, encode: 'json', options: {} })

/** Rows of `idAndName`; weight 1 unless told. */
export function chunk(...rows: readonly (readonly [bigint, string, (1 | -1)?])[]): Chunk {
  const writer = new RowWriter(idAndName)
  for (const [id, name, weight] of rows) writer.push([id, name], weight ?? 1)
  return writer.chunk()
}

export function sinkContext(id: string, name: string, key: readonly number[]): SinkContext {
  return { id, schema: idAndName, key, appendOnly: name === 'plain', format: format(name), host }
}

export interface TestBroker {
  readonly client: KafkaClient
  options(topic: string): Readonly<Record<string, string>>
  /** Changes settings of a topic. */
  configure(topic: string, config: Readonly<Record<string, string>>): Promise<void>
  /** Keys and values of the first `count` committed records of partition 0. */
  read(
    topic: string,
    count: number,
  ): Promise<readonly { readonly key: string | null; readonly value: string | null }[]>
  stop(): Promise<void>
}

interface Started {
  readonly address: string
  stop(): Promise<void>
}

/** Runs the broker that `start` starts in a fresh folder. */
export async function testBroker(start: (dir: string) => Promise<Started>): Promise<TestBroker> {
  const dir = mkdtempSync(join(tmpdir(), 'weir-kafka-'))
  const broker = await start(dir)
  const client = await kafkaClient({ brokers: [broker.address] })
  return {
    client,
    options: topic => ({ topic, 'properties.bootstrap.server': broker.address }),
    configure: (topic, config) => configure(broker.address, topic, config),
    read: (topic, count) => readValues(client, topic, count),
    async stop() {
      await client.close()
      await broker.stop()
      rmSync(dir, { recursive: true })
    },
  }
}

/** Changes settings of a topic on a broker. */
export async function configure(
  address: string,
  topic: string,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  const admin = new Kafka({ brokers: [address], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  await admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] })
  await admin.disconnect()
}

async function readValues(client: KafkaClient, topic: string, count: number) {
  const text = (bytes: Buffer | null) => bytes?.toString() ?? null
  const found: { key: string | null; value: string | null }[] = []
  let at = 0n
  for (let i = 0; i < 200 && found.length < count; i++) {
    for (const part of await client.fetch(topic, new Map([[0, at]]), 200)) {
      for (const set of part.sets) {
        for (let i = 0; i < set.count; i++)
          found.push({ key: text(keyBytes(set, i)), value: text(valueBytes(set, i)) })
      }
      at = part.next
    }
  }
  return found
}

export interface ReadResult {
  readonly rows: Value[][]
  readonly weights: number[]
  readonly errors: RowError[]
  readonly offsets: Map<string, string>
}

/** Reads on until `enough`, or the reader's end. */
export async function readAll(
  reader: Reader,
  enough: (result: ReadResult) => boolean,
  limit = 100,
): Promise<ReadResult> {
  const result: ReadResult = { rows: [], weights: [], errors: [], offsets: new Map() }
  const signal = AbortSignal.timeout(30_000)
  while (!enough(result)) {
    const batch = await reader.read(limit, signal)
    if (batch === undefined) break
    result.rows.push(...rowsOf(batch.chunk))
    result.weights.push(...batch.chunk.weights.slice(0, batch.chunk.length))
    result.errors.push(...batch.errors)
    for (const [id, offset] of batch.offsets as Offsets) result.offsets.set(id, offset)
  }
  assert(!signal.aborted, 'the reader did not get so far in 30 s')
  return result
}
