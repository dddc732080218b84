import { parseStatements } from '../../planner/parse/index.ts'
import { bare, rowDescription } from '../protocol/replies.ts'
import { prepareSimple } from './prepare-statement.ts'
import { type Flush, runPortal } from './run-portal.ts'
import type { Session } from './session.ts'

/**
 * Runs the statements of a Query message in order; the first error keeps the others from being run. Throws it. What the earlier
 * ones changed stays: there is no implicit transaction around them.
 */
export async function simpleQuery(session: Session, sql: string, flush: Flush): Promise<void> {
  session.closePortals(portal => portal.name === '')
  session.dropStatement('')
  const statements = parseStatements(sql)
  if (statements.length === 0) bare(session.out, 'I')
  for (const parsed of statements) {
    const statement = prepareSimple(session, sql, parsed)
    const { schema } = statement.runnable
    if (schema !== undefined) rowDescription(session.out, schema, [])
    const portal = {
      name: '',
      statement,
      values: [],
      formats: [],
      abort: new AbortController(),
      hold: false,
    }
    await runPortal(session, portal, 0, flush)
  }
}
