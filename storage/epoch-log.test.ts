import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqlError } from '../types/error.ts'
import { Fenced, type StateObject } from './contract.ts'
import { openLog } from './epoch-log.ts'
import { memoryStore } from './memory-store.ts'
import { seededHost } from './seeded-host.ts'
import { StoreError } from './store-error.ts'

const host = seededHost(11)

test('a new bucket gets an id that every later opening finds', async () => {
  const store = memoryStore()
  const first = await openLog(store, { host })
  const second = await openLog(store, { host })
  assert.match(first.version.bucketId, /^[0-9a-f]{16}$/)
  assert.equal(second.version.bucketId, first.version.bucketId)
  assert.notEqual(second.version.generation, first.version.generation)
})

test('edits are replayed: objects, offsets, cursors, catalog, dropped relations', async () => {
  const store = memoryStore()
  const log = await openLog(store, { host, snapshotEvery: 3 })
  await log.append({ epoch: 1, added: [object('a', 1, ['1/0/x', '2/0/x'])], removed: [], catalog: 'one' })
  await log.append({
    epoch: 2,
    added: [object('b', 2, ['2/0/x'])],
    removed: [],
    offsets: { 1: { p0: '5', p1: '6' }, 2: { p0: '1' } },
    cursors: { 'sink/2': 1, 'sink/3': 1 },
  })
  await log.append({
    epoch: 3,
    added: [],
    removed: [],
    offsets: { 1: { p1: '9' } },
    cursors: { 'sink/3': 2 },
  })
  await log.append({ epoch: 4, added: [object('c', 4, ['3/0/x'])], removed: [], dropped: [2] })
  const { version } = await openLog(store, { host })
  assert.equal(version.epoch, 4)
  assert.equal(version.catalog, 'one')
  assert.deepEqual(version.offsets, { 1: { p0: '5', p1: '9' } })
  assert.deepEqual(version.cursors, { 'sink/3': 2 })
  assert.deepEqual(
    version.objects.map(o => [writerPart(o.key), Object.keys(o.tables)]),
    [
      ['a', ['1/0/x']],
      ['c', ['3/0/x']],
    ],
  )
  assert.deepEqual(version.objects, log.version.objects)
})

test('of two logs the older is fenced, and stays so', async () => {
  const store = memoryStore()
  const older = await openLog(store, { host })
  await older.append(idle(1))
  assert.equal(await older.owned(), true)
  const newer = await openLog(store, { host })
  assert.deepEqual([await older.owned(), await newer.owned()], [false, true])
  await assert.rejects(older.append(idle(2)), Fenced)
  await assert.rejects(older.append(idle(2)), Fenced)
  await assert.rejects(older.collectGarbage(), Fenced)
  await newer.append(idle(2))
})

test('when eight servers open at once, exactly one can append', async () => {
  const store = memoryStore({ host, faults: { delayMs: 3 } })
  const logs = await Promise.all(Array.from({ length: 8 }, () => openLog(store, { host })))
  const outcomes = await Promise.allSettled(logs.map(log => log.append(idle(1))))
  assert.equal(outcomes.filter(o => o.status === 'fulfilled').length, 1)
})

test('an old server is fenced even after its successor collected the manifests in between', async () => {
  const store = memoryStore()
  const older = await openLog(store, { host, ...SHORT })
  await older.append(idle(1))
  const newer = await openLog(store, { host, ...SHORT })
  for (let epoch = 2; epoch < 40; epoch++) await newer.append(idle(epoch))
  await newer.collectGarbage()
  assert.ok(store.objects.size < 10)
  await assert.rejects(older.append(idle(2)), Fenced)
  assert.equal((await openLog(store, { host })).version.epoch, 39)
})

test('a server that opens by an old list does not take a number that was collected', async () => {
  const store = memoryStore()
  const owner = await openLog(store, { host, ...SHORT })
  for (let epoch = 1; epoch < 5; epoch++) await owner.append(idle(epoch))
  let stale = true
  const sleepy = {
    name: store.name,
    stats: store.stats,
    put: store.put.bind(store),
    get: store.get.bind(store),
    delete: store.delete.bind(store),
    list: store.list.bind(store),
    async putIfAbsent(key: string, body: Uint8Array) {
      if (stale) {
        // Asleep between reading the log and claiming it.
        stale = false
        for (let epoch = 5; epoch < 40; epoch++) await owner.append(idle(epoch))
        await owner.collectGarbage()
      }
      return store.putIfAbsent(key, body)
    },
  }
  const late = await openLog(sleepy, { host, ...SHORT })
  assert.equal(late.version.epoch, 39)
  await assert.rejects(owner.append(idle(40)), Fenced)
  await late.append(idle(40))
})

test('an append whose answer was lost counts, at once or when it is repeated', async () => {
  const faults = { failAfter: 0 }
  const store = memoryStore({ host, faults })
  const log = await openLog(store, { host })
  faults.failAfter = 1
  const edit = idle(1)
  await assert.rejects(log.append(edit), StoreError)
  assert.equal(log.version.epoch, 0)
  faults.failAfter = 0
  await log.append(edit)
  assert.equal(log.version.epoch, 1)
  await log.append(idle(2))
  assert.equal((await openLog(store, { host })).version.epoch, 2)
})

