import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SqlError } from '../types/error.ts'
import { TableLocks, type Wait } from './table-locks.ts'

const turns = async () => {
  for (let i = 0; i < 10; i++) await undefined
}

/** Takes a table for a statement that changes rows of it. */
const change = (locks: TableLocks, table: number, session: number, wait: Wait = {}) =>
  locks.take(table, session, 'row changes', wait, false)

test('sessions have a table one after the other, in order of arrival', async () => {
  const locks = new TableLocks()
  const said: string[] = []
  const release = await change(locks, 1, 10)
  for (const session of [11, 12])
    void change(locks, 1, session).then(next => {
      said.push(`${session}`)
      next()
    })
  await turns()
  assert.deepEqual(said, [])
  release()
  release()
  await turns()
  assert.deepEqual(said, ['11', '12'])
  const again = await change(locks, 1, 13)
  again()
})

test('who would wait for itself is refused, over any number of sessions', async () => {
  const locks = new TableLocks()
  const releases = [await change(locks, 1, 10), await change(locks, 2, 11), await change(locks, 3, 12)]
  const first = change(locks, 2, 10)
  const second = change(locks, 3, 11)
  await assert.rejects(change(locks, 1, 12), { condition: 'deadlock_detected' })
  releases[2]!()
  ;(await second)()
  releases[1]!()
  ;(await first)()
})

test('a circle of changed rows and of LOCK TABLE is one too', async () => {
  const locks = new TableLocks()
  await locks.lock(1, 10, 'exclusive', {})
  await locks.take(2, 11, 'row changes', {}, true)
  const waiting = locks.take(1, 11, 'row exclusive', {}, true)
  await locks.take(2, 10, 'row exclusive', {}, true)
  await assert.rejects(locks.take(2, 10, 'row changes', {}, true), { condition: 'deadlock_detected' })
  locks.release(10)
  await waiting
  locks.release(11)
  assert.ok(locks.idle)
  ;(await change(locks, 2, 12, { nowait: { name: 't' } }))()
})

test('a lock that is not waited for any more is not given', async () => {
  const locks = new TableLocks()
  const release = await change(locks, 1, 10)
  const controller = new AbortController()
  const { signal } = controller
  const waiting = change(locks, 1, 11, { signal })
  const last = change(locks, 1, 12)
  controller.abort(new SqlError('lock_not_available', 'canceling statement due to lock timeout'))
  await assert.rejects(waiting, { condition: 'lock_not_available' })
  await assert.rejects(change(locks, 1, 11, { signal }), { condition: 'lock_not_available' })
  release()
  ;(await last)()
})

test('a month is not too long to wait', async () => {
  const locks = new TableLocks()
  const release = await change(locks, 1, 10)
  const waiting = change(locks, 1, 11, { timeoutMs: 30 * 86_400_000 })
  await sleep(20)
  release()
  ;(await waiting)()
})
