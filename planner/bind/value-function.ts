import { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { DATE, TEXT, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ, type Type } from '../../types/type.ts'
import { modifierOf } from '../../types/type-modifier.ts'
import { literal, NOW } from '../expressions.ts'
import { isTempSchema } from '../temp-schema.ts'
import type { Body } from './ast.ts'
import { callFunction, castCall, limited } from './coerce.ts'
import type { Environment } from './environment.ts'

const TIMES: Readonly<Record<string, Type>> = {
  SVFOP_CURRENT_DATE: DATE,
  SVFOP_CURRENT_TIME: TIMETZ,
  SVFOP_CURRENT_TIME_N: TIMETZ,
  SVFOP_CURRENT_TIMESTAMP: TIMESTAMPTZ,
  SVFOP_CURRENT_TIMESTAMP_N: TIMESTAMPTZ,
  SVFOP_LOCALTIME: TIME,
  SVFOP_LOCALTIME_N: TIME,
  SVFOP_LOCALTIMESTAMP: TIMESTAMP,
  SVFOP_LOCALTIMESTAMP_N: TIMESTAMP,
}

/** CURRENT_TIMESTAMP, CURRENT_USER and the other functions that are called without parentheses. */
export function bindValueFunction(fields: Body, env: Environment): Expression {
  const op = String(fields['op'])
  const type = TIMES[op]
  if (type !== undefined) {
    const now = statementTime(env)
    const value = type === TIMESTAMPTZ ? now : castCall(now, type, env.context)
    return op.endsWith('_N')
      ? limited(value, modifierOf(type.name, [Number(fields['typmod'] ?? 0)]), true)
      : value
  }
  if (op === 'SVFOP_CURRENT_CATALOG') return literal(env.context.database, TEXT)
  if (op === 'SVFOP_CURRENT_SCHEMA') return literal(currentSchema(env), TEXT)
  return literal(op === 'SVFOP_SESSION_USER' ? sessionUser(env) : env.context.user, TEXT)
}

function sessionUser({ context }: Environment): string {
  return context.sessionUser ?? context.user
}

/** The time at which the statement runs; a view has one in its conditions only (temporal-filter.ts). */
function statementTime(env: Environment): Expression {
  if (env.context.mode === 'stream' && env.chooses !== true)
    throw new SqlError(
      'feature_not_supported',
      'For streaming queries, `NOW()` function is only allowed in `WHERE`, `HAVING`, `ON` and `FROM`.',
    )
  return NOW
}

/** Functions that answer from the session; undefined: not one of them. */
export function sessionFunction(name: string, env: Environment): Expression | undefined {
  switch (name) {
    case 'now':
    case 'transaction_timestamp':
      return statementTime(env)
    case 'statement_timestamp':
    case 'clock_timestamp':
      if (env.context.mode === 'stream') return statementTime(env)
      return callFunction(`$${name}`, [], env.context, undefined)
    case 'proctime':
      return env.clause === 'DEFAULT' ? NOW : statementTime(env)
    case 'current_database':
    case 'current_catalog':
      return literal(env.context.database, TEXT)
    case 'current_schema':
      return literal(currentSchema(env), TEXT)
    case 'session_user':
      return literal(sessionUser(env), TEXT)
    case 'current_user':
    case 'user':
      return literal(env.context.user, TEXT)
    default:
      return undefined
  }
}

/** The first schema of the search path that is there; that of temporary relations is, or will be, where the path names it. */
function currentSchema({ context }: Environment): string | null {
  const { catalog, database } = context
  const there = (name: string) =>
    name === 'pg_catalog' || isTempSchema(name) || catalog.hasSchema(database, name)
  return (context.creationPath ?? context.searchPath).find(there) ?? null
}