test('epochs that were acknowledged survive a store full of faults', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const own = seededHost(seed)
    const objects = new Map<string, Uint8Array>()
    const faulty = memoryStore({
      host: own,
      faults: { failBefore: 0.15, failAfter: 0.15, delayMs: 5 },
      objects,
    })
    let acknowledged = 0
    for (let run = 0; run < 4; run++) {
      const log = await insisting(() => openLog(faulty, { host: own, ...SHORT }))
      assert.ok(log.version.epoch >= acknowledged, `seed ${seed}`)
      for (let i = 0; i < 12; i++) {
        const edit = idle(log.version.epoch + 1)
        await insisting(() => log.append(edit))
        acknowledged = edit.epoch
        if (i % 5 === 0) await insisting(() => log.collectGarbage())
      }
    }
  }
})

test('garbage: an object that compaction took out goes after the retention, one on its way in stays', async () => {
  const store = memoryStore()
  const log = await openLog(store, { host, retentionEpochs: 2, snapshotEvery: 4 })
  await put(store, 'a', 1)
  await log.append({ epoch: 1, added: [object('a', 1)], removed: [] })
  await log.append({ epoch: 2, added: [], removed: [keyOf('a', 1)] })
  await put(store, 'a', 2) // compacted, not committed yet
  assert.equal(await log.collectGarbage(), 0)
  await log.append(idle(3))
  assert.equal(await log.collectGarbage(), 0)
  await log.append(idle(4))
  assert.equal(await log.collectGarbage(), 1)
  assert.ok(!store.objects.has(keyOf('a', 1)) && store.objects.has(keyOf('a', 2)))
  await log.append({ epoch: 5, added: [object('a', 2)], removed: [] })
  for (let epoch = 6; epoch < 90; epoch++) await log.append(idle(epoch))
  assert.equal(await log.collectGarbage(), 0)
  assert.ok(store.objects.has(keyOf('a', 2)))
})

test('garbage: an old server never deletes objects of its successor', async () => {
  const store = memoryStore()
  const older = await openLog(store, { host, retentionEpochs: 0 })
  await put(store, 'a', 1)
  await older.append({ epoch: 1, added: [object('a', 1)], removed: [] })
  const newer = await openLog(store, { host, retentionEpochs: 0 })
  await put(store, 'b', 1)
  await newer.append({ epoch: 2, added: [object('b', 1)], removed: [] })
  await older.collectGarbage()
  assert.ok(store.objects.has(keyOf('b', 1)) && store.objects.has(keyOf('a', 1)))
})

test('garbage: what a crashed server uploaded and never committed goes', async () => {
  const store = memoryStore()
  const crashed = await openLog(store, { host, retentionEpochs: 1 })
  await put(store, 'a', 1)
  await crashed.append({ epoch: 1, added: [object('a', 1)], removed: [] })
  await put(store, 'a', 2)
  const log = await openLog(store, { host, retentionEpochs: 1 })
  await log.collectGarbage()
  await log.append(idle(2))
  assert.equal(await log.collectGarbage(), 1)
  assert.ok(store.objects.has(keyOf('a', 1)) && !store.objects.has(keyOf('a', 2)))
})

test('a flipped bit of a manifest is told with its name', async () => {
  const store = memoryStore()
  await openLog(store, { host })
  const [key, body] = [...store.objects][0]!
  for (let bit = 0; bit < body.length * 8; bit++) {
    body[bit >> 3]! ^= 1 << (bit & 7)
    await assert.rejects(
      openLog(store, { host }),
      (error: unknown) =>
        error instanceof SqlError && error.sqlstate === 'XX001' && error.message.includes(key),
    )
    body[bit >> 3]! ^= 1 << (bit & 7)
  }
})

test('a missing manifest is told, never skipped', async () => {
  const store = memoryStore()
  const log = await openLog(store, { host })
  for (let epoch = 1; epoch < 5; epoch++) await log.append(idle(epoch))
  store.objects.delete('manifest/0000000000000003.json')
  await assert.rejects(openLog(store, { host }), /manifest 3 is missing/)
})

test('opening reads few manifests', async () => {
  const store = memoryStore()
  const log = await openLog(store, { host, snapshotEvery: 8 })
  for (let epoch = 1; epoch <= 200; epoch++) await log.append(idle(epoch))
  const before = store.stats.gets
  await openLog(store, { host })
  assert.ok(store.stats.gets - before <= 16)
})

const SHORT = { retentionEpochs: 2, snapshotEvery: 3 }

function idle(epoch: number) {
  return { epoch, added: [], removed: [] }
}

function keyOf(writer: string, n: number): string {
  return `state/${String(n).padStart(16, '0')}-${writer}-${n}`
}

function writerPart(key: string): string {
  return key.split('-')[1]!
}

function object(writer: string, n: number, tables: readonly string[] = ['1/0/rows']): StateObject {
  return {
    key: keyOf(writer, n),
    size: 1,
    tables: Object.fromEntries(tables.map(t => [t, 1])),
    from: n,
    to: n,
  }
}

function put(store: ReturnType<typeof memoryStore>, writer: string, n: number): Promise<void> {
  return store.put(keyOf(writer, n), Buffer.from('x'))
}

async function insisting<R>(act: () => Promise<R>): Promise<R> {
  for (;;) {
    try {
      return await act()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
    }
  }
}
