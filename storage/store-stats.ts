import type { ObjectStore } from './contract.ts'

/** Counters of a store that did nothing yet. */
export function newStoreStats(): ObjectStore['stats'] {
  return { puts: 0, gets: 0, lists: 0, deletes: 0, bytesPut: 0, bytesGot: 0 }
}
