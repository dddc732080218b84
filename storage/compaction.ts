import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { TableRows } from './codec.ts'
import type { ObjectStore, StateObject, TableMode, Version } from './contract.ts'
import { rowRange } from './gather.ts'
import type { RawBlock } from './object-index.ts'
import { StateObjectReader, type StoredTableInfo } from './state-object-reader.ts'
import { readObjects } from './state-objects.ts'
import { StateTable } from './state-table.ts'

export { loadObjects, uploadObject } from './state-objects.ts'

/** Objects of one size class that make a merge. */
const FAN_IN = 8
/** Sizes up to this are class 0; each further class is FAN_IN times larger. */
const SMALLEST_CLASS = 1 << 16
/** Larger objects are left alone: a merge is made in memory. */
const MERGED_MAX = 1 << 28
/** A log's rows go as soon as they are delivered: larger objects of logs alone are not worth a merge. */
const LOG_MERGED_MAX = 1 << 22
/** Rows of a chunk of a merged object. */
const CHUNK_ROWS = 1 << 14
/** Rows folded before others get a turn: commits wait for a merge at each of their steps. */
const TURN_ROWS = 1 << 11
/** Blocks with more rows go on as they are when there is nothing to fold. */
const WHOLE_BLOCK_ROWS = 1 << 13

/** Neighbours in epoch order. */
export interface Merge {
  readonly objects: readonly StateObject[]
  /** They reach back to the oldest object: deletions have nothing left to delete. */
  readonly fold: boolean
}

/** What is known of the tables now. */
export interface Tables {
  /** undefined: the table is gone. */
  mode(table: string): TableMode | undefined
  /** Epochs of a log or an append table up to it are needed no more. */
  cursor(table: string): Epoch
}

/** Objects without a row that anybody needs. */
export function pastObjects(version: Version, tables: Tables): readonly StateObject[] {
  const past = (table: string, to: Epoch) => tables.mode(table) === undefined || to <= tables.cursor(table)
  return version.objects.filter(({ tables: held, to }) => Object.keys(held).every(table => past(table, to)))
}

/**
 * Size-tiered: as soon as FAN_IN of the newest objects are of one size class, they and the smaller ones between them
 * become one. Every row is rewritten about once in each class, and few objects are left. undefined: not worth it.
 */
export function pickCompaction(version: Version, tables: Pick<Tables, 'mode'>): Merge | undefined {
  const objects = [...version.objects].sort((a, b) => a.from - b.from || a.to - b.to)
  const classes = objects.map(object => sizeClass(object.size))
  const left = objects.map(object => object.size > sizeMax(object, tables))
  const largest = Math.max(0, ...classes)
  for (let limit = 0; limit <= largest; limit++) {
    let start = objects.length
    let count = 0
    while (start > 0 && classes[start - 1]! <= limit && !left[start - 1]) {
      start--
      if (classes[start] === limit) count++
    }
    if (count >= FAN_IN) return { objects: objects.slice(start), fold: start === 0 }
  }
  return undefined
}

/**
 * Rows of the merged object, by mode: keyed, the last row of each key (and the deletion of a key, unless everything is
 * folded); bag, sums of weights; append, the epochs after the cursor; log, the same, apart.
 */
export async function mergeObjects(
  store: ObjectStore,
  { objects, fold }: Merge,
  tables: Tables,
): Promise<TableRows[]> {
  const folds = new Map<string, Fold>()
  let last = 0
  let rows = 0
  for await (const { object, body } of readObjects(store, objects)) {
    last = Math.max(last, object.to)
    const reader = StateObjectReader.open(body, object.key)
    for (const { spec } of reader.tables()) {
      if (tables.mode(spec.id) === undefined || !Object.hasOwn(object.tables, spec.id)) continue
      const into = foldOf(folds, spec, tables.cursor(spec.id))
      for (const block of reader.blocks(spec.id)) {
        if (into.takes?.(block)) continue
        const chunk = reader.decode(spec.id, block)
        for (let from = 0; from < chunk.length; from += TURN_ROWS) {
          const part = rowsBetween(chunk, from, Math.min(chunk.length, from + TURN_ROWS))
          into.add(part, block.epoch)
          rows += part.length
          if (rows < TURN_ROWS) continue
          rows = 0
          await new Promise(setImmediate)
        }
      }
    }
  }
  return [...folds.values()].flatMap(into => into.rows(last, fold))
}

