import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { Schema } from '../../types/type.ts'
import type { ColumnDef } from '../catalog.ts'
import type { BindContext, PgNode } from '../contract.ts'
import { assign } from '../dml/assign.ts'
import { settleText } from './coerce.ts'
import { type Environment, noPending } from './environment.ts'
import { bindCondition, bindExpression } from './expression.ts'

/** An environment without queries: columns by name only. */
export function scalarEnvironment(
  columns: Schema,
  context: BindContext,
  clause: string,
  table?: string,
): Environment {
  return {
    context,
    scope: {
      columns: columns.map((c, index) => ({
        name: c.name,
        type: c.type,
        index,
        ...(table === undefined ? {} : { table }),
      })),
    },
    ctes: new Map(),
    clause,
    pending: noPending(),
    allow: { aggregates: false, windows: false, sets: false },
    windowClause: [],
    dependsOn: new Set(),
    bindSubquery() {
      throw notSupported('a subquery in this expression')
    },
  }
}

/** Binds DEFAULT or the expression of a generated column as a value of the column; `uses` is told of functions of users. */
export function bindColumnValue(
  expression: PgNode,
  columns: Schema,
  target: Pick<ColumnDef, 'name' | 'type' | 'modifier'>,
  context: BindContext,
  uses: Set<number> = new Set(),
): Expression {
  const env = { ...scalarEnvironment(columns, context, 'DEFAULT'), dependsOn: uses }
  const bound = bindExpression(expression, env)
  return assign(bound, target, context, context.position(0), 'default expression')
}

/** Where a condition on the rows of a table stands: the words of PostgreSQL's errors. */
const CONDITIONS = {
  check: { clause: 'check constraints', one: 'check constraint', word: 'CHECK' },
  copy: { clause: 'COPY FROM WHERE conditions', one: 'COPY FROM WHERE condition', word: 'WHERE' },
} as const

/** Binds a condition over the columns of a table; `uses` is told of functions of users. */
export function bindRowCondition(
  where: keyof typeof CONDITIONS,
  condition: PgNode,
  table: string,
  columns: Schema,
  context: BindContext,
  uses: Set<number> = new Set(),
): Expression {
  const { clause, one, word } = CONDITIONS[where]
  const env: Environment = {
    ...scalarEnvironment(columns, context, clause, table),
    dependsOn: uses,
    bindSubquery() {
      throw new SqlError('feature_not_supported', `cannot use subquery in ${one}`)
    },
  }
  return bindCondition(condition, env, word)
}

/** Binds an expression over columns: DEFAULT, generated columns, WATERMARK. */
export function bindScalar(
  expression: PgNode,
  columns: Schema,
  context: BindContext,
  uses: Set<number> = new Set(),
): Expression {
  const env = { ...scalarEnvironment(columns, context, 'DEFAULT'), dependsOn: uses }
  return settleText(bindExpression(expression, env), context)
}
