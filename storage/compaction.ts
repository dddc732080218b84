import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import { SqlError } from '../types/error.ts'
import type { Field } from '../types/type.ts'
import { decodeStateObject, encodeStateObject, type StoredSpec, type TableRows } from './codec.ts'
import type { ObjectStore, StateObject, Version } from './contract.ts'
import { StateTable } from './state-table.ts'

const FOLD_DELTAS_MIN = 16
const CONCATENATE_DELTAS_MIN = 64

export interface Merge {
  readonly objects: readonly StateObject[]
  /** All objects of the version: deletions have nothing left to delete. */
  readonly fold: boolean
}

/** Folds everything when deltas weigh as much as the base, else joins many deltas into one; undefined: not worth it. */
export function pickCompaction(version: Version): Merge | undefined {
  const objects = inOrder(version.objects)
  const [base, ...deltas] = objects
  if (base === undefined) return undefined
  const weight = deltas.reduce((sum, object) => sum + object.size, 0)
  if (deltas.length >= FOLD_DELTAS_MIN && weight >= base.size) return { objects, fold: true }
  return deltas.length >= CONCATENATE_DELTAS_MIN ? { objects: deltas, fold: false } : undefined
}

/** Rows of the merged object. `cursorOf`: epochs of a log up to it are needed no more; `wanted`: the table still exists. */
export async function mergeObjects(
  store: ObjectStore,
  { objects, fold }: Merge,
  wanted: (table: string) => boolean,
  cursorOf: (table: string) => Epoch,
): Promise<TableRows[]> {
  const kept: TableRows[] = []
  const folded = new Map<string, { spec: StoredSpec; rows: StateTable }>()
  let last = 0
  for (const object of objects) {
    for (const { spec, epoch, chunk } of decodeStateObject(await readObject(store, object), object.key)) {
      last = Math.max(last, epoch)
      if (!wanted(spec.id)) continue
      if (spec.mode === 'log') {
        if (epoch > cursorOf(spec.id)) kept.push({ spec, epoch, chunks: [chunk] })
      } else if (!fold || spec.mode === 'append') kept.push({ spec, epoch, chunks: [chunk] })
      else {
        let table = folded.get(spec.id)
        if (table === undefined) {
          table = { spec, rows: emptyTable(spec, chunk) }
          folded.set(spec.id, table)
        }
        table.rows.load(chunk)
      }
    }
  }
  for (const { spec, rows } of folded.values())
    kept.push({ spec, epoch: last, chunks: [...rows.scanChunks(undefined, 1 << 16)] })
  return kept
}

/** Visits rows of all tables; each table's in epoch order. */
export async function loadObjects(
  store: ObjectStore,
  version: Version,
  visit: (table: string, epoch: Epoch, chunk: Chunk) => Promise<void> | void,
): Promise<void> {
  for (const object of inOrder(version.objects))
    for (const { spec, epoch, chunk } of decodeStateObject(await readObject(store, object), object.key))
      await visit(spec.id, epoch, chunk)
}

/** Writes one object; undefined when there are no rows. The key is never used twice. */
export async function uploadObject(
  store: ObjectStore,
  key: string,
  deltas: readonly TableRows[],
): Promise<StateObject | undefined> {
  const tables: Record<string, number> = {}
  let from = Number.MAX_SAFE_INTEGER
  let to = 0
  for (const { spec, epoch, chunks } of deltas) {
    const rows = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (rows === 0) continue
    tables[spec.id] = (tables[spec.id] ?? 0) + rows
    from = Math.min(from, epoch)
    to = Math.max(to, epoch)
  }
  if (to === 0) return undefined
  const body = encodeStateObject(deltas)
  await store.put(key, body)
  return { key, size: body.length, tables, from, to }
}

function inOrder(objects: readonly StateObject[]): StateObject[] {
  return [...objects].sort((a, b) => a.to - b.to || a.from - b.from)
}

async function readObject(store: ObjectStore, object: StateObject): Promise<Uint8Array> {
  const body = await store.get(object.key)
  if (body === undefined)
    throw new SqlError('data_corrupted', `object ${object.key} is missing from ${store.name}`)
  return body
}

function emptyTable(spec: StoredSpec, chunk: Chunk): StateTable {
  const schema = chunk.columns.map((column, i): Field => ({ name: `c${i}`, type: column.type }))
  return new StateTable({ ...spec, schema, indexes: [] }, false)
}
