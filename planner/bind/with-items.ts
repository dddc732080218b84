import { SqlError } from '../../types/error.ts'
import { as, type Body, list } from './ast.ts'
import type { Ctes, Environment } from './environment.ts'
import { references } from './recursive.ts'

const nameOf = (item: Body): string => String(item['ctename'])

/** The items of a WITH clause in the order in which they can be bound: under RECURSIVE one may read a later one. */
export function itemsInOrder(clause: Body, env: Environment): readonly Body[] {
  const items = list(clause['ctes']).map(node => as(node, 'CommonTableExpr')!)
  if (clause['recursive'] !== true || items.length === 1) return items
  const ordered: Body[] = []
  const open = new Set<Body>()
  const add = (item: Body): void => {
    if (ordered.includes(item)) return
    if (open.has(item))
      throw new SqlError('feature_not_supported', 'mutual recursion between WITH items is not implemented', {
        position: env.context.position(items.find(each => open.has(each))!['location'] as number | undefined),
      })
    open.add(item)
    for (const other of items)
      if (other !== item && references(nameOf(other), item['ctequery']) > 0) add(other)
    open.delete(item)
    ordered.push(item)
  }
  items.forEach(add)
  return ordered
}

/** Where a relation is missing that has the name of an item not bound yet, the error says so. */
export function namingLater<T>(clause: Body, bound: Ctes, bind: () => T): T {
  try {
    return bind()
  } catch (error) {
    if (!(error instanceof SqlError) || error.condition !== 'undefined_table') throw error
    const missing = list(clause['ctes'])
      .map(node => nameOf(as(node, 'CommonTableExpr')!))
      .find(name => !bound.has(name) && error.message === `relation "${name}" does not exist`)
    if (missing === undefined) throw error
    throw new SqlError(error.condition, error.message, {
      position: error.position,
      detail: `There is a WITH item named "${missing}", but it cannot be referenced from this part of the query.`,
      hint: 'Use WITH RECURSIVE, or re-order the WITH items to remove forward references.',
    })
  }
}