function rowsBetween({ columns, weights }: Chunk, from: number, to: number): Chunk {
  return {
    columns: columns.map(column => rowRange(column, from, to)),
    weights: weights.subarray(from, to),
    length: to - from,
  }
}

interface Fold {
  /** Takes the block over, or has no need of it: it is not to be decoded. */
  takes?(block: RawBlock): boolean
  add(chunk: Chunk, epoch: Epoch): void
  /** `last`: epoch of what was folded; `complete`: nothing lies below. */
  rows(last: Epoch, complete: boolean): TableRows[]
}

type Spec = StoredTableInfo['spec']

function foldOf(folds: Map<string, Fold>, spec: Spec, cursor: Epoch): Fold {
  let fold = folds.get(spec.id)
  if (fold === undefined) {
    fold =
      spec.mode === 'keyed'
        ? keyedFold(spec)
        : spec.mode === 'bag'
          ? bagFold(spec)
          : joinedBlocks(spec, cursor)
    folds.set(spec.id, fold)
  }
  return fold
}

function keyedFold(spec: Spec): Fold {
  const present = new StateTable({ ...spec, indexes: [] }, false)
  /** Keys whose last change is a deletion. */
  const deleted = new StateTable({ ...spec, indexes: [] }, false)
  return {
    add(chunk) {
      for (let row = 0; row < chunk.length; row++) {
        const [into, outOf] = chunk.weights[row]! > 0 ? [present, deleted] : [deleted, present]
        const id = outOf.find(chunk, row)
        if (id !== -1) outOf.remove(id)
        into.insert(chunk, row)
      }
    },
    rows: (last, complete) => [
      { spec, epoch: last, chunks: complete ? [] : deletions(deleted), ordered: true },
      { spec, epoch: last, chunks: present.scanByVirtualNode(CHUNK_ROWS), ordered: true },
    ],
  }
}

function* deletions(deleted: StateTable): Generator<Chunk> {
  for (const chunk of deleted.scanByVirtualNode(CHUNK_ROWS)) {
    chunk.weights.fill(-1)
    yield chunk
  }
}

/** Weights of a part of the history may be negative. */
function bagFold(spec: Spec): Fold {
  const rows = new StateTable({ ...spec, indexes: [] }, false)
  return {
    add: chunk => rows.load([chunk]),
    rows: last => [{ spec, epoch: last, chunks: rows.scanByVirtualNode(CHUNK_ROWS), ordered: true }],
  }
}

/** What lies at or before the cursor goes; small blocks become one: of a log those of one epoch, else all. */
function joinedBlocks(spec: Spec, cursor: Epoch): Fold {
  const blocks: RawBlock[] = []
  const small = new Map<Epoch, Chunk[]>()
  const epochOf = spec.mode === 'log' ? (epoch: Epoch) => epoch : () => 0
  return {
    takes(block) {
      if (block.epoch <= cursor) return true
      if (block.rows < WHOLE_BLOCK_ROWS) return false
      blocks.push(block)
      return true
    },
    add(chunk, epoch) {
      const known = small.get(epochOf(epoch))
      if (known === undefined) small.set(epochOf(epoch), [chunk])
      else known.push(chunk)
    },
    rows: last => [
      { spec, epoch: last, chunks: [], blocks },
      ...[...small].map(([epoch, chunks]) => ({ spec, epoch: spec.mode === 'log' ? epoch : last, chunks })),
    ],
  }
}

function sizeMax({ tables: held }: StateObject, tables: Pick<Tables, 'mode'>): number {
  return Object.keys(held).every(table => tables.mode(table) === 'log') ? LOG_MERGED_MAX : MERGED_MAX
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
