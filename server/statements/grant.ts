import {
  COLUMN_PRIVILEGES,
  changeGrant,
  type Grant,
  isMeant,
  type ObjectKind,
  PRIVILEGES_OF,
  type Privilege,
  publicRights,
  READ_PRIVILEGES,
  type RelationsOf,
} from '../../planner/access.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { FunctionDef } from '../../planner/function-def.ts'
import type { FunctionName } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { sqlDialect } from '../../types/sql-dialect.ts'
import { denied, type Owned, type Rights, rightsOf } from '../access/rights.ts'
import { requireDatabase, requireRelation, requireRole, requireSchema } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { findFunction } from './drop-function.ts'
import { requireType } from './user-types.ts'

type Statement = StatementOf<'grant'>
type Rest = Pick<Statement, 'grant' | 'withOption' | 'optionOnly'>

/** GRANT and REVOKE of rights on relations and their columns, schemas, databases. */
export function grant(asWritten: Statement, context: StatementContext): Promise<Result> {
  const statement =
    asWritten.what === 'all' ? { ...asWritten, of: meantBy(asWritten.of, context) } : asWritten
  return changeCatalog(context, statement.grant ? 'GRANT' : 'REVOKE', catalog => {
    const rights = rightsOf(context.session, catalog)
    const roles = statement.roles.map(role => grantee(role, catalog, context))
    const kind = KINDS[statement.what]
    const wanted = privilegesFor(statement.privileges, kind, statement.what, statement.of)
    let { grants } = catalog
    for (const object of objectsOf(statement, catalog, context)) {
      const asked = placed(wanted, kind, object)
      const able = asked.filter(({ privilege, column }) => rights.mayGrant(privilege, kind, object, column))
      if (able.length === 0 && asked.length > 0)
        throw denied(`${'kind' in object ? object.kind : kind} ${object.name}`)
      for (const role of roles) grants = changed(grants, able, { kind, object, role }, statement)
    }
    return catalog.withGrants(grants)
  })
}

/** What the word in front of the relations means in the session's dialect. */
function meantBy(of: RelationsOf | undefined, { session }: StatementContext): RelationsOf | undefined {
  return of ?? (sqlDialect(session.settings.get('sql_dialect')).tablesAlone ? 'table' : undefined)
}

const KINDS: Readonly<Record<Statement['what'], ObjectKind>> = {
  relation: 'relation',
  schema: 'schema',
  database: 'database',
  function: 'function',
  type: 'type',
  all: 'relation',
  'all functions': 'function',
}

interface Placed {
  readonly privilege: Privilege
  readonly column: number | undefined
}

function changed(
  grants: readonly Grant[],
  able: readonly Placed[],
  { kind, object, role }: { readonly kind: ObjectKind; readonly object: Owned; readonly role: string },
  statement: Rest,
): readonly Grant[] {
  const inborn = role === 'public' ? publicRights(kind, object.name) : []
  let next = grants
  for (const column of new Set(able.map(each => each.column))) {
    const privileges = able.filter(each => each.column === column).map(each => each.privilege)
    const at = { kind, object: object.id, role, ...(column !== undefined && { column }) }
    next = changeGrant(next, at, column === undefined ? inborn : [], before =>
      after(before, privileges, statement),
    )
    // Who loses a right on the relation loses it on the columns.
    if (column !== undefined || statement.grant) continue
    for (const own of next.filter(g => g.kind === kind && g.object === object.id && g.role === role))
      if (own.column !== undefined)
        next = changeGrant(next, own, [], before => after(before, privileges, statement))
  }
  return next
}

/** What a role has after GRANT or REVOKE of the privileges. */
export function after(
  before: Pick<Grant, 'privileges' | 'grantable'>,
  privileges: readonly Privilege[],
  { grant: give, withOption, optionOnly }: Rest,
): Pick<Grant, 'privileges' | 'grantable'> {
  const left = (list: readonly Privilege[]) => list.filter(privilege => !privileges.includes(privilege))
  const union = (list: readonly Privilege[]) => [...new Set([...list, ...privileges])]
  if (!give)
    return {
      privileges: optionOnly ? before.privileges : left(before.privileges),
      grantable: left(before.grantable),
    }
  return {
    privileges: union(before.privileges),
    grantable: withOption ? union(before.grantable) : before.grantable,
  }
}

/** Throws 42704 unless it is PUBLIC or a role. */
export function grantee(name: string, catalog: Catalog, { session }: StatementContext): string {
  if (name === 'current_user' || name === 'current_role') return session.user
  if (name === 'session_user') return session.sessionUser
  return name === 'public' ? name : requireRole(catalog, name)
}

