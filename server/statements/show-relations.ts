import { likeTest } from '../../executor/functions/like.ts'
import type { Relation, RelationKind } from '../../planner/catalog.ts'
import { SqlError } from '../../types/error.ts'
import { requireRelation } from './bind.ts'
import type { Prepared, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { indexWords } from './index-words.ts'
import { rowsOf } from './rows-of.ts'

type Show = StatementOf<'show'>

const KINDS: Readonly<Record<string, RelationKind>> = {
  tables: 'table',
  sources: 'source',
  views: 'view',
  'materialized views': 'materialized view',
  sinks: 'sink',
  subscriptions: 'subscription',
}

/** SHOW TABLES, VIEWS … [FROM schema] [LIKE 'pattern'], SHOW INDEXES FROM relation; undefined: the words say something else. */
export function prepareShowRelations(statement: Show, context: StatementContext): Prepared | undefined {
  const words = statement.words.join(' ')
  if (words === 'indexes')
    return rowsOf(['Name', 'On', 'Key', 'Include', 'Distributed By'], () =>
      indexesShown(statement, context)
        .filter(liked(statement.like))
        .map(index => {
          const on = context.catalogs.current.byId(index.index!.on)!
          const { key, include, distributedBy } = indexWords(index, on)
          return [index.name, on.name, key, include, distributedBy]
        }),
    )
  const kind = KINDS[words]
  if (kind === undefined) return undefined
  if (kind === 'sink') return showSinks(statement, context)
  return rowsOf(['Name'], () => shown(statement, kind, context).map(r => [`${r.schema}.${r.name}`]))
}

function showSinks(statement: Show, context: StatementContext): Prepared {
  return rowsOf(['Name', 'Connector', 'Guarantee', 'Delivered epoch', 'Committed epoch', 'Error'], () => {
    const progress = new Map(context.runtime.sinks().map(sink => [sink.relation, sink]))
    return shown(statement, 'sink', context).map(r => {
      const sink = progress.get(r.id)
      const epochs = sink ? [String(sink.delivered), String(sink.committed), sink.error] : [null, null, null]
      const connector = r.options['connector'] ?? 'into table'
      return [`${r.schema}.${r.name}`, connector, sink?.guarantee ?? 'exactly_once', ...epochs]
    })
  })
}

/** Relations of a kind in the schema named, or in those of the search path. */
function shown({ name, like }: Show, kind: RelationKind, context: StatementContext): Relation[] {
  const { session, catalogs } = context
  if (name?.schema !== undefined)
    throw new SqlError('syntax_error', `syntax error at or near "."`, { position: name.position })
  const schemas = name === undefined ? session.searchPath() : [name.name]
  if (name !== undefined && !catalogs.current.hasSchema(session.database, name.name))
    throw new SqlError('invalid_schema_name', `schema "${name.name}" does not exist`, {
      position: name.position,
    })
  return catalogs.current.relations
    .filter(r => r.kind === kind && r.database === session.database && schemas.includes(r.schema))
    .filter(liked(like))
}

function indexesShown({ name }: Show, context: StatementContext): Relation[] {
  const { session, catalogs } = context
  const indexes = catalogs.current.relations.filter(
    r => r.kind === 'index' && r.database === session.database,
  )
  if (name === undefined) return indexes.filter(r => session.searchPath().includes(r.schema))
  const on = requireRelation(context, name)
  return indexes.filter(r => r.index!.on === on.id)
}

function liked(pattern: string | undefined): (relation: Relation) => boolean {
  const matches = pattern === undefined ? undefined : likeTest(pattern)
  return relation => matches === undefined || matches(relation.name)
}
