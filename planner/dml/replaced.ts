import type { Expression } from '../../types/job.ts'
import type { Relation } from '../catalog.ts'
import type { BindContext } from '../contract.ts'
import { literal } from '../expressions.ts'

type Context = Pick<BindContext, 'catalog' | 'sets'>

/**
 * Whether a change tells which row takes the place of which: where foreign keys refer to columns that it sets. That is known once
 * its assignments are bound; of a MERGE it is so wherever there are foreign keys.
 */
export function tellsReplaced(
  { id, columns }: Relation,
  { catalog, sets }: Context,
  kind: 'update' | 'merge',
): boolean {
  const references = catalog.referencesTo(id)
  if (references.length === 0 || kind === 'merge') return references.length > 0
  return references.some(({ key }) =>
    key.parentColumns.some(
      c => sets?.update.has(c) || (columns[c]!.generated && (sets?.update.size ?? 0) > 0),
    ),
  )
}

/** What a row of the plan has behind it then: the columns of the row that was; undefined: the row takes no row's place. */
export function replacedBy(
  table: Relation,
  context: Context,
  kind: 'update' | 'merge',
  old?: readonly Expression[],
): readonly Expression[] {
  if (!tellsReplaced(table, context, kind)) return []
  return old ?? table.columns.map(({ type }) => literal(null, type))
}
