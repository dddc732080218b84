import type { Catalog, ColumnDef, Relation } from '../../planner/catalog.ts'
import { columnModifiers } from '../../planner/modifiers.ts'
import { bindQuery } from '../../planner/query.ts'
import { requireCheckable } from '../../planner/updatable-view.ts'
import { checkOptionOf } from '../../planner/view-options.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { sqlDialect } from '../../types/sql-dialect.ts'
import { type Schema, sameType } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { bindContext, requireNoParameters } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import { outputColumns, type StatementOf } from './create.ts'

/** CREATE OR REPLACE VIEW of a view that is there: its columns stay, others may follow. */
export function replaceView(
  view: Relation,
  statement: StatementOf<'create view'>,
  sql: string,
  context: StatementContext,
): Promise<Result> {
  const { query, columns: names, name } = statement
  if (view.kind !== 'view')
    throw new SqlError('wrong_object_type', `"${view.name}" is not a view`, { position: name.position })
  return changeCatalog(context, 'CREATE VIEW', catalog => {
    requireOwner(rightsOf(context.session, catalog), 'view', view)
    const bound = bindQuery(query.node, bindContext(context, query, 'batch'))
    requireNoParameters(bound, query.position(0))
    requireNames(names, bound.schema, context)
    const made = outputColumns(bound.schema, names, columnModifiers(bound.plan, catalog))
    requireSameColumns(view, made)
    const columns = made.map((column, i) => ({ ...column, ...keptOf(view.columns[i]) }))
    refuseItself(view, bound.dependsOn, catalog)
    const reader = catalog.relations.find(r => r.job !== undefined && r.dependsOn.includes(view.id))
    if (reader !== undefined)
      throw notSupported(`replacing a view that ${reader.kind} "${reader.name}" was made of`)
    const { options } = statement
    const next = { ...view, query: query.text, columns, options, dependsOn: bound.dependsOn }
    if (checkOptionOf(options) !== undefined) requireCheckable(next, catalog)
    return catalog.with({ ...next, sql: withoutReplace(sql) })
  })
}

/** Throws 42601 for fewer names than columns under a dialect that asks for all. */
export function requireNames(
  names: readonly string[],
  schema: Schema,
  { session }: Pick<StatementContext, 'session'>,
): void {
  const { namesAllColumns } = sqlDialect(session.settings.get('sql_dialect'))
  if (namesAllColumns && names.length > 0 && names.length < schema.length)
    throw new SqlError('syntax_error', 'number of column names does not match number of columns')
}

/** What ALTER VIEW and COMMENT said of a column stays. */
function keptOf(column: ColumnDef | undefined): Partial<ColumnDef> {
  if (column === undefined) return {}
  const { default: value, expressionSql, uses, comment } = column
  return {
    ...(value !== undefined && { default: value }),
    ...(expressionSql !== undefined && { expressionSql }),
    ...(uses !== undefined && { uses }),
    ...(comment !== undefined && { comment }),
  }
}

/** The statement that makes it where there is none. */
export function withoutReplace(sql: string): string {
  return sql.replace(/^(\s*create\s+)or\s+replace\s+/i, '$1')
}

function requireSameColumns(view: Relation, next: Relation['columns']): void {
  view.columns.forEach((column, i) => {
    const other = next[i]
    if (other === undefined) throw new SqlError('invalid_table_definition', 'cannot drop columns from view')
    if (other.name !== column.name)
      throw new SqlError(
        'invalid_table_definition',
        `cannot change name of view column "${column.name}" to "${other.name}"`,
        { hint: 'Use ALTER VIEW ... RENAME COLUMN ... to change name of view column instead.' },
      )
    if (!sameType(other.type, column.type))
      throw new SqlError(
        'invalid_table_definition',
        `cannot change data type of view column "${column.name}" from ${typeName(column.type)} to ${typeName(other.type)}`,
      )
  })
}

/** Throws 42P19 where the view would be read by what it reads. */
export function refuseItself(view: Relation, dependsOn: readonly number[], catalog: Catalog): void {
  const reads = (id: number): boolean => id === view.id || (catalog.byId(id)?.dependsOn ?? []).some(reads)
  if (dependsOn.some(reads)) throw new SqlError('invalid_recursion', `view "${view.name}" would read itself`)
}
