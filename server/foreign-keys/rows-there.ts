import type { Command } from '../../executor/runtime-contract.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef } from '../../planner/constraint-def.ts'
import { qualified } from '../../planner/rewrite-references.ts'
import type { Chunk } from '../../types/chunk.ts'
import { quote } from '../../types/sql-text.ts'
import type { StatementContext } from '../statements/contract.ts'
import { heldRows } from '../statements/held-rows.ts'
import { AskedKeys } from './asked-keys.ts'
import { requireParent } from './keep-references.ts'
import { cellKey, type KeyText } from './key-values.ts'

type Verified = NonNullable<Command['verify']>[number]

/** Throws 23503 when a row that is there refers to none. */
export async function requireReferring(
  child: Relation,
  key: ForeignKeyDef,
  context: StatementContext,
): Promise<void> {
  const names = key.columns.map(c => quote(child.columns[c]!.name)).join(', ')
  const query = `SELECT DISTINCT ${names} FROM ${qualified(child)}`
  const asked = new AskedKeys(child, key)
  for await (const rows of heldRows(query, key.columns, context)) asked.addRows(rows)
  await requireParent(asked, context)
}

/** The same for rows that are read when nothing comes between them and the statement. */
export function verifiedReferences(
  child: Relation,
  key: ForeignKeyDef,
  catalog: Catalog,
): readonly Verified[] {
  const parent = catalog.byId(key.parent)!
  const present = new Set<KeyText>()
  const gather = (chunks: readonly Chunk[]) => {
    for (const { columns, length } of chunks) {
      const cells = key.parentColumns.map(c => columns[c]!)
      for (let at = 0; at < length; at++) {
        const text = cellKey(cells, at)
        if (text !== undefined) present.add(text)
      }
    }
  }
  const check = (chunks: readonly Chunk[]) => {
    const asked = new AskedKeys(child, key)
    asked.addChunks(chunks)
    const failure = asked.failure(present, parent)
    if (failure !== undefined) throw failure.error
  }
  return [
    { relation: parent.id, check: gather },
    { relation: child.id, check },
  ]
}
