import { likeTest } from '../../executor/functions/like.ts'
import type { FunctionDef } from '../../planner/function-def.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { typeName } from '../../types/type-names.ts'
import { internalTables } from '../internal-tables.ts'
import { systemParameters } from '../session/system-parameters.ts'
import { sessionByNumber, sessionsBeside } from '../system-tables/sessions.ts'
import { requireRelation } from './bind.ts'
import { canonicalSql } from './canonical-text.ts'
import type { Prepared, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { prepareDescribe } from './describe.ts'
import { findFunction } from './drop-function.ts'
import { rowsOf } from './rows-of.ts'
import { prepareShowRelations } from './show-relations.ts'
import { definitionOf } from './statement-text.ts'

const SYSTEM_SCHEMAS = ['information_schema', 'pg_catalog', 'rw_catalog']
/** Lists of what cannot be made yet: empty. */
const NEVER_MADE = new Set(['connections'])
const LISTS_MISSING = new Set(['cluster', 'clusters', 'processlist'])
/** Settings whose names PostgreSQL writes otherwise than in small letters. */
const TITLES: Readonly<Record<string, string>> = {
  datestyle: 'DateStyle',
  intervalstyle: 'IntervalStyle',
  timezone: 'TimeZone',
}

/** SHOW of lists and settings, DESCRIBE. */
export function prepareShow(
  statement: StatementOf<'show' | 'describe'>,
  context: StatementContext,
): Prepared {
  const { catalogs, session, runtime } = context
  if (statement.kind === 'describe') return prepareDescribe(statement, context)
  const words = statement.words.join(' ')
  if (words === 'columns') return prepareDescribe(statement, context)
  if (statement.words[0] === 'create') return showCreate(statement, context)
  const relations = prepareShowRelations(statement, context)
  if (relations !== undefined) return relations
  const here = (id: number): boolean => catalogs.current.byId(id)?.database === session.database
  switch (words) {
    case 'secrets':
      return rowsOf(['Name'], () => {
        const schemas = statement.name === undefined ? session.searchPath() : [statement.name.name]
        return catalogs.current.secrets
          .filter(s => s.database === session.database && schemas.includes(s.schema))
          .map(s => [`${s.schema}.${s.name}`])
      })
    case 'jobs':
      return rowsOf(['Id', 'Name', 'State', 'Progress', 'Rows per second', 'Reason'], () =>
        runtime
          .progress()
          .filter(job => job.state !== 'running' && here(job.relation))
          .map(job => [
            String(job.relation),
            catalogs.current.byId(job.relation)?.name ?? null,
            job.state,
            `${(job.done * 100).toFixed(1)}%`,
            job.rowsPerSecond.toFixed(0),
            job.reason,
          ]),
      )
    case 'cursors':
    case 'subscription cursors': {
      const own = ['Session', 'User', 'Host', 'Database', 'Cursor Name']
      const names = words === 'cursors' ? own : [...own, 'Subscription Name']
      return rowsOf(names, () =>
        cursorsShown(session.number)
          .filter(row => words === 'cursors' || row.at(-1) !== '')
          .map(row => row.slice(0, names.length)),
      )
    }
    case 'internal tables':
      return rowsOf(['Name'], () => internalTablesShown(statement, context))
    case 'schemas':
      return rowsOf(['Name'], () =>
        [
          ...SYSTEM_SCHEMAS,
          ...catalogs.current.schemas.filter(s => s.database === session.database).map(s => s.name),
        ].map(name => [name]),
      )
    case 'functions':
      return rowsOf(['Name', 'Arguments', 'Return Type', 'Language', 'Link'], () =>
        functionsOf(statement, context).map(f => [
          `${f.schema}.${f.name}`,
          f.args.map(arg => typeName(arg.type)).join(', '),
          typeName(f.result),
          f.language,
          null,
        ]),
      )
    case 'databases':
      return rowsOf(['Name'], () => catalogs.current.databases.map(d => [d.name]))
    case 'parameters':
      return rowsOf(['Name', 'Value', 'Description'], () =>
        systemParameters(catalogs.current, context.runtime.barrierIntervalMs).map(p => [
          p.name,
          p.value,
          p.help,
        ]),
      )
    case 'all':
      return rowsOf(
        ['Name', 'Setting', 'Description'],
        () => session.settings.list().map(s => [s.name, s.value, s.help]),
        () => 'SHOW',
      )
    default: {
      if (NEVER_MADE.has(words)) return rowsOf(['Name'], () => [])
      if (LISTS_MISSING.has(words)) throw notSupported(`SHOW ${words.toUpperCase()}`)
      const name = setting(words)
      session.settings.get(name)
      return rowsOf(
        [TITLES[name] ?? name],
        () => [[session.settings.get(name)]],
        () => 'SHOW',
      )
    }
  }
}

/** Cursors of all sessions. */
function cursorsShown(number: number): string[][] {
  return sessionsBeside(sessionByNumber(number)).flatMap(of =>
    of
      .cursors()
      .map(({ name, subscription }) => [
        String(of.pid),
        of.user,
        of.client?.address ?? '',
        of.database,
        name,
        subscription,
      ]),
  )
}

/** State of jobs in the schema that is named, or in those of the search path. */
function internalTablesShown({ name, like }: StatementOf<'show'>, context: StatementContext): string[][] {
  const { session, catalogs, runtime } = context
  const schemas = name === undefined ? session.searchPath() : [name.name]
  const fits = like === undefined ? () => true : likeTest(like)
  return internalTables(catalogs.current, session.database, runtime)
    .filter(table => schemas.includes(table.job.schema) && fits(table.name))
    .map(table => [table.name])
}

/** Functions of users in the schema that is named, or in those of the search path. */
function functionsOf(
  { name, like }: StatementOf<'show'>,
  { catalogs, session }: StatementContext,
): readonly FunctionDef[] {
  const schemas = name === undefined ? session.searchPath() : [name.name]
  const fits = like === undefined ? () => true : likeTest(like)
  return catalogs.current.functions.filter(
    f => f.database === session.database && schemas.includes(f.schema) && fits(f.name),
  )
}

function showCreate(statement: StatementOf<'show'>, context: StatementContext): Prepared {
  const wanted = statement.words.slice(1).join(' ')
  return rowsOf(['Name', 'Create Sql'], () => {
    if (wanted === 'function' || wanted === 'aggregate') {
      const named = { name: statement.name!, args: undefined }
      const found = findFunction(named, wanted, context.catalogs.current, context, false)!
      return [[`${found.schema}.${found.name}`, found.sql]]
    }
    const relation = requireRelation(context, statement.name!)
    if (relation.kind !== wanted)
      throw new SqlError('wrong_object_type', `"${relation.name}" is not a ${wanted}`, {
        position: statement.name!.position,
      })
    return [
      [`${relation.schema}.${relation.name}`, canonicalSql(definitionOf(relation, context.catalogs.current))],
    ]
  })
}

function setting(words: string): string {
  if (words === 'time zone') return 'timezone'
  return words === 'transaction isolation level' ? 'transaction_isolation' : words.replaceAll(' ', '_')
}
