import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Changed } from '../statements/write-effects.ts'
import type { Keeping } from './keep-references.ts'
import { type KeyText, keyOf, type Row } from './key-values.ts'
import { everyPosition, rowsByKey } from './rows-by-key.ts'

/**
 * A row whose primary key is there takes the place of that row. Where other columns of the table are referred to, the change says
 * which rows these are.
 */
export async function withOverwritten(change: Changed, context: Keeping): Promise<Changed> {
  const { table, changes, removed = [], replaced = [], references } = change
  if (table.key.length === 0 || references.every(({ key }) => key.unique === undefined)) return change
  const known = new Set(
    [...removed, ...replaced.map(({ before }) => before)].map(row => keyOf(row, table.key)),
  )
  const come = new Map<KeyText, Row>()
  for (const { columns, weights, length } of changes)
    for (let at = 0; at < length; at++) {
      if (weights[at]! <= 0) continue
      const row = columns.map(column => cellValue(column, at))
      const key = keyOf(row, table.key)
      if (key !== undefined && !known.has(key)) come.set(key, row)
    }
  const keys = new Map([...come].map(([key, row]) => [key, table.key.map(k => row[k]!)]))
  const before: Row[] = []
  for await (const row of rowsByKey(table, table.key, keys, everyPosition(table), context)) before.push(row)
  if (before.length === 0) return change
  const types = table.columns.map(({ type }) => type)
  const pairs = before.map(row => ({ before: row, after: come.get(keyOf(row, table.key)!)! }))
  const weights = before.map(() => -1)
  return {
    ...change,
    changes: [chunkOf(types, before, weights), ...changes],
    replaced: [...replaced, ...pairs],
  }
}
