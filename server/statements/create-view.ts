import { withChangeIds } from '../../planner/bind/changelog.ts'
import type { ColumnDef } from '../../planner/catalog.ts'
import { columnModifiers } from '../../planner/modifiers.ts'
import { type Name, temporaryName } from '../../planner/parse/index.ts'
import { schemaOf } from '../../planner/plan.ts'
import { type Bound, bindQuery, planStream } from '../../planner/query.ts'
import { isTempSchema, readsTemporary } from '../../planner/temp-schema.ts'
import { requireCheckable } from '../../planner/updatable-view.ts'
import { checkOptionOf } from '../../planner/view-options.ts'
import { closeWindows, watermarksOf } from '../../planner/window-close.ts'
import { SqlError } from '../../types/error.ts'
import { fieldsOf } from '../../types/type.ts'
import { backfillPace } from './backfill-pace.ts'
import { bindContext, findByName, requireNoParameters, targetSchema } from './bind.ts'
import type { Result, StatementContext } from './contract.ts'
import {
  createRelation,
  materialized,
  outputColumns,
  queryColumns,
  type StatementOf,
  streamJob,
} from './create.ts'
import { refreshed } from './refreshed-view.ts'
import { replaceMaterialized } from './replace-materialized.ts'
import { refuseItself, replaceView, requireNames, withoutReplace } from './replace-view.ts'

/** CREATE VIEW (a name for a query) and CREATE MATERIALIZED VIEW (its rows, kept current). */
export function createView(
  statement: StatementOf<'create view'>,
  text: string,
  context: StatementContext,
): Promise<Result> {
  const { query, replace, materialized: isMaterialized } = statement
  const name = isMaterialized ? statement.name : placeOf(statement, context)
  const target = { ...name, schema: targetSchema(context, name) }
  const present = replace ? findByName(context, target) : undefined
  const sql = statement.written ?? text
  if (present === undefined || context.explained) return makeView(statement, name, sql, context)
  if (!isMaterialized) return replaceView(present, statement, sql, context)
  const { dependsOn } = bindQuery(query.node, bindContext(context, query, 'stream'))
  refuseItself(present, dependsOn, context.catalogs.current)
  return replaceMaterialized(present, name, context, aside =>
    makeView(statement, aside, withoutReplace(sql), context),
  )
}

function makeView(
  statement: StatementOf<'create view'>,
  name: Name,
  sql: string,
  context: StatementContext,
): Promise<Result> {
  const { ifNotExists, materialized: isMaterialized, query } = statement
  const tag = isMaterialized ? 'CREATE MATERIALIZED VIEW' : 'CREATE VIEW'
  return createRelation(context, name, ifNotExists, tag, id => {
    const own = bindQuery(query.node, bindContext(context, query, isMaterialized ? 'stream' : 'batch'))
    const bound = isMaterialized ? numbered(own) : own
    requireNoParameters(bound, query.position(0))
    requireNames(statement.columns, own.schema, context)
    const modifiers = columnModifiers(own.plan, context.catalogs.current)
    const shown = (isMaterialized ? queryColumns : outputColumns)(own.schema, statement.columns, modifiers)
    const columns = [...shown, ...outputColumns(bound.schema.slice(shown.length)).map(hidden)]
    const common = {
      sql,
      query: query.text,
      columns,
      declaredKey: false,
      options: statement.options,
      dependsOn: bound.dependsOn,
    }
    if (!isMaterialized && statement.onWindowClose)
      throw new SqlError('syntax_error', 'EMIT ON WINDOW CLOSE is for materialized views and sinks')
    if (!isMaterialized) {
      const { current } = context.catalogs
      if (checkOptionOf(statement.options) !== undefined)
        requireCheckable({ ...common, schema: targetSchema(context, name) }, current)
      return { ...common, kind: 'view', key: [], appendOnly: false }
    }
    const streamed = planStream(bound)
    const closed = statement.onWindowClose ? closeWindows(streamed, context.catalogs.current) : streamed
    const plan = refreshed(closed, statement.options, context.catalogs.current)
    const watermarks = watermarksOf(plan, context.catalogs.current)
    const { spec, shard } = materialized(id, fieldsOf(columns), plan.key, plan.appendOnly)
    const job = streamJob(id, plan, spec, shard)
    const { key, appendOnly } = plan
    const marked = watermarks.length > 0 && { watermarks }
    const pace = backfillPace(statement.options, job, context)
    const filled = pace && { pace }
    return { ...common, kind: 'materialized view', key, appendOnly, ...marked, ...filled, job }
  })
}

/** A view of temporary relations is one itself. Throws 42P16 for another schema. */
function placeOf({ name, query }: StatementOf<'create view'>, context: StatementContext): Name {
  if (isTempSchema(targetSchema(context, name))) return name
  const { dependsOn } = bindQuery(query.node, bindContext(context, query, 'batch'))
  if (!readsTemporary(dependsOn, context.catalogs.current)) return name
  const placed = temporaryName(name)
  context.notice(`view "${name.name}" will be a temporary view`)
  return placed
}

/** A view of a changelog has the numbers of its rows too, unless it shows them. */
function numbered(bound: Bound): Bound {
  const { schema } = bound
  const plan = withChangeIds(bound.plan)
  if (plan === undefined || schemaOf(bound.plan).length !== schema.length) return bound
  const id = schemaOf(plan).at(-1)!
  return schema.some(field => field.name === id.name) ? bound : { ...bound, plan, schema: [...schema, id] }
}

function hidden(column: ColumnDef): ColumnDef {
  return { ...column, hidden: true }
}
