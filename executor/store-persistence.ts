import { loadObjects, mergeObjects, pickCompaction, uploadObject } from '../storage/compaction.ts'
import type { ObjectStore } from '../storage/contract.ts'
import { openLog } from '../storage/epoch-log.ts'
import type { Epoch } from '../types/connector.ts'
import type { Host } from '../types/host.ts'
import type { Persistence } from './persistence.ts'

/** State objects and the epoch log in an object store. `relations`: those of the catalog in force. */
export function storePersistence(
  store: ObjectStore,
  host: Host,
  relationExists: (id: number) => boolean,
): Persistence {
  const run = Buffer.from(host.randomBytes(6)).toString('hex')
  let objects = 0
  const nextKey = (epoch: Epoch) => `state/${String(epoch).padStart(16, '0')}-${run}-${objects++}`
  const relationOf = (table: string) => Number(table.split('/')[0])
  return {
    open: () => openLog(store, { host }),
    upload(epoch, deltas) {
      const rows = deltas.map(({ spec, delta }) => ({ spec, epoch, chunks: delta.chunks }))
      return uploadObject(store, nextKey(epoch), rows)
    },
    load: (version, visit) => loadObjects(store, version, visit),
    async compact(version) {
      const merge = pickCompaction(version)
      if (merge === undefined) return undefined
      const cursorOf = (table: string) => version.cursors[`sink/${relationOf(table)}`] ?? 0
      const rows = await mergeObjects(store, merge, table => relationExists(relationOf(table)), cursorOf)
      const merged = await uploadObject(store, nextKey(version.epoch), rows)
      return { added: merged === undefined ? [] : [merged], removed: merge.objects.map(object => object.key) }
    },
  }
}
