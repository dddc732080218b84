import { SqlError } from '../types/error.ts'
import { encodeStateObject, type TableRows } from './codec.ts'
import type { ObjectStore, StateObject, Version } from './contract.ts'
import { sizeOf } from './parts.ts'
import { StateObjectReader } from './state-object-reader.ts'
import type { StoredRows } from './stored-rows.ts'

/** Objects on their way at a time. */
const READ_AHEAD = 4

/** Writes one object; undefined when there are no rows. The key is `state/<epoch>-<generation>-<n>`, never used twice. */
export async function uploadObject(
  store: ObjectStore,
  key: string,
  deltas: readonly TableRows[],
): Promise<StateObject | undefined> {
  const { parts, tables, from, to } = await encodeStateObject(deltas)
  if (from > to) return undefined
  await store.put(key, parts)
  return { key, size: sizeOf(parts), tables, from, to }
}

/** Visits the rows of the version's tables, object by object, so each table's in epoch order; `wanted`: default all. */
export async function loadObjects(
  store: ObjectStore,
  version: Version,
  visit: (rows: StoredRows) => Promise<void> | void,
  wanted: (table: string) => boolean = () => true,
): Promise<void> {
  const objects = version.objects
    .filter(object => Object.keys(object.tables).some(wanted))
    .sort((a, b) => a.from - b.from || a.to - b.to)
  for await (const { object, body } of readObjects(store, objects)) {
    const reader = StateObjectReader.open(body, object.key)
    for (const { spec } of reader.tables()) {
      // A dropped table may lie in an object that others still need.
      if (!Object.hasOwn(object.tables, spec.id) || !wanted(spec.id)) continue
      for (const rows of reader.stored(spec.id)) await visit(rows)
    }
  }
}

/** Bodies in the order of the objects, a few requests ahead. Throws XX001 when one is missing or not of its size. */
export async function* readObjects(
  store: ObjectStore,
  objects: readonly StateObject[],
): AsyncGenerator<{ readonly object: StateObject; readonly body: Uint8Array }> {
  const coming: Promise<Uint8Array>[] = []
  for (let i = 0; i < objects.length; i++) {
    while (coming.length < READ_AHEAD && i + coming.length < objects.length) {
      const body = readObject(store, objects[i + coming.length]!)
      // Seen where it is awaited, in order.
      body.catch(() => {})
      coming.push(body)
    }
    yield { object: objects[i]!, body: await coming.shift()! }
  }
}

async function readObject(store: ObjectStore, { key, size }: StateObject): Promise<Uint8Array> {
  const body = await store.get(key)
  if (body === undefined) throw new SqlError('data_corrupted', `object ${key} is missing from ${store.name}`)
  if (body.length !== size)
    throw new SqlError('data_corrupted', `object ${key} is damaged: it has ${body.length} bytes, not ${size}`)
  return body
}
