import type { Command } from '../../executor/runtime-contract.ts'
import { Catalog, type Relation } from '../../planner/catalog.ts'
import { isTemporary, isTempSchema, readsTemporary } from '../../planner/temp-schema.ts'
import { SqlError } from '../../types/error.ts'
import type { Result, StatementContext } from './contract.ts'

/** What a statement comes to: a catalog, and what the runtime does besides in the same epoch. */
export interface Alteration {
  readonly catalog: Catalog
  readonly command?: Partial<Command>
}

type Change = Catalog | Alteration | undefined

/**
 * A statement that changes the catalog: one at a time, durable when it returns. Relations that the next catalog does not have are
 * dropped; undefined: nothing changes.
 */
export function changeCatalog(
  context: StatementContext,
  tag: string,
  change: (catalog: Catalog) => Change | Promise<Change>,
): Promise<Result> {
  return context.catalogs.exclusive(async () => {
    const { current } = context.catalogs
    const made = await change(current)
    const { catalog, command }: Alteration =
      made === undefined || made instanceof Catalog ? { catalog: made ?? current } : made
    if (catalog === current) return { tag }
    refuseTemporaryInput(catalog)
    const drop = current.relations.flatMap(({ id }) => (catalog.byId(id) === undefined ? [id] : []))
    const dropped = drop.length > 0 && { drop }
    context.catalogs.announce(catalog)
    try {
      await context.runtime.run({ ...command, ...dropped, catalog: catalog.toJson() }, context.signal)
      context.catalogs.update(catalog)
    } finally {
      context.catalogs.announce(undefined)
    }
    return { tag }
  })
}

/** Throws 0A000 for a relation that would outlive one that it reads. */
function refuseTemporaryInput(catalog: Catalog): void {
  if (!catalog.schemas.some(schema => isTempSchema(schema.name))) return
  const wrong = catalog.relations.find(r => !isTemporary(r) && readsTemporary(r.dependsOn, catalog))
  if (wrong !== undefined) throw outlivesInput(wrong)
}

/** 0A000 for a relation that would outlive one that it reads. */
export function outlivesInput({ kind }: Pick<Relation, 'kind'>): SqlError {
  return new SqlError('feature_not_supported', `${kind}s must not use temporary tables or views`)
}
