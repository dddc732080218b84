import type { Catalog, Relation } from '../../planner/catalog.ts'
import { type Reference, uniquesOf } from '../../planner/constraint-def.ts'
import { SqlError } from '../../types/error.ts'
import { keepingConstraints } from '../statements/alter-constraint.ts'
import type { StatementContext } from '../statements/contract.ts'

/** How it is called where something depends on something else. */
export function referenceLabel({ child, key }: Reference<Relation>): string {
  return `constraint ${key.name} on table ${child.name}`
}

/** Foreign keys that refer to the table, or that the unique index makes possible. */
export function referencesOn(id: number, catalog: Catalog): readonly Reference<Relation>[] {
  const on = catalog.byId(id)?.index?.on
  if (on === undefined) return catalog.referencesTo(id)
  const table = catalog.byId(on)
  const kept = table && uniquesOf(table).find(({ byIndex }) => byIndex === id)
  return kept === undefined ? [] : catalog.referencesTo(on).filter(({ key }) => key.unique === kept.id)
}

/** The catalog without foreign keys that stand on what is dropped. Throws 2BP01 unless they may go. */
export function dropReferences(
  references: readonly Reference<Relation>[],
  dropped: string,
  on: string,
  cascade: boolean,
  { notice, catalog }: Pick<StatementContext, 'notice'> & { readonly catalog: Catalog },
): Catalog {
  if (references.length === 0) return catalog
  if (!cascade)
    throw new SqlError(
      'dependent_objects_still_exist',
      `cannot drop ${dropped} because other objects depend on it`,
      {
        detail: references.map(each => `${referenceLabel(each)} depends on ${on}`).join('\n'),
        hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
      },
    )
  for (const each of references) notice(`drop cascades to ${referenceLabel(each)}`)
  return withoutKeys(references, catalog)
}

export function withoutKeys(references: readonly Reference<Relation>[], catalog: Catalog): Catalog {
  return references.reduce(
    (next, { child, key }) => next.with(keepingConstraints(next.byId(child.id)!, c => c.id !== key.id)),
    catalog,
  )
}
