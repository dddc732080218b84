import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStore } from '../storage/memory-store.ts'
import { realHost } from './host.ts'
import {
  COUNTED,
  catalogOf,
  copyJob,
  countJob,
  jobsOf,
  PAIR,
  pairs,
  rowsOf,
  tableJob,
} from './sim/test-jobs.ts'
import { addJobs, startTest } from './sim/test-runtime.ts'

const TABLE = 1
const COUNTS = 2
const COPY = 3

for (const inline of [true, false]) {
  const where = inline ? 'inline' : 'in a thread'
  test(`a table, a view and a view on the view follow writes and survive a kill (${where})`, async () => {
    const { objects } = memoryStore()
    const start = () => startTest({ store: memoryStore({ objects }), host: realHost(''), inline })
    const first = await start()
    await addJobs(first, { job: tableJob(TABLE, true) })
    await first.write(TABLE, [
      pairs([
        [1n, 'a'],
        [2n, 'a'],
        [3n, 'b'],
      ]),
    ])
    assert.deepEqual(await rowsOf(first, TABLE, PAIR), ['1 a', '2 a', '3 b'])
    await addJobs(first, { job: countJob(COUNTS, TABLE) })
    assert.deepEqual(await rowsOf(first, COUNTS, COUNTED), ['a 2', 'b 1'], 'the view sees rows of before')
    await addJobs(first, { job: copyJob(COPY, COUNTS, COUNTED) })
    const change = pairs(
      [
        [1n, 'b'],
        [2n, ''],
      ],
      [1, -1],
    )
    await first.write(TABLE, [change])
    for (const relation of [COUNTS, COPY]) assert.deepEqual(await rowsOf(first, relation, COUNTED), ['b 2'])

    // The first server is not closed before the second has everything.
    const second = await start()
    assert.deepEqual(await rowsOf(second, TABLE, PAIR), ['1 b', '3 b'])
    for (const relation of [COUNTS, COPY]) assert.deepEqual(await rowsOf(second, relation, COUNTED), ['b 2'])
    await second.write(TABLE, [pairs([[3n, 'c']])])
    for (const relation of [COUNTS, COPY])
      assert.deepEqual(await rowsOf(second, relation, COUNTED), ['b 1', 'c 1'])
    await first.close()
    await second.close()
  })
}

test('rows that are written to two tables at once are in one epoch', async () => {
  const runtime = await startTest({ store: memoryStore(), host: realHost('') })
  await addJobs(runtime, { job: tableJob(TABLE, true) }, { job: tableJob(COPY, true) })
  const before = await runtime.flush()
  const other = { table: COPY, chunks: [pairs([[2n, 'b']])] }
  const epoch = await runtime.write(TABLE, [pairs([[1n, 'a']])], undefined, [other])
  assert.equal(epoch, before + 1)
  assert.deepEqual(await rowsOf(runtime, TABLE, PAIR), ['1 a'])
  assert.deepEqual(await rowsOf(runtime, COPY, PAIR), ['2 b'])
  await runtime.close()
})

test('a server that was overtaken acknowledges nothing and stops', async () => {
  const { objects } = memoryStore()
  const fatal = Promise.withResolvers<unknown>()
  const store = () => memoryStore({ objects })
  const first = await startTest({ store: store(), host: realHost(''), onFatal: fatal.resolve })
  await addJobs(first, { job: tableJob(TABLE, false) })
  const second = await startTest({ store: store(), host: realHost('') })
  await assert.rejects(first.write(TABLE, [pairs([[1n, 'lost']])]), { condition: 'admin_shutdown' })
  assert.equal(((await fatal.promise) as Error).name, 'Fenced')
  assert.deepEqual(await rowsOf(second, TABLE, PAIR), [])
  await first.close()
  await second.close()
})

test('an idle server makes no request', async () => {
  const store = memoryStore()
  const runtime = await startTest({ store, host: realHost('') })
  await addJobs(runtime, { job: tableJob(TABLE, false) })
  await runtime.flush()
  const { puts, gets, lists } = store.stats
  await new Promise(resolve => setTimeout(resolve, 100))
  await runtime.flush()
  assert.deepEqual(
    { ...store.stats, bytesPut: 0, bytesGot: 0, deletes: 0 },
    {
      puts,
      gets,
      lists,
      deletes: 0,
      bytesPut: 0,
      bytesGot: 0,
    },
  )
  await runtime.close()
})

test('a dropped relation is gone, after a restart too', async () => {
  const { objects } = memoryStore()
  const start = () => startTest({ store: memoryStore({ objects }), host: realHost('') })
  const first = await start()
  await addJobs(first, { job: tableJob(TABLE, true) }, { job: countJob(COUNTS, TABLE) })
  await first.write(TABLE, [pairs([[1n, 'a']])])
  const left = jobsOf(first.catalog ?? '').filter(change => change.job.relation !== COUNTS)
  await first.run({ catalog: catalogOf(left), drop: [COUNTS] })
  await first.write(TABLE, [pairs([[2n, 'b']])])
  await assert.rejects(rowsOf(first, COUNTS, COUNTED))
  await first.close()
  const second = await start()
  assert.deepEqual(await rowsOf(second, TABLE, PAIR), ['1 a', '2 b'])
  await second.close()
})

test('a large relation is backfilled in steps while it changes, and goes on after a kill', async () => {
  const { objects } = memoryStore()
  const start = () => startTest({ store: memoryStore({ objects }), host: realHost('') })
  const first = await start()
  await addJobs(first, { job: tableJob(TABLE, true) })
  const total = 450_000
  for (let at = 0; at < total; at += 50_000)
    await first.write(TABLE, [
      pairs(Array.from({ length: 50_000 }, (_, i) => [BigInt(at + i), 'a'] as const)),
    ])
  const created = addJobs(first, { job: countJob(COUNTS, TABLE) })
  const written = first.write(TABLE, [pairs(Array.from({ length: 10 }, (_, i) => [BigInt(i), 'b'] as const))])
  while (first.progress().every(job => job.state !== 'backfilling')) await first.flush()
  // The second server takes over in the middle.
  created.catch(() => {})
  written.catch(() => {})
  const second = await start()
  const more = second.write(TABLE, [pairs([[-1n, 'c']])])
  while (second.progress().some(job => job.state === 'backfilling')) await second.flush()
  await more
  const counted = await rowsOf(second, COUNTS, COUNTED)
  const changed = (await rowsOf(second, TABLE, PAIR)).filter(row => row.endsWith('b')).length
  assert.deepEqual(counted, [`a ${total - changed}`, ...(changed > 0 ? [`b ${changed}`] : []), 'c 1'])
  await first.close()
  await second.close()
})
