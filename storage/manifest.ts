import { crc32 } from 'node:zlib'
import { SqlError } from '../types/error.ts'
import type { Version, VersionEdit } from './contract.ts'

export const MANIFESTS = 'manifest/'
/** Before format 3 tables with a primary key were stored twice: rows of operators too. */
const FORMAT = 3
const READABLE = [2, FORMAT]

/** Body of `manifest/<sequence>.json`: an edit, sometimes with the whole version before it. */
export interface Manifest {
  readonly format: number
  readonly sequence: number
  readonly generation: string
  readonly bucketId: string
  readonly edit: VersionEdit
  readonly snapshot?: Snapshot
}

export interface Snapshot {
  readonly before: Version
  /** Sequence numbers by which servers took the log over, up to this manifest. */
  readonly claims: readonly number[]
  /** Writers (see `writerOf`) of objects that this log has ever named. */
  readonly writers: readonly string[]
}

export function manifestKey(sequence: number): string {
  return `${MANIFESTS}${String(sequence).padStart(16, '0')}.json`
}

/** undefined: not a key of a manifest. */
export function manifestSequence(key: string): number | undefined {
  const match = /^manifest\/(\d{16})\.json$/.exec(key)
  return match === null ? undefined : Number(match[1])
}

/** Who wrote a state object: the middle part of `state/<epoch>-<writer>-<n>`. */
export function writerOf(key: string): string {
  return key.split('-')[1] ?? ''
}

/** JSON whose first field is the checksum of the second's text. */
export function encodeManifest(manifest: Omit<Manifest, 'format'>): Uint8Array {
  const text = JSON.stringify({ format: FORMAT, ...manifest })
  return Buffer.from(`${head(text)}${text}}`)
}

/** Throws XX001 naming the object when a byte is not as written or the format is not ours. */
export function decodeManifest(body: Uint8Array, key: string): Manifest {
  const whole = Buffer.from(body).toString()
  const text = whole.slice(HEAD_LENGTH, -1)
  if (Buffer.compare(Buffer.from(`${head(text)}${text}}`), body) !== 0)
    throw new SqlError('data_corrupted', `object ${key} is damaged: its checksum does not fit`)
  const manifest = JSON.parse(text) as Manifest
  if (!READABLE.includes(manifest.format))
    throw new SqlError('data_corrupted', `object ${key} has format ${manifest.format}, not ${FORMAT}`)
  if (manifestKey(manifest.sequence) !== key)
    throw new SqlError('data_corrupted', `object ${key} holds manifest ${manifest.sequence}`)
  return manifest
}

function head(text: string): string {
  return `{"crc":"${crc32(text).toString(16).padStart(8, '0')}","manifest":`
}

const HEAD_LENGTH = head('').length
