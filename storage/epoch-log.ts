import { assert, SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import { type EpochLog, Fenced, type ObjectStore, type Version, type VersionEdit } from './contract.ts'
import { type LogHistory, type ManifestNote, manifestSequences, readLog } from './log-reader.ts'
import { decodeManifest, encodeManifest, manifestKey, writerOf } from './manifest.ts'
import { retried } from './retry.ts'
import { applyEdit, emptyVersion } from './version.ts'

/**
 * The log is the sequence of manifests; creating manifest n with a conditional put is the commit of its edit.
 *
 * Fencing. A server knows one number only, the next one. Whoever took over from it created exactly that manifest (its
 * claim), so claims are never deleted: however late an old server wakes up, and whatever else was collected, its next
 * number is taken. A server that opens may read an old list as well and create a number that was collected long ago;
 * therefore it lists once more after its claim and starts over when newer manifests exist.
 *
 * Garbage. An old server that does not know it yet may collect too, so nothing is deleted that only a newer owner could
 * name: state objects go when their writer is known from this log's own past, and no present version names them.
 */
export interface LogOptions {
  readonly host: Host
  /** Versions of so many epochs stay whole in the store. */
  readonly retentionEpochs?: number
  /** Every so many manifests one holds the whole version before it. */
  readonly snapshotEvery?: number
}

const CLAIM_ATTEMPTS = 32
/** Objects this server uploaded and no manifest names yet may still be on their way into one. */
const IN_FLIGHT_EPOCHS = 64

/** Opens the log and claims it: the next append of any other server fails. */
export async function openLog(store: ObjectStore, options: LogOptions): Promise<EpochLog> {
  const { host } = options
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
    const found = await readLog(store, host)
    if (found === 'moved') continue
    const history: LogHistory = found ?? {
      version: emptyVersion(hex(host.randomBytes(8))),
      claims: [],
      writers: new Set(),
      manifests: [],
    }
    const log = new Log(store, options, history, hex(host.randomBytes(8)))
    try {
      await log.append({ epoch: history.version.epoch, added: [], removed: [] })
    } catch (error) {
      if (error instanceof Fenced) continue
      throw error
    }
    const newer = await manifestSequences(store, host, log.version.sequence)
    if (newer.length === 0) return log
  }
  throw new SqlError('object_in_use', `other servers keep taking over ${store.name}`)
}

class Log implements EpochLog {
  #version: Version
  readonly #store: ObjectStore
  readonly #host: Host
  readonly #generation: string
  readonly #retention: number
  readonly #snapshotEvery: number
  readonly #claims: number[]
  readonly #writers: Set<string>
  readonly #ownWriters = new Set<string>()
  #manifests: ManifestNote[]
  #appending = false
  #fenced = false
  /** Body of an append whose outcome is unknown. */
  #unresolved: Uint8Array | undefined
  /** Objects that no version names: since which epoch, as far as this server saw. */
  readonly #unnamed = new Map<string, number>()
  /** Objects that an edit of this server took out. */
  readonly #retired = new Set<string>()

  constructor(store: ObjectStore, options: LogOptions, history: LogHistory, generation: string) {
    this.#store = store
    this.#host = options.host
    this.#generation = generation
    this.#retention = options.retentionEpochs ?? 64
    this.#snapshotEvery = options.snapshotEvery ?? 64
    this.#version = history.version
    this.#claims = [...history.claims]
    this.#writers = new Set(history.writers)
    this.#manifests = [...history.manifests]
  }

  get version(): Version {
    return this.#version
  }

