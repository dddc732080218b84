import type { Relation } from '../../planner/catalog.ts'
import { parseStatements } from '../../planner/parse/index.ts'
import { tempSchemaOf, withoutTemporary } from '../../planner/temp-schema.ts'
import { assert } from '../../types/error.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import { changeCatalog } from '../statements/change-catalog.ts'
import type { StatementContext } from '../statements/contract.ts'
import { withDependents } from '../statements/dependents.ts'
import { type DatabaseStatement, prepare } from '../statements/index.ts'

/** DISCARD TEMP, and the end of a session: its temporary relations go, with what reads them. */
export async function dropTemporary(context: StatementContext): Promise<void> {
  const own = ownSchema(context)
  if (own === undefined) return
  await changeCatalog(context, '', catalog => withoutTemporary(catalog, schema => schema === own))
}

/** The end of a transaction: what ON COMMIT says of the session's temporary tables. */
export async function endTransaction(context: StatementContext): Promise<void> {
  const found = endingTables(context)
  const dropped = found.filter(table => table.onCommit === 'drop')
  if (dropped.length > 0)
    await changeCatalog(context, '', catalog => {
      const labeled = dropped.map(({ id, name }) => ({ id, label: `table ${name}` }))
      return withDependents(labeled, true, catalog)
    })
  for (const table of found) if (table.onCommit === 'delete rows') await empty(table, context)
}

function endingTables(context: StatementContext): readonly Relation[] {
  const own = ownSchema(context)
  if (own === undefined) return []
  return context.catalogs.current.relations.filter(r => r.schema === own && r.onCommit !== undefined)
}

/** The schema of the session's temporary relations; undefined: it has made none. */
function ownSchema({ catalogs, session }: StatementContext): string | undefined {
  const own = tempSchemaOf(session.number)
  return catalogs.current.schemas.some(({ name }) => name === own) ? own : undefined
}

/** With the rights of its owner: the session may be another's by now; and for itself: AND CHAIN may have begun the next block. */
async function empty({ schema, name, owner }: Relation, context: StatementContext): Promise<void> {
  const declared = context.catalogs.current.roleByName(owner) !== undefined
  const session: StatementContext['session'] = Object.create(context.session, {
    user: { value: owner },
    declared: { value: declared },
  })
  const [parsed] = parseStatements(`DELETE FROM ${schema}.${quoteIdent(name)}`)
  assert(parsed?.statement.kind === 'delete', 'it is one change')
  await prepare(parsed as DatabaseStatement, { ...context, session, transaction: undefined }, []).run([])
}
