import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { AlterAction, ConstraintSyntax } from '../../planner/parse/index.ts'
import { isTemporary, isTempSchema, meantSchema } from '../../planner/temp-schema.ts'
import { notSupported, SqlError, unreachable } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { markSequences } from '../sequences.ts'
import { type Step, together } from './alter-actions.ts'
import {
  addColumn,
  changeDefault,
  changeNotNull,
  changeType,
  dropColumn,
  renameColumn,
} from './alter-column.ts'
import {
  addConstraint,
  alterConstraint,
  dropConstraint,
  renameConstraint,
  requireConstraint,
  settleConstraint,
  validateConstraint,
} from './alter-constraint.ts'
import { addIdentity, dropIdentity, setIdentity } from './alter-identity.ts'
import { addPrimaryKey } from './alter-key.ts'
import { alterNamespace } from './alter-namespace.ts'
import { changeQuery } from './alter-view.ts'
import { betweenTemporary, findByName, requireRelation, requireRole, requireSchema } from './bind.ts'
import { type Alteration, changeCatalog } from './change-catalog.ts'
import { requireColumn } from './column-users.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { retained } from './create-subscription.ts'
import { withJobSetting } from './job-settings.ts'
import { renamed } from './rename.ts'
import { retentionMs } from './retention.ts'
import { isNumbered, withSerials } from './serial.ts'
import { changeOptions } from './view-options.ts'
import { changeWatermark } from './watermark.ts'
import { whenAllowed } from './while-allowed.ts'

type Alter = StatementOf<'alter'>

/** ALTER of a relation, a schema or a database. */
export async function alter(statement: Alter, context: StatementContext): Promise<Result> {
  const { what, actions } = statement
  const [only] = actions
  const locked = what === 'schema' || what === 'database' ? undefined : findByName(context, statement.name)
  if (locked !== undefined) await whenAllowed([locked.id], 'access exclusive', context)
  if (actions.length === 1 && only?.do === 'add constraint')
    return addAndValidate(statement, only.constraint, context)
  if (actions.some(action => action.do === 'add column' && isNumbered(action.column)))
    return addNumbered(statement, context)
  const result = await changeCatalog(context, `ALTER ${what.toUpperCase()}`, () =>
    what === 'schema' || what === 'database'
      ? alterNamespace(statement, context)
      : alterRelation(statement, actions, context),
  )
  for (const action of actions) {
    if (action.do !== 'validate constraint') continue
    const table = findByName(context, statement.name)
    if (table !== undefined) await validateConstraint(table.id, action.name, context)
  }
  return result
}

/** The sequences are there before the columns that they number, in the rows that are there too. */
function addNumbered(statement: Alter, context: StatementContext): Promise<Result> {
  const { name, what, actions } = statement
  const added = actions.flatMap(action => (action.do === 'add column' ? [action.column] : []))
  return withSerials(name, added, context, async columns => {
    let at = 0
    const numbered = actions.map(action =>
      action.do === 'add column' ? { ...action, column: columns[at++]! } : action,
    )
    const result = await changeCatalog(context, `ALTER ${what.toUpperCase()}`, () =>
      alterRelation(statement, numbered, context),
    )
    await markSequences(context)
    return result
  })
}

/** Statements know of the constraint before the rows that are there are looked at: none slips in between. */
async function addAndValidate(
  statement: Alter,
  { notValid }: ConstraintSyntax,
  context: StatementContext,
): Promise<Result> {
  let made: { readonly table: number; readonly name: string } | undefined
  const result = await changeCatalog(context, `ALTER ${statement.what.toUpperCase()}`, () => {
    const altered = alterRelation(statement, statement.actions, context)
    const table = altered && findByName(context, statement.name)
    const now = table && altered.catalog.byId(table.id)
    made = now && { table: now.id, name: now.constraints!.at(-1)!.name }
    return altered
  })
  if (made !== undefined && !notValid) await settleConstraint(made.table, made.name, context)
  return result
}

