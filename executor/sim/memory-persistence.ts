import {
  type EpochLog,
  Fenced,
  type StateObject,
  type Version,
  type VersionEdit,
} from '../../storage/contract.ts'
import type { StoredDelta } from '../commit.ts'
import type { Persistence } from '../persistence.ts'

interface Manifest {
  readonly generation: number
  readonly edit: VersionEdit
}

/** A bucket in memory: what it holds outlives the runtimes that write to it. */
export class MemoryBucket {
  readonly manifests: Manifest[] = []
  readonly objects = new Map<string, readonly StoredDelta[]>()
  #generations = 0
  #names = 0

  /** A server's view of the bucket. */
  persistence(): Persistence {
    return {
      open: async () => this.#claim(),
      upload: async (epoch, deltas) => this.#upload(epoch, deltas),
      load: async (version, visit) => {
        for (const object of [...version.objects].sort((a, b) => a.from - b.from))
          for (const { delta } of this.objects.get(object.key) ?? [])
            for (const chunk of delta.chunks) await visit(delta.table, object.from, chunk)
      },
      compact: async () => undefined,
    }
  }

  version(): Version {
    const first: Version = {
      sequence: 0,
      epoch: 0,
      generation: '',
      bucketId: 'memory',
      objects: [],
      offsets: {},
      cursors: {},
      catalog: undefined,
    }
    return this.manifests.reduce((version, { generation, edit }) => fold(version, generation, edit), first)
  }

  #claim(): EpochLog {
    const generation = ++this.#generations
    this.manifests.push({ generation, edit: { epoch: this.version().epoch, added: [], removed: [] } })
    let version = this.version()
    return {
      get version() {
        return version
      },
      append: async edit => {
        if (this.manifests.length !== version.sequence) throw new Fenced('another server took over')
        this.manifests.push({ generation, edit })
        version = fold(version, generation, edit)
      },
      collectGarbage: async () => 0,
    }
  }

  #upload(epoch: number, deltas: readonly StoredDelta[]): StateObject | undefined {
    if (deltas.length === 0) return undefined
    const key = `state/${++this.#names}`
    this.objects.set(key, deltas)
    const tables = Object.fromEntries(
      deltas.map(({ delta }) => [delta.table, delta.chunks.reduce((sum, chunk) => sum + chunk.length, 0)]),
    )
    return { key, size: 1, tables, from: epoch, to: epoch }
  }
}

function fold(version: Version, generation: number, edit: VersionEdit): Version {
  const removed = new Set(edit.removed)
  const offsets: Record<string, Record<string, string>> = {}
  for (const from of [version.offsets, edit.offsets ?? {}])
    for (const [relation, splits] of Object.entries(from))
      offsets[relation] = { ...offsets[relation], ...splits }
  for (const relation of edit.dropped ?? []) delete offsets[relation]
  return {
    sequence: version.sequence + 1,
    epoch: edit.epoch,
    generation: String(generation),
    bucketId: version.bucketId,
    objects: [...version.objects.filter(object => !removed.has(object.key)), ...edit.added],
    offsets,
    cursors: { ...version.cursors, ...edit.cursors },
    catalog: edit.catalog ?? version.catalog,
  }
}
