import type { ObjectStore } from '../../storage/contract.ts'
import { Histogram } from './histogram.ts'

export type RequestKind = 'put' | 'put_if_absent' | 'get' | 'list' | 'delete'

/** Requests of one kind: how long each took, in seconds, and how many failed. */
export interface RequestMeter {
  readonly seconds: Histogram
  errors: number
}

const BOUNDS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]

/** A store that counts its requests, every attempt for itself. */
export function meteredStore(store: ObjectStore): {
  readonly store: ObjectStore
  readonly meters: Readonly<Record<RequestKind, RequestMeter>>
} {
  const meter = (): RequestMeter => ({ seconds: new Histogram(BOUNDS), errors: 0 })
  const meters = { put: meter(), put_if_absent: meter(), get: meter(), list: meter(), delete: meter() }
  async function measured<T>(kind: RequestKind, request: () => Promise<T>): Promise<T> {
    const from = performance.now()
    try {
      return await request()
    } catch (error) {
      meters[kind].errors++
      throw error
    } finally {
      meters[kind].seconds.observe((performance.now() - from) / 1000)
    }
  }
  return {
    meters,
    store: {
      name: store.name,
      stats: store.stats,
      put: (key, body) => measured('put', () => store.put(key, body)),
      putIfAbsent: (key, body) => measured('put_if_absent', () => store.putIfAbsent(key, body)),
      get: (key, range) => measured('get', () => store.get(key, range)),
      delete: keys => measured('delete', () => store.delete(keys)),
      async *list(prefix, after) {
        const from = performance.now()
        let answered = false
        const answer = () => {
          if (!answered) meters.list.seconds.observe((performance.now() - from) / 1000)
          answered = true
        }
        try {
          for await (const key of store.list(prefix, after)) {
            answer()
            yield key
          }
          answer()
        } catch (error) {
          meters.list.errors++
          throw error
        }
      },
    },
  }
}