function alterRelation(
  { what, name, ifExists }: Alter,
  actions: readonly AlterAction[],
  context: StatementContext,
): Alteration | undefined {
  const { current } = context.catalogs
  if (ifExists && findByName(context, name) === undefined) {
    context.notice(`relation "${name.name}" does not exist, skipping`)
    return undefined
  }
  const relation = requireRelation(context, name)
  const fits = what === 'table' && actions.every(action => fitsAlterTable(relation, action))
  if (relation.kind !== what && !fits)
    throw new SqlError(
      'wrong_object_type',
      `"${relation.name}" is not ${what === 'index' ? 'an' : 'a'} ${what}`,
      { position: name.position, hint: `Use ALTER ${relation.kind.toUpperCase()}.` },
    )
  requireOwner(rightsOf(context.session, current), relation.kind, relation)
  const alone = actions.length === 1 && actions[0]!.do === 'add constraint'
  return together(relation, actions, context, (now, action, seen, rows) =>
    applied(now, action, seen, { rows, alone, what }),
  )
}

interface Surroundings {
  /** The relation as its rows are. */
  readonly rows: Relation
  /** The statement has no other action. */
  readonly alone: boolean
  readonly what: Alter['what']
}

function applied(
  relation: Relation,
  action: AlterAction,
  context: StatementContext,
  { rows, alone, what }: Surroundings,
): Step | undefined {
  const { current } = context.catalogs
  switch (action.do) {
    case 'rename':
      return { catalog: renamed(current, relation, { name: action.to }) }
    case 'set schema':
      if (isTemporary(relation)) throw betweenTemporary()
      return { catalog: renamed(current, relation, { schema: schemaNamed(action.schema, context) }) }
    case 'swap': {
      const other = requireRelation(context, action.with)
      requireOwner(rightsOf(context.session, current), other.kind, other)
      return { catalog: swapped(relation, other, current) }
    }
    case 'owner':
      return { catalog: withOwner(relation, knownRole(action.to, context), current) }
    case 'database setting':
      throw notSupported(`this ALTER ${what.toUpperCase()}`)
    case 'job setting':
      return { catalog: current.with(withJobSetting(relation, action.change)) }
    case 'retention':
      return {
        catalog: current.with(retained(relation, action.retention)),
        command: { retentions: { [relation.id]: retentionMs(action.retention) } },
      }
    case 'query':
      if (relation.kind !== 'materialized view')
        throw notSupported(`ALTER ${relation.kind.toUpperCase()} … AS`)
      return changeQuery(relation, action.query, context)
    case 'watermark':
      return changeWatermark(relation, action.watermark, context)
    case 'rate limit':
      return limited(relation, action.setting, action.limit, current)
    case 'rename column':
      return { catalog: renameColumn(relation, action.column, action.to, context) }
    case 'add constraint':
      return addConstraint(relation, action, context, alone)
    case 'add primary key':
      return addPrimaryKey(relation, action, context)
    case 'drop constraint':
      return dropConstraint(relation, action, context)
    case 'rename constraint':
      return renameConstraint(relation, action, context)
    case 'alter constraint':
      return alterConstraint(relation, action, context)
    case 'validate constraint':
      requireConstraint(relation, action.name)
      return undefined
    case 'storage':
      if (action.column !== undefined) requireColumn(relation, action.column)
      return undefined
    case 'view options':
      return { catalog: changeOptions(relation, action.set, current) }
    case 'add identity':
      return addIdentity(relation, action, context)
    case 'set identity':
      return setIdentity(relation, action, context)
    case 'drop identity':
      return dropIdentity(relation, action, context)
    case 'add column':
      return addColumn(relation, action, context)
    case 'drop column':
      return dropColumn(relation, action, context)
    case 'type':
      return changeType(relation, action, context, rows)
    case 'default':
      return changeDefault(relation, action, context)
    case 'not null':
      return changeNotNull(relation, action, context)
    default:
      return unreachable(action)
  }
}