/** What is asked for, `all` spelled out. Throws 0LP01 for a right that such objects or columns do not have. */
export function privilegesFor(
  asked: Statement['privileges'],
  kind: ObjectKind,
  what: string,
  of?: RelationsOf,
): readonly { readonly privilege: Privilege; readonly columns?: readonly string[] }[] {
  const known = of !== undefined && of !== 'view' && of !== 'table' ? READ_PRIVILEGES : PRIVILEGES_OF[kind]
  if (asked === 'all') return known.map(privilege => ({ privilege }))
  return asked.flatMap(({ privilege, columns }) => {
    if (columns !== undefined && what !== 'relation')
      throw new SqlError('invalid_grant_operation', 'column privileges are only valid for relations')
    const possible = columns === undefined ? known : COLUMN_PRIVILEGES
    if (privilege !== 'all' && !possible.includes(privilege))
      throw new SqlError(
        'invalid_grant_operation',
        `invalid privilege type ${privilege.toUpperCase()} for ${columns !== undefined ? 'column' : (of ?? (what === 'all' ? 'relation' : what))}`,
      )
    const named = columns && { columns }
    return (privilege === 'all' ? possible : [privilege]).map(each => ({ privilege: each, ...named }))
  })
}

/** Columns by their places. Throws 42703. */
function placed(
  wanted: ReturnType<typeof privilegesFor>,
  kind: ObjectKind,
  object: Owned,
): readonly Placed[] {
  return wanted.flatMap(({ privilege, columns }): readonly Placed[] => {
    if (columns === undefined || kind !== 'relation') return [{ privilege, column: undefined }]
    const relation = object as Relation
    return columns.map(name => {
      const column = relation.columns.findIndex(c => c.name === name && c.hidden !== true)
      if (column !== -1) return { privilege, column }
      const message = `column "${name}" of relation "${relation.name}" does not exist`
      throw new SqlError('undefined_column', message)
    })
  })
}

function objectsOf(
  { what, of, names, functions }: Statement,
  catalog: Catalog,
  context: StatementContext,
): readonly Owned[] {
  const { database } = context.session
  if (what === 'function') return functions.map(name => anyFunction(name, catalog, context))
  return names.flatMap((name): readonly Owned[] => {
    if (what === 'type') return [requireType(name, catalog, context)]
    if (what === 'relation') return [requireRelation(context, name)]
    if (what === 'database') return [requireDatabase(catalog, name.name)]
    const schema = requireSchema(catalog, database, name.name)
    if (what === 'schema') return [schema]
    if (what === 'all functions')
      return catalog.functions.filter(f => f.database === database && f.schema === schema.name)
    return catalog.relations.filter(
      r => r.database === database && r.schema === schema.name && isMeant(of, r.kind),
    )
  })
}

/** A function or, as GRANT takes it for one too, an aggregate. */
function anyFunction(name: FunctionName, catalog: Catalog, context: StatementContext): FunctionDef {
  return findFunction(name, 'function', catalog, context, false)!
}

/** ALTER DEFAULT PRIVILEGES: rights on what is made from now on. */
export function defaultPrivileges(
  statement: StatementOf<'default privileges'>,
  context: StatementContext,
): Promise<Result> {
  const { what: kind } = statement
  const of = kind === 'relation' ? meantBy(statement.of, context) : statement.of
  return changeCatalog(context, 'ALTER DEFAULT PRIVILEGES', catalog => {
    const roles = statement.roles.map(role => grantee(role, catalog, context))
    const privileges = privilegesFor(statement.privileges, kind, kind, of).map(({ privilege }) => privilege)
    const makers = statement.makers.length === 0 ? [context.session.user] : statement.makers
    for (const maker of makers) requireMaker(maker, catalog, context)
    const { database } = context.session
    const schemas = statement.schemas.map(name => requireSchema(catalog, database, name).id)
    let defaults = catalog.defaultGrants
    for (const maker of makers)
      for (const schema of schemas.length === 0 ? [undefined] : schemas)
        for (const role of roles) {
          const fits = (d: (typeof defaults)[number]) =>
            d.maker === maker && d.schema === schema && d.kind === kind && d.of === of && d.role === role
          const before = defaults.find(fits) ?? { privileges: [], grantable: [] }
          const now = after(before, privileges, statement)
          const entry = {
            maker,
            ...(schema !== undefined && { schema }),
            kind,
            ...(of && { of }),
            role,
            ...now,
          }
          defaults = [...defaults.filter(d => !fits(d)), ...(now.privileges.length > 0 ? [entry] : [])]
        }
    return catalog.withDefaultGrants(defaults)
  })
}

/** Throws unless the user has the rights of the role whose objects are meant. */
function requireMaker(maker: string, catalog: Catalog, { session }: StatementContext): void {
  const rights: Rights = rightsOf(session, catalog)
  if (maker === session.user) return
  if (maker !== 'root') requireRole(catalog, maker)
  if (!rights.owns({ id: 0, name: maker, owner: maker })) throw denied(`role ${maker}`)
}
