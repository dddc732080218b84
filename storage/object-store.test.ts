import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { Host } from '../types/host.ts'
import type { ObjectStore } from './contract.ts'
import { openFolder } from './folder-store.ts'
import { memoryStore } from './memory-store.ts'
import { reliableStore } from './reliable-store.ts'
import { seededHost } from './seeded-host.ts'
import { StoreError } from './store-error.ts'
import { storeFacts } from './store-facts.ts'

const root = mkdtempSync(join(tmpdir(), 'weir-store-'))
after(() => rmSync(root, { recursive: true, force: true }))

storeFacts('folder', () => openFolder(join(root, 'facts')))
storeFacts('memory', async () => memoryStore())
storeFacts('memory with faults, made reliable', async () => {
  const host = seededHost(7)
  return reliableStore(memoryStore({ host, faults: { failBefore: 0.05, failAfter: 0.05, delayMs: 5 } }), host)
})

test('a folder refuses keys that lead out of it', async () => {
  const store = await openFolder(join(root, 'inside', 'deep'))
  for (const key of ['../x', 'a/../../x', '/etc/x', '', 'a//b', '.', 'a/.', 'a\0b', '.tmp/x'])
    await assert.rejects(async () => store.put(key, new Uint8Array(1)), StoreError, key)
  assert.deepEqual(readdirSync(join(root, 'inside')), ['deep'])
})

test('a folder keeps its objects and no temporary file when opened again', async () => {
  const path = join(root, 'again')
  const first = await openFolder(path)
  await first.put('state/1', Buffer.from('one'))
  assert.equal(await first.putIfAbsent('state/1', Buffer.from('two')), false)
  const second = await openFolder(path)
  assert.equal(Buffer.from((await second.get('state/1'))!).toString(), 'one')
  assert.deepEqual(readdirSync(join(path, '.tmp')), [])
})

test('two stores on one folder have one winner', async () => {
  const stores = await Promise.all([1, 2, 3, 4].map(() => openFolder(join(root, 'shared'))))
  const won = await Promise.all(
    Array.from({ length: 32 }, (_, i) => stores[i % 4]!.putIfAbsent('k/1', Buffer.from(`writer ${i}`))),
  )
  assert.equal(won.filter(Boolean).length, 1)
  const body = Buffer.from((await stores[0]!.get('k/1'))!).toString()
  assert.equal(body, `writer ${won.indexOf(true)}`)
})

test('a lost answer of putIfAbsent is resolved by reading back', async () => {
  const host: Host = seededHost(3)
  const faults = { failAfter: 1 }
  const raw = memoryStore({ host, faults })
  const lossy: ObjectStore = {
    ...bound(raw),
    putIfAbsent: (key, body) => raw.putIfAbsent(key, body).finally(() => (faults.failAfter = 0)),
  }
  assert.equal(await reliableStore(lossy, host).putIfAbsent('a', Buffer.from('mine')), true)
  assert.equal(await reliableStore(lossy, host).putIfAbsent('a', Buffer.from('other')), false)
})

test('a store that stays away is given up with a StoreError', async () => {
  const host = seededHost(1)
  const store = reliableStore(memoryStore({ host, faults: { failBefore: 1 } }), host)
  await assert.rejects(store.get('x'), StoreError)
})

function bound(store: ObjectStore): ObjectStore {
  return {
    name: store.name,
    stats: store.stats,
    put: (key, body) => store.put(key, body),
    putIfAbsent: (key, body) => store.putIfAbsent(key, body),
    get: (key, range) => store.get(key, range),
    list: (prefix, after) => store.list(prefix, after),
    delete: keys => store.delete(keys),
  }
}
