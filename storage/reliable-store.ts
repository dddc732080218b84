import type { Host } from '../types/host.ts'
import type { ObjectStore } from './contract.ts'
import { retried } from './retry.ts'

/**
 * A store whose requests are repeated when their failure may pass. putIfAbsent after a lost answer reads the key back:
 * bytes equal to ours mean that the lost attempt had won.
 */
export function reliableStore(store: ObjectStore, host: Host): ObjectStore {
  return {
    name: store.name,
    stats: store.stats,
    put: (key, body) => retried(host, () => store.put(key, body)),
    putIfAbsent: (key, body) =>
      retried(host, async attempt => {
        if (await store.putIfAbsent(key, body)) return true
        if (attempt === 0) return false
        const found = await retried(host, () => store.get(key))
        return found !== undefined && Buffer.compare(found, body) === 0
      }),
    get: (key, range) => retried(host, () => store.get(key, range)),
    list: (prefix, after) => listed(store, host, prefix, after),
    delete: keys => retried(host, () => store.delete(keys)),
  }
}

/** Goes on after the last key seen when a page fails. */
async function* listed(
  store: ObjectStore,
  host: Host,
  prefix: string,
  after: string | undefined,
): AsyncIterable<string> {
  for (;;) {
    const start = after
    const page = await retried(host, () => firstKeys(store, prefix, start))
    yield* page
    if (page.length < PAGE_KEYS) return
    after = page[page.length - 1]
  }
}

const PAGE_KEYS = 1000

async function firstKeys(store: ObjectStore, prefix: string, after: string | undefined): Promise<string[]> {
  const keys: string[] = []
  for await (const key of store.list(prefix, after)) {
    keys.push(key)
    if (keys.length === PAGE_KEYS) break
  }
  return keys
}
