import type { Relation } from '../../planner/catalog.ts'
import { type ForeignKeyDef, foreignKeysOf } from '../../planner/constraint-def.ts'
import { AskedKeys } from './asked-keys.ts'
import type { Keeping } from './keep-references.ts'
import { requireParent, requireUnreferred } from './keep-references.ts'
import { type KeyText, keyOf, type Row } from './key-values.ts'

/** Throws 23503 when what a block has changed of the tables breaks one of the foreign keys that had to wait. */
export async function requireReferences(
  tables: readonly Relation[],
  waits: (key: ForeignKeyDef) => boolean,
  context: Keeping,
): Promise<void> {
  const { current } = context.catalogs
  for (const { id } of tables) {
    const table = current.byId(id)
    const keys = table === undefined ? [] : foreignKeysOf(table).filter(waits)
    for (const key of keys) {
      const asked = new AskedKeys(table!, key)
      const changed = context.transaction.changed(table!)
      asked.addRows(changed?.rows ?? [])
      // Rows that were there may refer to none.
      if (key.notValid) asked.leaveOut(keysOf(changed?.before ?? [], key.columns))
      await requireParent(asked, context)
    }
    for (const reference of current.referencesTo(id).filter(({ key }) => waits(key))) {
      const { parentColumns } = reference.key
      const gone = new Map<KeyText, Row>()
      for (const row of context.transaction.changed(table!)?.before ?? []) {
        const key = keyOf(row, parentColumns)
        if (key !== undefined)
          gone.set(
            key,
            parentColumns.map(c => row[c]!),
          )
      }
      await requireUnreferred(reference, gone, context)
    }
  }
}

function* keysOf(rows: Iterable<Row>, columns: readonly number[]): Generator<KeyText> {
  for (const row of rows) {
    const key = keyOf(row, columns)
    if (key !== undefined) yield key
  }
}
