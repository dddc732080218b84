import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Kafka, logLevel } from 'kafkajs'
import { startKafka } from '../../scripts/services.ts'
import { mulberry32 } from './services.ts'
import { Weir } from './weir.ts'

const ROUNDS = 5
const BATCHES_A_ROUND = 12
const BATCH = 100
const EVERY = 4
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)

test(`malformed records count once each, whenever the server is killed (WEIR_SEED=${seed})`, async () => {
  const random = mulberry32(seed)
  const folder = mkdtempSync(join(tmpdir(), 'weir-malformed-'))
  const broker = await startKafka(join(folder, 'kafka'))
  const kafka = new Kafka({ brokers: [broker.address], logLevel: logLevel.NOTHING })
  const [admin, producer] = [kafka.admin(), kafka.producer()]
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic: 'mixed', numPartitions: 3 }] })
  const start = async () => {
    const server = new Weir({ data: join(folder, 'weir') })
    assert.ok(await server.ready(), server.log)
    return server
  }
  let weir = await start()
  let sent = 0
  const produce = async () => {
    for (let batch = 0; batch < BATCHES_A_ROUND; batch++) {
      const messages = Array.from({ length: BATCH }, () => ({
        value: ++sent % EVERY === 0 ? `{"id":"${sent}x"}` : `{"id":${sent}}`,
      }))
      await producer.send({ topic: 'mixed', messages })
      await sleep(50)
    }
  }
  try {
    const at = `connector = 'kafka', topic = 'mixed', properties.bootstrap.server = '${broker.address}'`
    await weir.query(`CREATE SOURCE mixed (id int) WITH (${at}) FORMAT PLAIN ENCODE JSON`)
    await weir.query('CREATE MATERIALIZED VIEW early AS SELECT id FROM mixed')
    for (let round = 0; round < ROUNDS; round++) {
      const producing = produce()
      await sleep(100 + random() * 600)
      await weir.stop('SIGKILL')
      weir = await start()
      // It reads again, for itself, what the source has read before.
      if (round === 1) await weir.query('CREATE MATERIALIZED VIEW late AS SELECT id FROM mixed')
      await producing
    }
    const malformed = sent / EVERY
    const count = async (view: string) =>
      Number((await weir.query(`SELECT count(DISTINCT id) FROM ${view}`))[0]![0])
    for (let i = 0; i < 300 && (await count('early')) < sent - malformed; i++) await sleep(100)
    assert.deepEqual([await count('early'), await count('late')], [sent - malformed, sent - malformed])
    assert.equal(await weir.metric('weir_source_errors_total'), malformed)
    const errors = await weir.query('SELECT DISTINCT origin, error FROM rw_catalog.rw_errors')
    assert.equal(errors.length, 1000, 'the newest are readable')
    assert.ok(errors.every(([origin]) => /^topic mixed, partition \d, offset \d+$/.test(String(origin))))
  } finally {
    await weir.stop()
    await Promise.all([admin.disconnect(), producer.disconnect()])
    await broker.stop()
    rmSync(folder, { recursive: true, force: true })
  }
})
