import type { ParsedStatement } from '../../planner/parse/index.ts'
import { withPresentTypes } from '../../planner/type-def.ts'
import type { Type } from '../../types/type.ts'
import { requireNoParameters } from '../statements/bind.ts'
import { prepare } from '../statements/index.ts'
import { rowsOf } from './rows.ts'
import type { PreparedStatement, Runnable, Session } from './session.ts'
import { sessionStatement } from './session-statements.ts'
import { isSessionStatement } from './statement-kinds.ts'

const EMPTY: Runnable = { schema: undefined, parameters: [], run: async () => ({ tag: '' }) }

/** Makes one statement ready to run. Throws what can be refused without running it; 25P02 comes before that. */
export function prepareStatement(
  session: Session,
  sql: string,
  parsed: ParsedStatement | undefined,
  types: readonly (Type | undefined)[],
): PreparedStatement {
  if (parsed === undefined) return { sql, parsed, runnable: EMPTY }
  if (parsed.statement.kind !== 'transaction') session.block.requireLive(false)
  return { sql, parsed, runnable: runnableOf(session, parsed, types) }
}

/** A statement of a simple query: it has no parameters. */
export function prepareSimple(session: Session, sql: string, parsed: ParsedStatement): PreparedStatement {
  const prepared = prepareStatement(session, sql, parsed, [])
  requireNoParameters(prepared.runnable)
  return prepared
}

function runnableOf(
  session: Session,
  parsed: ParsedStatement,
  types: readonly (Type | undefined)[],
): Runnable {
  const { statement } = parsed
  if (isSessionStatement(statement)) return sessionStatement(session, parsed, statement)
  const prepared = prepare({ ...parsed, statement }, session.context, types)
  return {
    // The labels of enums may be others than when it was bound.
    get schema() {
      return withPresentTypes(prepared.schema, session.context.catalogs.current)
    },
    get parameters() {
      return withPresentTypes(prepared.parameters, session.context.catalogs.current)
    },
    async run(values) {
      const { tag, rows } = await prepared.run(values)
      return { tag, rows: rows === undefined ? undefined : rowsOf(rows) }
    },
  }
}
