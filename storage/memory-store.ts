import type { Host } from '../types/host.ts'
import type { ObjectStore } from './contract.ts'
import { type Body, joined } from './parts.ts'
import { StoreError } from './store-error.ts'
import { newStoreStats } from './store-stats.ts'

/** Faults of a simulated store: probabilities in [0, 1], drawn from the host for each request. May be changed at any time. */
export interface StoreFaults {
  /** The request fails and nothing happened. */
  failBefore?: number
  /** The request was applied, yet an error is answered: the caller cannot know. */
  failAfter?: number
  /** Longest delay of a request; it strikes before the request is applied, so requests overtake each other. */
  delayMs?: number
}

export interface MemoryStoreOptions {
  /** Needed for faults. */
  readonly host?: Host
  readonly faults?: StoreFaults
  /** Objects by key; several stores may share them, as several servers share a bucket. */
  readonly objects?: Map<string, Uint8Array>
}

/** An object store in memory, for tests and the simulation; with faults as its host draws them. */
export function memoryStore(
  options: MemoryStoreOptions = {},
): ObjectStore & { readonly objects: Map<string, Uint8Array> } {
  return new MemoryStore(options)
}

class MemoryStore implements ObjectStore {
  readonly name = 'memory'
  readonly stats = newStoreStats()
  readonly objects: Map<string, Uint8Array>
  readonly #host: Host | undefined
  readonly #faults: StoreFaults

  constructor(options: MemoryStoreOptions) {
    this.objects = options.objects ?? new Map()
    this.#host = options.host
    this.#faults = options.faults ?? {}
  }

  put(key: string, body: Body): Promise<void> {
    const bytes = joined(body)
    this.stats.puts++
    this.stats.bytesPut += bytes.length
    return this.#request('put', key, () => {
      this.objects.set(key, bytes.slice())
    })
  }

  putIfAbsent(key: string, body: Uint8Array): Promise<boolean> {
    this.stats.puts++
    this.stats.bytesPut += body.length
    return this.#request('put', key, () => {
      if (this.objects.has(key)) return false
      this.objects.set(key, body.slice())
      return true
    })
  }

  get(key: string, range?: { from: number; to: number }): Promise<Uint8Array | undefined> {
    this.stats.gets++
    return this.#request('get', key, () => {
      const body = this.objects.get(key)?.slice(range?.from, range?.to)
      this.stats.bytesGot += body?.length ?? 0
      return body
    })
  }

  async *list(prefix: string, after = ''): AsyncIterable<string> {
    this.stats.lists++
    const keys = await this.#request('list', prefix, () =>
      [...this.objects.keys()]
        .map(key => Buffer.from(key))
        .sort(Buffer.compare)
        .map(key => key.toString())
        .filter(key => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0),
    )
    yield* keys
  }

  delete(keys: readonly string[]): Promise<void> {
    this.stats.deletes += keys.length
    return this.#request('delete', keys[0] ?? '', () => {
      for (const key of keys) this.objects.delete(key)
    })
  }

  async #request<R>(operation: string, key: string, apply: () => R): Promise<R> {
    const host = this.#host
    if (host === undefined) return apply()
    const { failBefore = 0, failAfter = 0, delayMs = 0 } = this.#faults
    if (delayMs > 0) await host.sleep(host.random() * delayMs)
    if (failBefore > 0 && host.random() < failBefore)
      throw new StoreError(operation, key, 'the store cannot be reached (simulated)', { retryable: true })
    const result = apply()
    if (failAfter > 0 && host.random() < failAfter)
      throw new StoreError(operation, key, 'the answer was lost (simulated)', { retryable: true })
    return result
  }
}
