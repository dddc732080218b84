import { type ParsedStatement, parseStatements, type SessionStatement } from '../../planner/parse/index.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { assert, SqlError } from '../../types/error.ts'
import { castName } from '../../types/type-names.ts'
import type { Value } from '../../types/value.ts'
import { withTypes } from '../statements/named-types.ts'
import { admit } from './admit.ts'
import { prepareStatement } from './prepare-statement.ts'
import type { Runnable, Session } from './session.ts'

type Prepare = SessionStatement & { readonly kind: 'prepare' }
type Execute = SessionStatement & { readonly kind: 'execute' }

/** PREPARE: the same namespace as the protocol's Parse. */
export function prepareNamed(session: Session, parsed: ParsedStatement, named: Prepare): string {
  const prepare = withTypes(named, session.context)
  const inner = { ...parsed, statement: prepare.statement }
  session.addStatement(prepare.name, prepareStatement(session, parsed.text, inner, prepare.types))
  return 'PREPARE'
}

/** EXECUTE: its values are any expressions, cast to the parameters' types. */
export function executePrepared(session: Session, execute: Execute): Runnable {
  const { parsed, runnable } = session.statement(execute.name)
  const { schema, parameters } = runnable
  return {
    schema,
    parameters: [],
    async run() {
      const values = await valuesOf(session, execute)
      if (values.length !== parameters.length)
        throw new SqlError(
          'syntax_error',
          `wrong number of parameters for prepared statement "${execute.name}"`,
          { detail: `Expected ${parameters.length} parameters but got ${values.length}.` },
        )
      const succeeded = parsed === undefined ? undefined : await admit(session, parsed.statement)
      const outcome = await runnable.run(values)
      succeeded?.()
      return outcome
    },
  }
}

async function valuesOf(session: Session, { name, values }: Execute): Promise<Value[]> {
  if (values.trim() === '') return []
  const given = await rowOf(session, `SELECT ${values}`)
  const { parameters } = session.statement(name).runnable
  if (given.length !== parameters.length) return given
  const casts = parameters.map((type, i) => `CAST(v.c${i} AS ${castName(type)})`)
  const names = parameters.map((_, i) => `c${i}`)
  return rowOf(session, `SELECT ${casts.join(', ')} FROM (SELECT ${values}) AS v(${names.join(', ')})`)
}

/** The only row of a query of ours. */
async function rowOf(session: Session, sql: string): Promise<Value[]> {
  const { runnable } = prepareStatement(session, sql, parseStatements(sql)[0], [])
  const { rows } = await runnable.run([])
  const found: Value[] = []
  assert(rows !== undefined, 'a query has rows')
  while (await rows.ready())
    rows.take(1, (chunk, row) => {
      for (const column of chunk.columns) found.push(cellValue(column, row))
    })
  return found
}
