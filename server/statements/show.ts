import type { RelationKind } from '../../planner/catalog.ts'
import { explainJson, explainText } from '../../planner/explain.ts'
import type { ParsedStatement, Statement } from '../../planner/parse/index.ts'
import { bindQuery, planBatch, planStream } from '../../planner/query.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { notSupported } from '../../types/error.ts'
import { type Schema, TEXT } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { Value } from '../../types/value.ts'
import { bindContext, requireRelation } from './bind.ts'
import type { Prepared, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

const KINDS: Readonly<Record<string, RelationKind>> = {
  tables: 'table',
  sources: 'source',
  views: 'view',
  'materialized views': 'materialized view',
  indexes: 'index',
}

/** SHOW of lists and settings, DESCRIBE. */
export function prepareShow(
  statement: StatementOf<'show' | 'describe'>,
  context: StatementContext,
): Prepared {
  const { catalogs, session, runtime } = context
  const inDatabase = () => catalogs.current.relations.filter(r => r.database === session.database)
  if (statement.kind === 'describe' || statement.words.join(' ') === 'columns')
    return rowsOf(['Name', 'Type', 'Is Hidden', 'Description'], () => {
      const relation = requireRelation(context, statement.name!)
      const rows = relation.columns.map(c => [
        c.name,
        typeName(c.type),
        String(c.hidden ?? false),
        c.comment ?? null,
      ])
      if (statement.kind !== 'describe') return rows
      const key = relation.key.map(i => relation.columns[i]!.name).join(', ')
      return [...rows, ...(relation.declaredKey ? [['primary key', key, null, null]] : [])]
    })
  const words = statement.words.join(' ')
  if (statement.words[0] === 'create')
    return rowsOf(['Name', 'Create Sql'], () => {
      const relation = requireRelation(context, statement.name!)
      return [[`${relation.schema}.${relation.name}`, relation.sql]]
    })
  const kind = KINDS[words]
  if (kind !== undefined)
    return rowsOf(['Name'], () =>
      inDatabase()
        .filter(r => r.kind === kind)
        .map(r => [r.name]),
    )
  switch (words) {
    case 'sinks':
      return rowsOf(['Name', 'Connector', 'Guarantee', 'Delivered epoch', 'Committed epoch', 'Error'], () => {
        const progress = new Map(runtime.sinks().map(sink => [sink.relation, sink]))
        return inDatabase()
          .filter(r => r.kind === 'sink')
          .map(r => {
            const sink = progress.get(r.id)
            const epochs = sink
              ? [String(sink.delivered), String(sink.committed), sink.error]
              : [null, null, null]
            return [
              r.name,
              r.options['connector'] ?? 'into table',
              sink?.guarantee ?? 'exactly_once',
              ...epochs,
            ]
          })
      })
    case 'jobs':
      return rowsOf(['Id', 'Name', 'State', 'Progress', 'Rows per second', 'Reason'], () =>
        runtime
          .progress()
          .map(job => [
            String(job.relation),
            catalogs.current.byId(job.relation)?.name ?? null,
            job.state,
            `${(job.done * 100).toFixed(1)}%`,
            job.rowsPerSecond.toFixed(0),
            job.reason,
          ]),
      )
    case 'schemas':
      return rowsOf(['Name'], () =>
        catalogs.current.schemas.filter(s => s.database === session.database).map(s => [s.name]),
      )
    case 'databases':
      return rowsOf(['Name'], () => catalogs.current.databases.map(d => [d.name]))
    case 'all':
    case 'parameters':
      return rowsOf(['Name', 'Setting', 'Description'], () =>
        session.settings.list().map(s => [s.name, s.value, s.help]),
      )
    default: {
      const name = setting(words)
      session.settings.get(name)
      return rowsOf([name], () => [[session.settings.get(name)]])
    }
  }
}

function setting(words: string): string {
  if (words === 'time zone') return 'timezone'
  return words === 'transaction isolation level' ? 'transaction_isolation' : words.replaceAll(' ', '_')
}

/** EXPLAIN of a query or of a CREATE: the plan with its fragments. */
export function prepareExplain(
  statement: StatementOf<'explain'>,
  _parsed: ParsedStatement,
  context: StatementContext,
): Prepared {
  return rowsOf(['QUERY PLAN'], () => {
    const explained = nodesOf(statement.statement, context)
    return statement.json ? [[explainJson(explained)]] : explainText(explained).map(line => [line])
  })
}

function nodesOf(statement: Statement, context: StatementContext) {
  switch (statement.kind) {
    case 'query': {
      const bound = bindQuery(statement.query.node, bindContext(context, statement.query, 'batch'))
      return planBatch(bound, []).nodes
    }
    case 'create view':
    case 'create sink': {
      if (statement.query === undefined) throw notSupported('EXPLAIN of a sink FROM a relation')
      const bound = bindQuery(statement.query.node, bindContext(context, statement.query, 'stream'))
      return planStream(bound).nodes
    }
    default:
      throw notSupported(`EXPLAIN of ${statement.kind.toUpperCase()}`)
  }
}

function rowsOf(names: readonly string[], make: () => readonly (readonly Value[])[]): Prepared {
  const schema: Schema = names.map(name => ({ name, type: TEXT }))
  return {
    schema,
    parameters: [],
    async run() {
      const rows = make()
      return {
        tag: count => `SELECT ${count}`,
        rows: [
          chunkOf(
            names.map(() => TEXT),
            rows,
          ),
        ],
      }
    },
  }
}
