import {
  loadObjects,
  mergeObjects,
  pastObjects,
  pickCompaction,
  type Tables,
  uploadObject,
} from '../storage/compaction.ts'
import type { ObjectStore } from '../storage/contract.ts'
import { openLog } from '../storage/epoch-log.ts'
import { reliableStore } from '../storage/reliable-store.ts'
import { storedEpochs } from '../storage/stored-epochs.ts'
import { pastCursor, relationOfTable } from '../storage/version.ts'
import type { Epoch } from '../types/connector.ts'
import type { Host } from '../types/host.ts'
import type { Persistence } from './persistence.ts'
import { cursorName } from './sinks.ts'

/** Merged objects are named for a later epoch: the collector takes unnamed objects of past epochs for garbage. */
const MERGED_EPOCH_MARGIN = 1000

/** The database in an object store: manifests and state objects. */
export function storePersistence(store: ObjectStore, host: Host): Persistence {
  const reliable = withReadBack(reliableStore(store, host))
  let names = 0
  let generation = ''
  const key = (epoch: Epoch): string => `state/${String(epoch).padStart(16, '0')}-${generation}-${++names}`
  return {
    async open() {
      const log = await openLog(reliable, { host })
      generation = log.version.generation
      return log
    },
    upload: (epoch, deltas) =>
      uploadObject(
        reliable,
        key(epoch),
        deltas.map(({ spec, delta }) => ({ spec, epoch, chunks: delta.chunks })),
      ),
    load: (version, visit) => loadObjects(reliable, version, visit),
    storedEpochs: (version, table, after, bytesMax) =>
      storedEpochs(reliable, version, table, after, bytesMax),
    async compact(version, modeOf) {
      const tables: Tables = {
        mode: modeOf,
        cursor: id =>
          version.cursors[modeOf(id) === 'log' ? cursorName(relationOfTable(id)) : pastCursor(id)] ?? 0,
      }
      const past = pastObjects(version, tables)
      if (past.length > 0) return { added: [], removed: past.map(object => object.key) }
      const merge = pickCompaction(version, tables)
      if (merge === undefined) return undefined
      const rows = await mergeObjects(reliable, merge, tables)
      const added = await uploadObject(reliable, key(version.epoch + MERGED_EPOCH_MARGIN), rows)
      return { added: added === undefined ? [] : [added], removed: merge.objects.map(object => object.key) }
    },
  }
}

/** The caller repeats a create whose outcome it does not know: then the bytes found are its own. */
function withReadBack(store: ObjectStore): ObjectStore {
  return {
    name: store.name,
    stats: store.stats,
    put: (key, body) => store.put(key, body),
    get: (key, range) => store.get(key, range),
    list: (prefix, after) => store.list(prefix, after),
    delete: keys => store.delete(keys),
    async putIfAbsent(key, body) {
      if (await store.putIfAbsent(key, body)) return true
      const found = await store.get(key)
      return found !== undefined && Buffer.compare(found, body) === 0
    },
  }
}
