import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ObjectStore } from './contract.ts'

/** What every object store must do, as tests; `open` gives an empty one. */
export function storeFacts(name: string, open: () => Promise<ObjectStore>): void {
  test(`${name}: what was put is got, whole or in part, until it is deleted`, async () => {
    const store = await open()
    assert.equal(await store.get('none/here'), undefined)
    await store.put('facts/a/1', Buffer.from('hello'))
    await store.put('facts/a/1', Buffer.from('hello world'))
    assert.equal(text(await store.get('facts/a/1')), 'hello world')
    assert.equal(text(await store.get('facts/a/1', { from: 6, to: 9 })), 'wor')
    assert.equal(text(await store.get('facts/a/1', { from: 6, to: 99 })), 'world')
    await store.put('facts/empty', new Uint8Array(0))
    assert.equal((await store.get('facts/empty'))?.length, 0)
    await store.delete(['facts/a/1', 'facts/empty', 'facts/never'])
    assert.equal(await store.get('facts/a/1'), undefined)
    assert.ok(store.stats.puts >= 2 && store.stats.bytesPut >= 16 && store.stats.bytesGot >= 11)
  })

  test(`${name}: a body in thousands of parts, empty ones among them, is one object`, async () => {
    const store = await open()
    const parts = Array.from({ length: 5000 }, (_, i) => Buffer.alloc(i % 7, i))
    await store.put('facts/parts', parts)
    assert.deepEqual(Buffer.from((await store.get('facts/parts'))!), Buffer.concat(parts))
  })

  test(`${name}: 32 concurrent putIfAbsent have exactly one winner`, async () => {
    const store = await open()
    for (let round = 0; round < 3; round++) {
      const key = `race/${round}`
      const won = await Promise.all(
        Array.from({ length: 32 }, (_, i) => store.putIfAbsent(key, Buffer.from(`writer ${i}`))),
      )
      assert.equal(won.filter(Boolean).length, 1)
      assert.equal(text(await store.get(key)), `writer ${won.indexOf(true)}`)
    }
  })

  test(`${name}: list is in byte order, by prefix, after a key`, async () => {
    const store = await open()
    const keys = ['list/a.txt', 'list/a/2', 'list/a/10', 'list/b', 'list/ab/x', 'lisu']
    for (const key of keys) await store.put(key, Buffer.from(key))
    const sorted = ['list/a.txt', 'list/a/10', 'list/a/2', 'list/ab/x', 'list/b']
    assert.deepEqual(await collect(store.list('list/')), sorted)
    assert.deepEqual(await collect(store.list('list/', 'list/a/10')), sorted.slice(2))
    assert.deepEqual(await collect(store.list('list/a')), sorted.slice(0, 4))
    assert.deepEqual(await collect(store.list('list/a/')), sorted.slice(1, 3))
    assert.deepEqual(await collect(store.list('nothing/')), [])
  })
}

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const key of keys) all.push(key)
  return all
}

function text(body: Uint8Array | undefined): string | undefined {
  return body === undefined ? undefined : Buffer.from(body).toString()
}
