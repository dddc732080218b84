import { assert, SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import type { ObjectStore, Version } from './contract.ts'
import {
  decodeManifest,
  MANIFESTS,
  type Manifest,
  manifestKey,
  manifestSequence,
  writerOf,
} from './manifest.ts'
import { retried } from './retry.ts'
import { applyEdit } from './version.ts'

const PARALLEL_READS = 16

/** The log as its newest manifests tell it, from a snapshot on. */
export interface LogHistory {
  readonly version: Version
  readonly claims: readonly number[]
  readonly writers: ReadonlySet<string>
  readonly manifests: readonly ManifestNote[]
}

/** What garbage collection wants to know of a manifest. */
export interface ManifestNote {
  readonly sequence: number
  readonly epoch: number
  readonly snapshot: boolean
}

/**
 * Reads the newest manifests back to a snapshot and replays them. undefined: the bucket is new; 'moved': a manifest went
 * away meanwhile, so another server is collecting garbage and the list is old.
 */
export async function readLog(store: ObjectStore, host: Host): Promise<LogHistory | 'moved' | undefined> {
  const sequences = await manifestSequences(store, host)
  if (sequences.length === 0) return undefined
  const manifests: Manifest[] = []
  for (let end = sequences.length; end > 0 && manifests[0]?.snapshot === undefined; end -= PARALLEL_READS) {
    const wanted = sequences.slice(Math.max(0, end - PARALLEL_READS), end)
    const read = await Promise.all(wanted.map(sequence => readManifest(store, host, sequence)))
    const last = read.findLastIndex(manifest => manifest?.snapshot !== undefined)
    for (const manifest of read.slice(Math.max(0, last)).reverse()) {
      if (manifest === undefined) return 'moved'
      manifests.unshift(manifest)
    }
  }
  return replay(manifests, store.name)
}

/** Sequence numbers of the stored manifests after `after`, ascending. */
export function manifestSequences(store: ObjectStore, host: Host, after = 0): Promise<number[]> {
  return retried(host, async () => {
    const sequences: number[] = []
    for await (const key of store.list(MANIFESTS, manifestKey(after))) {
      const sequence = manifestSequence(key)
      if (sequence !== undefined) sequences.push(sequence)
    }
    return sequences
  })
}

async function readManifest(store: ObjectStore, host: Host, sequence: number): Promise<Manifest | undefined> {
  const key = manifestKey(sequence)
  const body = await retried(host, () => store.get(key))
  return body === undefined ? undefined : decodeManifest(body, key)
}

function replay(manifests: readonly Manifest[], store: string): LogHistory {
  const snapshot = manifests[0]?.snapshot
  if (snapshot === undefined)
    throw new SqlError('data_corrupted', `the manifests of ${store} do not begin with a whole version`)
  let version = snapshot.before
  const claims = [...snapshot.claims]
  const writers = new Set(snapshot.writers)
  const notes: ManifestNote[] = []
  for (const { sequence, generation, bucketId, edit, snapshot } of manifests) {
    if (sequence !== version.sequence + 1)
      throw new SqlError('data_corrupted', `manifest ${version.sequence + 1} is missing from ${store}`)
    assert(bucketId === version.bucketId, 'a log does not change its bucket')
    if (generation !== version.generation && claims.at(-1) !== sequence) claims.push(sequence)
    writers.add(generation)
    version = applyEdit(version, edit, sequence, generation)
    for (const object of edit.added) writers.add(writerOf(object.key))
    notes.push({ sequence, epoch: version.epoch, snapshot: snapshot !== undefined })
  }
  return { version, claims, writers, manifests: notes }
}
