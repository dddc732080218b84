import type { Catalog, Relation } from '../../planner/catalog.ts'
import { parseQuery } from '../../planner/parse/index.ts'
import { bindQuery } from '../../planner/query.ts'
import { isTempSchema } from '../../planner/temp-schema.ts'
import { SqlError } from '../../types/error.ts'
import { sameType } from '../../types/type.ts'
import { bindContext } from './bind.ts'
import type { StatementContext } from './contract.ts'

/** Whether the view's query, read with another catalog, still yields the view's columns. */
export function viewHolds(view: Relation, catalog: Catalog, context: StatementContext): boolean {
  try {
    const query = parseQuery(view.query!)
    const others = context.session.searchPath().filter(schema => !isTempSchema(schema))
    const searchPath = [view.schema, ...others]
    const { authorize: _, authorizeCall: __, ...whole } = bindContext(context, query, 'batch')
    const binding = { ...whole, catalog, searchPath }
    const { schema } = bindQuery(query.node, binding)
    const { columns } = view
    return (
      schema.length === columns.length && schema.every((field, i) => sameType(field.type, columns[i]!.type))
    )
  } catch (error) {
    if (error instanceof SqlError) return false
    throw error
  }
}
