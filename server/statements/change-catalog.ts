import type { Catalog } from '../../planner/catalog.ts'
import type { Result, StatementContext } from './contract.ts'

/** A statement that changes what is written about objects, and no rows; durable when it returns. */
export function changeCatalog(
  context: StatementContext,
  tag: string,
  change: (catalog: Catalog) => Catalog,
): Promise<Result> {
  return context.catalogs.exclusive(async () => {
    const { current } = context.catalogs
    const next = change(current)
    if (next !== current) {
      await context.runtime.run({ catalog: next.toJson() }, context.signal)
      context.catalogs.update(next)
    }
    return { tag }
  })
}
