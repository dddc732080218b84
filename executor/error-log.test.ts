import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededHost } from '../storage/seeded-host.ts'
import { type EpochErrors, ErrorLog, errorTables } from './error-log.ts'

const RELATION = 7
const exists = () => true

function epochOf(log: ErrorLog, from: number, to: number): EpochErrors {
  for (let i = from; i < to; i++) log.record(RELATION, { origin: `record ${i}`, error: 'bad', payload: null })
  return log.epoch(log.take(), exists)
}

test('errors are readable once their epoch is committed; the newest 1,000 stay, all are counted', () => {
  const log = new ErrorLog(seededHost(1))
  const first = epochOf(log, 1, 701)
  const second = epochOf(log, 701, 1501)
  assert.deepEqual([log.rows.length, log.recordCount(RELATION)], [0, 0])
  first.publish()
  assert.deepEqual([log.rows.length, log.recordCount(RELATION)], [700, 700])
  second.publish()
  assert.deepEqual([log.rows.length, log.recordCount(RELATION)], [1000, 1500])
  assert.deepEqual([log.rows[0]!.origin, log.rows.at(-1)!.origin], ['record 501', 'record 1500'])
})

test('a recovered log goes on where the stored one was', () => {
  const log = new ErrorLog(seededHost(1))
  const deltas = [epochOf(log, 1, 701), epochOf(log, 701, 1501)].flatMap(epoch => epoch.deltas)
  const [records] = errorTables(RELATION)
  const recovered = new ErrorLog(seededHost(2))
  for (const { chunks } of deltas) for (const chunk of chunks) recovered.load(records!, chunk)
  assert.deepEqual([recovered.rows.length, recovered.recordCount(RELATION)], [1000, 1500])
  const next = epochOf(recovered, 1501, 1502)
  next.publish()
  assert.equal(recovered.recordCount(RELATION), 1501)
  assert.deepEqual(next.deltas[0]!.chunks[0]!.length, 1)
  recovered.drop(RELATION)
  assert.deepEqual([recovered.rows.length, recovered.recordCount(RELATION)], [0, 0])
})

test('errors of a relation that is gone are left out', () => {
  const log = new ErrorLog(seededHost(1))
  log.other(RELATION, 'sink', 'down')
  assert.deepEqual(log.epoch(log.take(), () => false).deltas, [])
})
