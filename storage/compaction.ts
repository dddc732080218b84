import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { StoredSpec, TableRows } from './codec.ts'
import type { ObjectStore, StateObject, Version } from './contract.ts'
import { StateObjectReader, type StoredTableInfo } from './state-object-reader.ts'
import { readObjects } from './state-objects.ts'
import { StateTable } from './state-table.ts'

export { loadObjects, uploadObject } from './state-objects.ts'

/** Objects of one size class that make a merge. */
const FAN_IN = 8
/** Sizes up to this are class 0; each further class is FAN_IN times larger. */
const SMALLEST_CLASS = 1 << 16
/** Larger objects are left alone: a merge is made in memory. */
const MERGED_MAX = 1 << 29
/** Rows folded before others get a turn. */
const TURN_ROWS = 1 << 14

/** Neighbours in epoch order. */
export interface Merge {
  readonly objects: readonly StateObject[]
  /** They reach back to the oldest object: deletions have nothing left to delete. */
  readonly fold: boolean
}

/**
 * Size-tiered: as soon as FAN_IN of the newest objects are of one size class, they and the smaller ones between them
 * become one. Every row is rewritten about once in each class, and few objects are left. undefined: not worth it.
 */
export function pickCompaction(version: Version): Merge | undefined {
  const objects = [...version.objects].sort((a, b) => a.from - b.from || a.to - b.to)
  const classes = objects.map(object => sizeClass(object.size))
  const largest = Math.max(0, ...classes)
  for (let limit = 0; limit <= largest; limit++) {
    let start = objects.length
    let count = 0
    while (start > 0 && classes[start - 1]! <= limit && objects[start - 1]!.size <= MERGED_MAX) {
      start--
      if (classes[start] === limit) count++
    }
    if (count >= FAN_IN) return { objects: objects.slice(start), fold: start === 0 }
  }
  return undefined
}

/**
 * Rows of the merged object, by mode: keyed, the last row of each key (and the deletion of a key, unless everything is
 * folded); bag, sums of weights; append, all rows; log, the epochs after the cursor, apart. `cursorOf`: epochs of a log up
 * to it are needed no more; `wanted`: the table still exists.
 */
export async function mergeObjects(
  store: ObjectStore,
  { objects, fold }: Merge,
  wanted: (table: string) => boolean,
  cursorOf: (table: string) => Epoch,
): Promise<TableRows[]> {
  const logs: TableRows[] = []
  const folds = new Map<string, Fold>()
  let last = 0
  let rows = 0
  for await (const { object, body } of readObjects(store, objects)) {
    last = Math.max(last, object.to)
    const reader = StateObjectReader.open(body, object.key)
    for (const { spec } of reader.tables()) {
      if (!wanted(spec.id) || !Object.hasOwn(object.tables, spec.id)) continue
      for (const { epoch, chunk } of reader.read(spec.id)) {
        if (spec.mode !== 'log') foldOf(folds, spec).add(chunk)
        else if (epoch > cursorOf(spec.id)) logs.push({ spec, epoch, chunks: [chunk] })
        rows += chunk.length
        if (rows < TURN_ROWS) continue
        rows = 0
        await new Promise(setImmediate)
      }
    }
  }
  const folded = [...folds.values()].map(({ spec, chunks }) => ({ spec, epoch: last, chunks: chunks(fold) }))
  return [...folded, ...joined(logs)]
}

interface Fold {
  readonly spec: StoredSpec
  add(chunk: Chunk): void
  /** `complete`: nothing lies below. */
  chunks(complete: boolean): readonly Chunk[]
}

function foldOf(folds: Map<string, Fold>, spec: StoredTableInfo['spec']): Fold {
  let fold = folds.get(spec.id)
  if (fold === undefined) {
    fold = spec.mode === 'keyed' ? keyedFold(spec) : spec.mode === 'bag' ? bagFold(spec) : appendFold(spec)
    folds.set(spec.id, fold)
  }
  return fold
}

function keyedFold(spec: StoredTableInfo['spec']): Fold {
  const present = new StateTable({ ...spec, indexes: [] }, false)
  /** Keys whose last change is a deletion. */
  const deleted = new StateTable({ ...spec, indexes: [] }, false)
  return {
    spec,
    add(chunk) {
      for (let row = 0; row < chunk.length; row++) {
        const [into, outOf] = chunk.weights[row]! > 0 ? [present, deleted] : [deleted, present]
        const id = outOf.find(chunk, row)
        if (id !== -1) outOf.remove(id)
        into.insert(chunk, row)
      }
    },
    chunks(complete) {
      const deletions = complete ? [] : [...deleted.scanChunks(undefined, TURN_ROWS)]
      for (const chunk of deletions) chunk.weights.fill(-1)
      return [...deletions, ...present.scanChunks(undefined, TURN_ROWS)]
    },
  }
}

/** Weights of a part of the history may be negative. */
function bagFold(spec: StoredTableInfo['spec']): Fold {
  const rows = new StateTable({ ...spec, indexes: [] }, false)
  return { spec, add: chunk => rows.load(chunk), chunks: () => [...rows.scanChunks(undefined, TURN_ROWS)] }
}

function appendFold(spec: StoredTableInfo['spec']): Fold {
  const all: Chunk[] = []
  return { spec, add: chunk => all.push(chunk), chunks: () => all }
}

/** Chunks of one table and epoch in one entry. */
function joined(rows: readonly TableRows[]): TableRows[] {
  const byEpoch = new Map<string, TableRows & { readonly chunks: Chunk[] }>()
  for (const { spec, epoch, chunks } of rows) {
    const known = byEpoch.get(`${epoch} ${spec.id}`)
    if (known === undefined) byEpoch.set(`${epoch} ${spec.id}`, { spec, epoch, chunks: [...chunks] })
    else known.chunks.push(...chunks)
  }
  return [...byEpoch.values()]
}

function sizeClass(size: number): number {
  let limit = SMALLEST_CLASS
  let number = 0
  while (size > limit) {
    limit *= FAN_IN
    number++
  }
  return number
}
