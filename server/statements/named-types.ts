import { leafOf } from '../../executor/functions/registry.ts'
import type { Statement } from '../../planner/parse/index.ts'
import { findType, findTypeOrArray, type TypeDef, typeOf } from '../../planner/type-def.ts'
import { SqlError } from '../../types/error.ts'
import { arrayOf, TEXT, type Type } from '../../types/type.ts'
import { denied, rightsOf } from '../access/rights.ts'
import type { StatementContext } from './contract.ts'

/** The statement with the types of users that it names. Throws 42704 for a name that no type has. */
export function withTypes<T extends Statement>(statement: T, context: StatementContext): T {
  return resolved(statement, context) as T
}

function resolved(data: unknown, context: StatementContext): unknown {
  if (typeof data !== 'object' || data === null) return data
  const { named } = data as Type
  if (named !== undefined && !Array.isArray(data)) return typeNamed(named, context)
  // A tree of PostgreSQL's grammar: the binder looks up its types.
  if ('node' in data) return data
  if (Array.isArray(data)) {
    const items = data.map(item => resolved(item, context))
    return items.some((item, i) => item !== data[i]) ? items : data
  }
  if (Object.getPrototypeOf(data) !== Object.prototype) return data
  const entries = Object.entries(data).map(([key, value]) => [key, resolved(value, context)] as const)
  const changed = entries.some(([key, value]) => value !== (data as Record<string, unknown>)[key])
  return changed ? { ...Object.fromEntries(entries), ...limitOfDomain(data as Typed, context) } : data
}

interface Typed {
  readonly type?: Type
}

/** What limits values of a domain limits those of a column of it, and of an array of it. */
function limitOfDomain({ type }: Typed, context: StatementContext): { readonly modifier?: string } {
  const { named } = leafOf(type ?? TEXT)
  const def =
    named &&
    findType(context.catalogs.current, context.session.database, named.path, context.session.searchPath())
  return def?.kind === 'domain' && def.modifier !== undefined ? { modifier: def.modifier } : {}
}

function typeNamed({ path, position }: NonNullable<Type['named']>, context: StatementContext): Type {
  const { session, catalogs } = context
  const found = findTypeOrArray(catalogs.current, session.database, path, session.searchPath())
  if (found === undefined)
    throw new SqlError('undefined_object', `type "${path.join('.')}" does not exist`, { position })
  requireUsage(found.def, context)
  const type = typeOf(found.def)
  return found.isArray ? arrayOf(type) : type
}

/** Throws 42501 unless the user may make things of the type. */
function requireUsage(type: TypeDef, { session, catalogs }: StatementContext): void {
  if (!rightsOf(session, catalogs.current).may('usage', 'type', type)) throw denied(`type ${type.name}`)
}
