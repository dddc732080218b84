import { signatureOf } from '../../planner/function-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { changeCatalog } from './change-catalog.ts'
import { commented } from './comment.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { sameSignature } from './create-function.ts'
import { findFunction } from './drop-function.ts'
import { placed } from './placed.ts'

/** ALTER FUNCTION or AGGREGATE … RENAME TO, SET SCHEMA, OWNER TO. */
export function alterFunction(
  { of, function: named, action }: StatementOf<'alter function'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, `ALTER ${of.toUpperCase()}`, catalog => {
    const found = findFunction(named, of, catalog, context, false)!
    requireOwner(rightsOf(context.session, catalog), 'function', found)
    const changed = placed(found, action, catalog, context)
    if (action.do === 'owner') return catalog.withFunction(changed)
    const view = catalog.relations.find(r => r.kind === 'view' && r.dependsOn.includes(found.id))
    if (view !== undefined) throw notSupported(`another name for a function that view ${view.name} calls`)
    const { database, schema } = changed
    const inside = catalog.functions.filter(f => f.database === database && f.schema === schema)
    if (inside.some(f => sameSignature(f, changed))) {
      const message = `function ${signatureOf(changed)} already exists in schema "${schema}"`
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
    return catalog.withFunction(commented(found, text === '' ? undefined : text))
  })
}
