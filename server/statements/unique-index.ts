import type { Relation } from '../../planner/catalog.ts'
import type { IndexSyntax } from '../../planner/parse/index.ts'
import { notSupported } from '../../types/error.ts'
import { requireConstrainable, validateConstraint, withConstraints } from './alter-constraint.ts'
import { changeCatalog } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'

/** Throws 0A000 for a unique index that no constraint of its table can stand for. */
export function requireUniqueable(on: Relation, { keys }: IndexSyntax, context: StatementContext): void {
  if (on.kind !== 'table') throw notSupported(`a unique index on a ${on.kind}`)
  requireConstrainable(on, 'unique', 'CREATE UNIQUE INDEX', 'a unique index', context)
  const isColumn = (node: object): boolean => Object.keys(node)[0] === 'ColumnRef'
  if (!keys.every(({ expression }) => isColumn(expression.node)))
    throw notSupported('a unique index on an expression')
}

/** The index was made: its table keeps its columns unique from now on. Where two rows are alike it goes again, and 23505. */
export async function keepUnique(
  index: Relation,
  nullsNotDistinct: boolean,
  context: StatementContext,
): Promise<void> {
  const { on, columns } = index.index!
  await changeCatalog(context, '', catalog => {
    const table = catalog.byId(on)
    if (table === undefined) return undefined
    const made = {
      kind: 'unique',
      id: catalog.nextId,
      name: index.name,
      columns,
      byIndex: index.id,
      notValid: true,
      ...(nullsNotDistinct && { nullsNotDistinct }),
    } as const
    return catalog.with(withConstraints(table, [...(table.constraints ?? []), made]))
  })
  try {
    await validateConstraint(on, index.name, context)
  } catch (error) {
    await changeCatalog(context, '', catalog => catalog.without([index.id]))
    throw error
  }
}
