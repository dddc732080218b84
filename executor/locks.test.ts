import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from '../types/error.ts'
import { Locks } from './locks.ts'

const turns = async () => {
  for (let i = 0; i < 10; i++) await undefined
}

test('sessions have a table one after the other, in order of arrival', async () => {
  const locks = new Locks()
  const said: string[] = []
  const release = await locks.take(1, 10)
  for (const owner of [11, 12])
    void locks.take(1, owner).then(next => {
      said.push(`${owner}`)
      next()
    })
  await turns()
  assert.deepEqual(said, [])
  release()
  release()
  await turns()
  assert.deepEqual(said, ['11', '12'])
  const again = await locks.take(1, 13)
  again()
})

test('who would wait for itself is refused, over any number of sessions', async () => {
  const locks = new Locks()
  const releases = [await locks.take(1, 10), await locks.take(2, 11), await locks.take(3, 12)]
  const first = locks.take(2, 10)
  const second = locks.take(3, 11)
  await assert.rejects(locks.take(1, 12), { condition: 'deadlock_detected' })
  releases[2]!()
  ;(await second)()
  releases[1]!()
  ;(await first)()
})

test('a lock that is not waited for any more is not given', async () => {
  const locks = new Locks()
  const release = await locks.take(1, 10)
  const controller = new AbortController()
  const waiting = locks.take(1, 11, controller.signal)
  const last = locks.take(1, 12)
  controller.abort(new SqlError('lock_not_available', 'canceling statement due to lock timeout'))
  await assert.rejects(waiting, { condition: 'lock_not_available' })
  await assert.rejects(locks.take(1, 11, controller.signal), { condition: 'lock_not_available' })
  release()
  ;(await last)()
})