  /** After a StoreError the outcome is unknown: only the same edit may be appended again. */
  async append(edit: VersionEdit): Promise<void> {
    assert(!this.#appending, 'edits are appended one after the other')
    if (this.#fenced) throw this.#fencedError()
    this.#appending = true
    try {
      await this.#append(edit)
    } finally {
      this.#appending = false
    }
  }

  async #append(edit: VersionEdit): Promise<void> {
    const before = this.#version
    assert(edit.epoch >= before.epoch, 'epochs never go back')
    const sequence = before.sequence + 1
    const claim = before.generation !== this.#generation
    const claims = claim ? [...this.#claims, sequence] : this.#claims
    const last = this.#manifests.findLast(note => note.snapshot)?.sequence ?? 0
    const whole = claim || sequence - last >= this.#snapshotEvery
    if (whole) this.#host.crashPoint('C34')
    const body = encodeManifest({
      sequence,
      generation: this.#generation,
      bucketId: before.bucketId,
      edit,
      ...(whole ? { snapshot: { before, claims, writers: [...this.#writers] } } : {}),
    })
    if (this.#unresolved !== undefined)
      assert(
        Buffer.compare(this.#unresolved, body) === 0,
        'an append of unknown outcome is repeated as it was',
      )
    this.#unresolved = body
    const ours = await this.#create(manifestKey(sequence), body)
    this.#unresolved = undefined
    if (!ours) {
      this.#fenced = true
      throw this.#fencedError()
    }
    this.#version = applyEdit(before, edit, sequence, this.#generation)
    if (claim) {
      this.#claims.push(sequence)
      this.#writers.add(this.#generation)
      this.#ownWriters.add(this.#generation)
    }
    this.#manifests.push({ sequence, epoch: this.#version.epoch, snapshot: whole })
    for (const { key } of edit.added) {
      this.#writers.add(writerOf(key))
      this.#ownWriters.add(writerOf(key))
    }
    for (const key of edit.removed) this.#retired.add(key)
  }

  /** True when the manifest is ours; an earlier attempt whose answer was lost counts. */
  #create(key: string, body: Uint8Array): Promise<boolean> {
    return retried(this.#host, async () => {
      if (await this.#store.putIfAbsent(key, body)) return true
      const found = await this.#store.get(key)
      return found !== undefined && Buffer.compare(found, body) === 0
    })
  }

  async owned(): Promise<boolean> {
    for (let sequence = this.#version.sequence + 1; !this.#fenced; sequence++) {
      const key = manifestKey(sequence)
      const found = await retried(this.#host, () => this.#store.get(key))
      if (found === undefined) return true
      // An append of ours may have come in between.
      if (decodeManifest(found, key).generation !== this.#generation) return false
    }
    return false
  }

  async collectGarbage(): Promise<number> {
    if (this.#fenced) throw this.#fencedError()
    await this.#collectManifests()
    this.#host.crashPoint('C32')
    return this.#collectObjects()
  }

  /** Keeps the newest snapshot that the oldest retained version can be read from, what follows it, and every claim. */
  async #collectManifests(): Promise<void> {
    const oldest = this.#version.epoch - this.#retention
    const retained = this.#manifests.find(note => note.epoch >= oldest)
    const base = this.#manifests.findLast(
      note => note.snapshot && note.sequence <= (retained?.sequence ?? this.#version.sequence),
    )
    if (base === undefined) return
    const claims = new Set(this.#claims)
    const old: string[] = []
    for (const sequence of await manifestSequences(this.#store, this.#host)) {
      if (sequence >= base.sequence) break
      if (!claims.has(sequence)) old.push(manifestKey(sequence))
    }
    await retried(this.#host, () => this.#store.delete(old))
    this.#manifests = this.#manifests.filter(note => note.sequence >= base.sequence)
  }

  async #collectObjects(): Promise<number> {
    const stored = await retried(this.#host, async () => {
      const keys: string[] = []
      for await (const key of this.#store.list('state/')) keys.push(key)
      return keys
    })
    // No await from here to the choice: the version must be one that was there after the list.
    const { epoch, objects } = this.#version
    const named = new Set(objects.map(object => object.key))
    const dead: string[] = []
    for (const key of stored) {
      if (named.has(key)) this.#unnamed.delete(key)
      else if (this.#writers.has(writerOf(key))) {
        const since = this.#unnamed.get(key) ?? epoch
        this.#unnamed.set(key, since)
        if (epoch - since >= this.#waitFor(key)) dead.push(key)
      }
    }
    await retried(this.#host, () => this.#store.delete(dead))
    for (const key of dead) {
      this.#unnamed.delete(key)
      this.#retired.delete(key)
    }
    return dead.length
  }

  #waitFor(key: string): number {
    const mayComeYet = this.#ownWriters.has(writerOf(key)) && !this.#retired.has(key)
    return mayComeYet ? Math.max(this.#retention, IN_FLIGHT_EPOCHS) : this.#retention
  }

  #fencedError(): Fenced {
    return new Fenced(`another server has taken over ${this.#store.name}`)
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
