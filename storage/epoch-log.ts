import { crc32 } from 'node:zlib'
import { assert, SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import { type EpochLog, Fenced, type ObjectStore, type Version, type VersionEdit } from './contract.ts'

/** Every so many manifests one holds the whole version, so that opening reads few. */
const SNAPSHOT_EVERY = 64
const PREFIX = 'manifest/'
const FORMAT = 1

/** Body of `manifest/<sequence>`: the version before it when it is a snapshot, and the edit. */
interface Manifest {
  readonly format: number
  readonly sequence: number
  readonly generation: string
  readonly bucketId: string
  readonly before?: Version
  readonly edit: VersionEdit
}

/**
 * Opens the log and claims it: a first manifest of a new generation is created after the newest one, so that the next
 * append of any older server finds its number taken. Throws Fenced when it loses that race every time.
 */
export async function openLog(store: ObjectStore, options: { readonly host: Host }): Promise<EpochLog> {
  const generation = hex(options.host.randomBytes(8))
  for (let attempt = 0; attempt < 16; attempt++) {
    const last = await readVersion(store)
    const version: Version = { ...(last ?? emptyVersion(hex(options.host.randomBytes(8)))), generation }
    const log = new Log(store, version)
    try {
      await log.append({ epoch: version.epoch, added: [], removed: [] })
      return log
    } catch (error) {
      if (!(error instanceof Fenced)) throw error
    }
  }
  throw new Fenced(`other servers keep claiming ${store.name}`)
}

class Log implements EpochLog {
  #version: Version
  readonly #store: ObjectStore

  constructor(store: ObjectStore, version: Version) {
    this.#store = store
    this.#version = version
  }

  get version(): Version {
    return this.#version
  }

  async append(edit: VersionEdit): Promise<void> {
    const before = this.#version
    const sequence = before.sequence + 1
    const { generation, bucketId } = before
    const snapshot = sequence % SNAPSHOT_EVERY === 1 ? { before } : {}
    const manifest: Manifest = { format: FORMAT, sequence, generation, bucketId, ...snapshot, edit }
    if (!(await this.#store.putIfAbsent(keyOf(sequence), encode(manifest))))
      throw new Fenced(`another server has taken over ${this.#store.name} (manifest ${sequence} is not ours)`)
    this.#version = fold(before, manifest)
  }

  async collectGarbage(): Promise<number> {
    const { sequence, objects } = this.#version
    // The newest snapshot and what follows it are needed to open; objects of the present version are needed to read.
    const firstNeeded = sequence - ((sequence - 1) % SNAPSHOT_EVERY)
    const named = new Set(objects.map(object => object.key))
    const old: string[] = []
    for await (const key of this.#store.list(PREFIX)) if (key < keyOf(firstNeeded)) old.push(key)
    for await (const key of this.#store.list('state/')) {
      // Objects of epochs that are not committed yet belong to uploads on their way.
      const epoch = Number(key.slice('state/'.length).split('-')[0])
      if (!named.has(key) && epoch <= this.#version.epoch) old.push(key)
    }
    await this.#store.delete(old)
    return old.length
  }
}

function emptyVersion(bucketId: string): Version {
  return {
    sequence: 0,
    epoch: 0,
    generation: '',
    bucketId,
    objects: [],
    offsets: {},
    cursors: {},
    catalog: undefined,
  }
}

/** The version after the newest manifest; undefined in a new bucket. */
async function readVersion(store: ObjectStore): Promise<Version | undefined> {
  const keys: string[] = []
  for await (const key of store.list(PREFIX)) keys.push(key)
  const manifests: Manifest[] = []
  for (let i = keys.length - 1; i >= 0; i--) {
    const manifest = decode(await store.get(keys[i]!), keys[i]!)
    manifests.unshift(manifest)
    if (manifest.before !== undefined) break
  }
  const first = manifests[0]
  if (first === undefined) return undefined
  assert(first.before !== undefined, 'the manifests begin with a snapshot')
  return manifests.reduce((version, manifest) => {
    assert(manifest.sequence === version.sequence + 1, 'the manifests have no gap')
    return fold(version, manifest)
  }, first.before)
}

function fold(version: Version, { sequence, generation, bucketId, edit }: Manifest): Version {
  const removed = new Set(edit.removed)
  const dropped = new Set((edit.dropped ?? []).map(String))
  const keep = <T>(record: Readonly<Record<string, T>>, relationOf: (key: string) => string) =>
    Object.fromEntries(Object.entries(record).filter(([key]) => !dropped.has(relationOf(key))))
  const offsets: Record<string, Readonly<Record<string, string>>> = keep(version.offsets, key => key)
  for (const [relation, splits] of Object.entries(edit.offsets ?? {}))
    offsets[relation] = { ...offsets[relation], ...splits }
  return {
    sequence,
    epoch: Math.max(version.epoch, edit.epoch),
    generation,
    bucketId,
    objects: [...version.objects.filter(object => !removed.has(object.key)), ...edit.added],
    offsets,
    cursors: { ...keep(version.cursors, key => key.split('/')[1] ?? ''), ...edit.cursors },
    catalog: edit.catalog ?? version.catalog,
  }
}

function keyOf(sequence: number): string {
  return `${PREFIX}${String(sequence).padStart(16, '0')}`
}

/** A checksum, a line feed, JSON. */
function encode(manifest: Manifest): Uint8Array {
  const json = JSON.stringify(manifest)
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')}\n${json}`)
}

function decode(body: Uint8Array | undefined, key: string): Manifest {
  const text = body === undefined ? '' : Buffer.from(body).toString()
  const json = text.slice(9)
  if (text.length < 10 || crc32(json) !== Number.parseInt(text.slice(0, 8), 16))
    throw new SqlError('data_corrupted', `object ${key} is damaged`)
  const manifest = JSON.parse(json) as Manifest
  if (manifest.format !== FORMAT)
    throw new SqlError(
      'data_corrupted',
      `object ${key} has format ${manifest.format}, this server reads ${FORMAT}`,
    )
  return manifest
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