/** PostgreSQL's ALTER TABLE renames whatever it keeps beside tables; clients (dbt) count on it. */
function fitsAlterTable({ kind }: Relation, action: AlterAction): boolean {
  return action.do === 'rename' && ['view', 'materialized view', 'index', 'sequence'].includes(kind)
}

function schemaNamed(schema: string, { catalogs, session }: StatementContext): string {
  const to = meantSchema(schema, session.number)
  if (isTempSchema(to)) throw betweenTemporary()
  return requireSchema(catalogs.current, session.database, to).name
}

/** Indexes and sequences of a relation's columns go with it. */
function withOwner(relation: Relation, owner: string, catalog: Catalog): Catalog {
  const own = catalog.relations.filter(
    r => r.index?.on === relation.id || r.sequence?.ownedBy?.table === relation.id,
  )
  return [relation, ...own].reduce((next, each) => next.with({ ...each, owner }), catalog)
}

/** Each gets the other's name. */
function swapped(a: Relation, b: Relation, catalog: Catalog): Catalog {
  if (isTemporary(a) || isTemporary(b)) throw notSupported('ALTER … SWAP WITH a temporary relation')
  if (a.kind !== b.kind) throw new SqlError('wrong_object_type', `"${b.name}" is not a ${a.kind}`)
  const aside = renamed(catalog, a, { name: `swapped ${a.id}` })
  const moved = renamed(aside, aside.byId(b.id)!, { name: a.name, schema: a.schema })
  return renamed(moved, moved.byId(a.id)!, { name: b.name, schema: b.schema })
}

/** Throws 42704. */
export function knownRole(name: string, { catalogs, session }: StatementContext): string {
  const { relations, schemas, databases } = catalogs.current
  const owners = [...relations, ...schemas, ...databases].map(object => object.owner)
  if (name === session.user || ['current_user', 'session_user'].includes(name)) return session.user
  return owners.includes(name) ? name : requireRole(catalogs.current, name)
}

/** Rows a second of a source or a sink, by its option; other limits are accepted: views are paced by their barriers. */
function limited(
  relation: Relation,
  setting: string,
  limit: number | undefined,
  catalog: Catalog,
): Alteration {
  if (setting === 'dml_rate_limit') {
    if (relation.kind !== 'table')
      throw new SqlError('wrong_object_type', `"${relation.name}" is not a table`)
    const { writeRate: _, ...rest } = relation
    return {
      catalog: catalog.with(limit === undefined ? rest : { ...rest, writeRate: limit }),
      command: { writeRates: { [relation.id]: limit } },
    }
  }
  if (setting === 'backfill_rate_limit') {
    const { rate: _, ...pace } = relation.pace ?? {}
    const next = limit === undefined ? pace : { ...pace, rate: limit }
    return {
      catalog: catalog.with({ ...relation, pace: next }),
      command: { backfillRates: { [relation.id]: limit } },
    }
  }
  if (setting !== 'source_rate_limit' && setting !== 'sink_rate_limit') {
    if (limit === 0) throw notSupported(`${setting} = 0`)
    return { catalog }
  }
  const isSink = relation.kind === 'sink'
  if (setting === 'sink_rate_limit') {
    if (!isSink) throw new SqlError('wrong_object_type', `"${relation.name}" is not a sink`)
    if (relation.into !== undefined)
      throw new SqlError('wrong_object_type', 'ALTER SINK_RATE_LIMIT is not for sink into table')
  } else if (relation.options['connector'] === undefined || isSink)
    throw new SqlError('wrong_object_type', `"${relation.name}" does not read a connector`)
  const { [setting]: _, ...rest } = relation.options
  const options = limit === undefined ? rest : { ...rest, [setting]: String(limit) }
  return {
    catalog: catalog.with({ ...relation, options }),
    command: { rateLimits: { [relation.id]: limit } },
  }
}
