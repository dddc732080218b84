import { signatureOf } from '../../planner/function-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { requireCreate, requireOwner, rightsOf } from '../access/rights.ts'
import { requireRole, requireSchema } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { sameSignature } from './create-function.ts'
import { findFunction } from './drop-function.ts'

/** ALTER FUNCTION or AGGREGATE … RENAME TO, SET SCHEMA, OWNER TO. */
export function alterFunction(
  { of, function: named, action }: StatementOf<'alter function'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, `ALTER ${of.toUpperCase()}`, catalog => {
    const found = findFunction(named, of, catalog, context, false)!
    const rights = rightsOf(context.session, catalog)
    requireOwner(rights, 'function', found)
    if (action.do === 'owner') {
      if (action.to !== context.session.user) requireRole(catalog, action.to)
      return catalog.withFunction({ ...found, owner: action.to })
    }
    const view = catalog.relations.find(r => r.kind === 'view' && r.dependsOn.includes(found.id))
    if (view !== undefined) throw notSupported(`another name for a function that view ${view.name} calls`)
    const changed =
      action.do === 'rename' ? { ...found, name: action.to } : { ...found, schema: action.schema }
    requireSchema(catalog, found.database, changed.schema)
    requireCreate(rights, catalog, found.database, changed.schema)
    if (catalog.functions.some(f => f.schema === changed.schema && sameSignature(f, changed))) {
      const message = `function ${signatureOf(changed)} already exists in schema "${changed.schema}"`
      throw new SqlError('duplicate_function', message)
    }
    return catalog.withFunction(changed)
  })
}

/** COMMENT ON FUNCTION or AGGREGATE. */
export function commentOnFunction(
  { of, function: named, text }: StatementOf<'comment on function'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'COMMENT', catalog => {
    const found = findFunction(named, of, catalog, context, false)!
    requireOwner(rightsOf(context.session, catalog), 'function', found)
    const { comment: _, ...rest } = found
    return catalog.withFunction(text === undefined || text === '' ? rest : { ...rest, comment: text })
  })
}
