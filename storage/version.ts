import type { Epoch } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'
import type { StateObject, Version, VersionEdit } from './contract.ts'

export function emptyVersion(bucketId: string): Version {
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

/** The version after the edit; what the edit drops leaves before what it adds comes. */
export function applyEdit(
  version: Version,
  edit: VersionEdit,
  sequence: number,
  generation: string,
): Version {
  const removed = new Set(edit.removed)
  const dropped = new Set(edit.dropped ?? [])
  const kept = version.objects.filter(object => !removed.has(object.key))
  return {
    sequence,
    epoch: Math.max(version.epoch, edit.epoch),
    generation,
    bucketId: version.bucketId,
    objects: [...(dropped.size === 0 ? kept : withoutTables(kept, dropped)), ...edit.added].sort(byEpoch),
    offsets: mergedOffsets(version.offsets, dropped, edit.offsets ?? {}),
    cursors: { ...withoutCursors(version.cursors, dropped), ...edit.cursors },
    catalog: edit.catalog ?? version.catalog,
  }
}

/** Relation of a table id `${relation}/${node}/${role}`. */
export function relationOfTable(table: string): RelationId {
  return Number(table.slice(0, table.indexOf('/')))
}

/** Name of the cursor that says up to which epoch the rows of an append table are past. */
export function pastCursor(table: string): string {
  return `past/${table}`
}

/** Relation of a cursor's name `sink/<relation>` or `past/<relation>/…`. */
export function relationOfCursor(name: string): RelationId {
  return Number(name.split('/')[1])
}

function byEpoch(a: StateObject, b: StateObject): number {
  return a.from - b.from || a.to - b.to
}

function withoutTables(objects: readonly StateObject[], dropped: ReadonlySet<RelationId>): StateObject[] {
  const rest: StateObject[] = []
  for (const object of objects) {
    const tables = Object.entries(object.tables).filter(([id]) => !dropped.has(relationOfTable(id)))
    if (tables.length > 0) rest.push({ ...object, tables: Object.fromEntries(tables) })
  }
  return rest
}

function withoutCursors(
  cursors: Version['cursors'],
  dropped: ReadonlySet<RelationId>,
): Record<string, Epoch> {
  return Object.fromEntries(Object.entries(cursors).filter(([name]) => !dropped.has(relationOfCursor(name))))
}

function mergedOffsets(
  before: Version['offsets'],
  dropped: ReadonlySet<RelationId>,
  changed: Version['offsets'],
): Version['offsets'] {
  const merged: Record<RelationId, Readonly<Record<string, string>>> = {}
  for (const [relation, splits] of Object.entries(before))
    if (!dropped.has(Number(relation))) merged[Number(relation)] = splits
  for (const [relation, splits] of Object.entries(changed))
    merged[Number(relation)] = { ...merged[Number(relation)], ...splits }
  return merged
}
