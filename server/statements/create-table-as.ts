import type { Relation } from '../../planner/catalog.ts'
import { columnModifiers } from '../../planner/modifiers.ts'
import { bindQuery, planBatch } from '../../planner/query.ts'
import type { Chunk } from '../../types/chunk.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { markSequences } from '../sequences.ts'
import { bindContext, requireNoParameters } from './bind.ts'
import type { Result, StatementContext } from './contract.ts'
import { createRelation, queryColumns, type StatementOf } from './create.ts'
import { tableJob } from './create-table.ts'
import { withRowId } from './row-id-column.ts'
import { tableSql } from './statement-text.ts'

/** CREATE TABLE … AS: the table and the rows the query yields now, in one epoch. */
export async function createTableAs(
  { relation: syntax, kind }: StatementOf<'create table' | 'create source'>,
  onCommit: Pick<Relation, 'onCommit'>,
  context: StatementContext,
): Promise<Result> {
  const { query, columnNames, options, appendOnly } = syntax
  if (kind === 'create source') throw new SqlError('syntax_error', 'a source cannot be made from a query')
  if (query === undefined)
    throw new SqlError('syntax_error', 'columns without types need AS and a query', {
      position: syntax.name.position,
    })
  if (syntax.columns.length > 0 || syntax.primaryKey.length > 0)
    throw new SqlError('invalid_table_definition', 'CREATE TABLE AS takes names of columns, not definitions')
  if (options['connector'] !== undefined || syntax.format !== undefined)
    throw notSupported('CREATE TABLE AS with a connector')
  const bound = bindQuery(query.node, bindContext(context, query, 'batch'))
  requireNoParameters(bound)
  if ((columnNames?.length ?? 0) > bound.schema.length)
    throw new SqlError('syntax_error', 'too many column names were specified')
  const modifiers = columnModifiers(bound.plan, context.catalogs.current)
  const columns = withRowId(queryColumns(bound.schema, columnNames, modifiers), [])
  const rows: Chunk[] = []
  const job = planBatch(bound, [], undefined, context.now())
  if (syntax.noData !== true)
    for await (const chunk of context.runtime.query(job, context.signal)) rows.push(chunk)
  const count = rows.reduce((sum, chunk) => sum + chunk.length, 0)
  await markSequences(context)
  const made = await createRelation(
    context,
    syntax.name,
    syntax.ifNotExists,
    'CREATE TABLE AS',
    id => ({
      kind: 'table',
      sql: tableSql({ name: syntax.name.name, columns, key: [], declaredKey: false, appendOnly }),
      columns,
      key: [],
      declaredKey: false,
      appendOnly,
      options,
      ...onCommit,
      dependsOn: [],
      job: tableJob(id, columns, [], {
        isTable: true,
        appendOnly,
        conflict: 'overwrite',
        version: undefined,
        read: false,
      }),
    }),
    rows,
  )
  return syntax.noData === true ? made : { tag: `SELECT ${count}` }
}
