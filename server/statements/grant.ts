import { changeGrant, type ObjectKind, PRIVILEGES_OF, type Privilege } from '../../planner/access.ts'
import type { Catalog } from '../../planner/catalog.ts'
import { SqlError } from '../../types/error.ts'
import { denied, type Owned, rightsOf } from '../access/rights.ts'
import { requireRelation } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

type Grant = StatementOf<'grant'>

/** GRANT and REVOKE of rights on relations, schemas, databases. */
export function grant(statement: Grant, context: StatementContext): Promise<Result> {
  const { roles, withOption, optionOnly } = statement
  return changeCatalog(context, statement.grant ? 'GRANT' : 'REVOKE', catalog => {
    const rights = rightsOf(context.session, catalog)
    for (const role of roles)
      if (role !== 'public' && !catalog.roles.some(r => r.name === role))
        throw new SqlError('undefined_object', `role "${role}" does not exist`)
    const kind: ObjectKind = statement.what === 'all' ? 'relation' : statement.what
    const wanted = privilegesFor(statement, kind)
    let { grants } = catalog
    for (const object of objectsOf(statement, catalog, context)) {
      const able = wanted.filter(privilege => rights.mayGrant(privilege, kind, object))
      if (able.length === 0) throw denied(`${'kind' in object ? object.kind : kind} ${object.name}`)
      for (const role of roles)
        grants = changeGrant(grants, { kind, object: object.id, role }, ({ privileges, grantable }) => {
          if (statement.grant)
            return {
              privileges: union(privileges, able),
              grantable: withOption ? union(grantable, able) : grantable,
            }
          const left = (list: readonly Privilege[]) => list.filter(privilege => !able.includes(privilege))
          return { privileges: optionOnly ? privileges : left(privileges), grantable: left(grantable) }
        })
    }
    return catalog.withGrants(grants)
  })
}

/** Throws 0LP01 for a right that such objects do not have. */
function privilegesFor({ privileges, what }: Grant, kind: ObjectKind): readonly Privilege[] {
  const known = PRIVILEGES_OF[kind]
  if (privileges === 'all') return known
  const wrong = privileges.find(privilege => !known.includes(privilege))
  if (wrong !== undefined)
    throw new SqlError(
      'invalid_grant_operation',
      `invalid privilege type ${wrong.toUpperCase()} for ${what === 'all' ? 'relation' : what}`,
    )
  return privileges
}

function objectsOf({ what, names }: Grant, catalog: Catalog, context: StatementContext): readonly Owned[] {
  const { database } = context.session
  return names.flatMap((name): readonly Owned[] => {
    if (what === 'relation') return [requireRelation(context, name)]
    if (what === 'database') {
      const found = catalog.databases.find(d => d.name === name.name)
      if (found !== undefined) return [found]
      throw new SqlError('invalid_catalog_name', `database "${name.name}" does not exist`)
    }
    const schema = catalog.schemas.find(s => s.database === database && s.name === name.name)
    if (schema === undefined)
      throw new SqlError('invalid_schema_name', `schema "${name.name}" does not exist`)
    if (what === 'schema') return [schema]
    return catalog.relations.filter(r => r.database === database && r.schema === schema.name)
  })
}

function union(a: readonly Privilege[], b: readonly Privilege[]): readonly Privilege[] {
  return [...new Set([...a, ...b])]
}
