import { parseStatements } from '../../planner/parse/index.ts'
import type { Value } from '../../types/value.ts'
import { bare, rowDescription } from '../protocol/replies.ts'
import { prepareSimple } from './prepare-statement.ts'
import { runPortal } from './run-portal.ts'
import type { PreparedStatement, Session } from './session.ts'

/**
 * Runs the statements of a Query message in order; the first error keeps the others from being run. Throws it. What they change of
 * tables is one transaction (statement-group.ts).
 */
export async function simpleQuery(session: Session, sql: string): Promise<void> {
  session.closePortals(portal => portal.name === '')
  session.dropStatement('')
  const shaped = session.shapes.find(session, sql)
  if (shaped !== undefined) return runStatement(session, shaped.statement, shaped.values, true)
  const statements = parseStatements(sql)
  if (statements.length === 0) bare(session.out, 'I')
  for (const parsed of statements) {
    const isLast = parsed === statements.at(-1)
    await session.group.settle(parsed.statement)
    await runStatement(session, prepareSimple(session, sql, parsed), [], isLast)
  }
}

async function runStatement(
  session: Session,
  statement: PreparedStatement,
  values: readonly Value[],
  isLast: boolean,
): Promise<void> {
  const { schema } = statement.runnable
  if (schema !== undefined) rowDescription(session.out, schema, [])
  const portal = { name: '', statement, values, formats: [], abort: new AbortController(), hold: false }
  await runPortal(session, portal, 0, isLast)
}
