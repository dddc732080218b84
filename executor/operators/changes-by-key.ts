import { DeltaTable } from '../../storage/delta-table.ts'
import { StateTable } from '../../storage/state-table.ts'
import type { Column } from '../../types/chunk.ts'
import type { Schema } from '../../types/type.ts'

export type Change = 'insert' | 'delete' | 'update from' | 'update to'

/** A row of some columns and what became of it. */
export type Visit = (from: { readonly columns: readonly Column[] }, row: number, change: Change) => void

/** Collects an epoch's rows. `key` []: rows that are equal are not told apart. */
export function epochChange(schema: Schema, key: readonly number[]): DeltaTable {
  return new DeltaTable({ ...OWN, schema, mode: key.length > 0 ? 'keyed' : 'bag', key })
}

const OWN = { id: '', shard: [], indexes: [] } as const

/** The net change of the epoch, row by row; the two rows of a key that is changed follow each other. */
export function eachChange(changes: DeltaTable, key: readonly number[], visit: Visit): void {
  const { schema } = changes.spec
  const written = new StateTable({ ...OWN, schema, mode: 'keyed', key }, false)
  const old = new StateTable({ ...OWN, schema, mode: 'keyed', key }, false)
  const chunks = changes.takeDelta()
  if (key.length > 0)
    for (const chunk of chunks)
      for (let i = 0; i < chunk.length; i++) (chunk.weights[i]! > 0 ? written : old).insert(chunk, i)
  for (const chunk of chunks)
    for (let i = 0; i < chunk.length; i++) {
      const weight = chunk.weights[i]!
      const updated = key.length > 0 && (weight > 0 ? old : written).find(chunk, i) !== -1
      if (weight > 0 && updated) continue
      const change = weight > 0 ? 'insert' : updated ? 'update from' : 'delete'
      for (let n = 0; n < Math.abs(weight); n++) visit(chunk, i, change)
      if (updated) visit(written, written.find(chunk, i), 'update to')
    }
}
