import type { ObjectStore } from '../../storage/contract.ts'
import { joined } from '../../storage/parts.ts'
import { StoreError } from '../../storage/store-error.ts'
import { newStoreStats } from '../../storage/store-stats.ts'
import { type Incarnation, Unreachable } from './world.ts'

/** A bucket as one process reaches it over the network. */
export function simStore(bucket: Map<string, Uint8Array>, process: Incarnation): ObjectStore {
  const request = async <R>(operation: string, key: string, apply: () => R): Promise<R> => {
    try {
      return await process.request(apply)
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error
      throw new StoreError(operation, key, error.message, { retryable: true })
    }
  }
  return {
    name: 'simulated bucket',
    stats: newStoreStats(),
    put: (key, body) => request('put', key, () => void bucket.set(key, joined(body).slice())),
    putIfAbsent: (key, body) =>
      request('put', key, () => {
        if (bucket.has(key)) return false
        bucket.set(key, body.slice())
        return true
      }),
    get: (key, range) => request('get', key, () => bucket.get(key)?.slice(range?.from, range?.to)),
    async *list(prefix, after = '') {
      yield* await request('list', prefix, () =>
        [...bucket.keys()].filter(key => key.startsWith(prefix) && key > after).sort(),
      )
    },
    delete: keys =>
      request('delete', keys[0] ?? '', () => {
        for (const key of keys) bucket.delete(key)
      }),
  }
}
