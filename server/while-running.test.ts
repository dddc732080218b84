import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { whileRunning } from './while-running.ts'

test('ticks come while the work runs, never two at once, and end with it', async () => {
  let [running, most, count] = [0, 0, 0]
  const result = await whileRunning(
    sleep(100).then(() => 'done'),
    5,
    async () => {
      most = Math.max(most, ++running)
      await sleep(12)
      running--
      count++
    },
  )
  const atEnd = count
  assert.equal(result, 'done')
  assert.ok(atEnd >= 2 && most === 1 && running === 0, `${atEnd} ticks, ${most} at once`)
  await sleep(30)
  assert.equal(count, atEnd)
})

test('a tick that fails ends the ticks, not the work', async () => {
  let count = 0
  const work = sleep(40).then(() => 7)
  const tick = () => {
    count++
    throw new Error('the client is gone')
  }
  assert.equal(await whileRunning(work, 5, tick), 7)
  assert.equal(count, 1)
  await assert.rejects(whileRunning(Promise.reject(new Error('no')), 5, tick), /no/)
})
