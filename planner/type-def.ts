import type { Expression } from '../types/job.ts'
import type { EnumLabel, Field, Type, UserType } from '../types/type.ts'
import type { Modifier } from '../types/type-modifier.ts'
import type { Catalog, Relation } from './catalog.ts'
import type { FunctionDef } from './function-def.ts'

interface NamedType extends UserType {
  readonly database: string
  readonly owner: string
  readonly comment?: string
}

/** A row of fields by a name. */
export interface CompositeDef extends NamedType {
  readonly kind: 'composite'
  readonly fields: readonly Field[]
}

/** Labels in an order, to which others may come. */
export interface EnumDef extends NamedType {
  readonly kind: 'enum'
  readonly labels: readonly EnumLabel[]
}

/** Another name for a type, with what its values hold and what they are when nothing is said. */
export interface DomainDef extends NamedType {
  readonly kind: 'domain'
  readonly base: Type
  readonly modifier?: Modifier
  readonly notNull: boolean
  readonly default?: { readonly sql: string; readonly expression: Expression }
  readonly checks: readonly DomainCheck[]
}

/** A condition over a row of one column: the value. */
export interface DomainCheck {
  readonly id: number
  readonly name: string
  readonly sql: string
  readonly expression: Expression
  /** Only values that came after it are known to hold it. */
  readonly notValid?: true
}

/** A type that a user made. What is of it (columns, expressions of jobs) has it whole, so all of that changes with it. */
export type TypeDef = CompositeDef | EnumDef | DomainDef

/** The array of a type, and of a composite its row in pg_class, have the numbers behind the type's own. */
const NUMBERS_OF_TYPE = 3

/** The first number behind those of the type. */
export function numberAfter(def: TypeDef): number {
  const parts = def.kind === 'enum' ? def.labels : def.kind === 'domain' ? def.checks : []
  return Math.max(def.id + NUMBERS_OF_TYPE, ...parts.map(({ id }) => id + 1))
}

export function arrayTypeId(type: number): number {
  return type + 1
}
export function classOfType(type: number): number {
  return type + 2
}

/** The type as columns and expressions have it. */
export function typeOf(def: TypeDef): Type {
  const { id, schema, name } = def
  const user: UserType = { id, schema, name }
  if (def.kind === 'enum') return { name: 'enum', labels: def.labels, user }
  if (def.kind === 'domain') return { ...def.base, user }
  return { name: 'struct', fields: def.fields, user }
}

/** Plain data with what is of any type as the catalog has that now. */
export function withPresentTypes<T>(data: T, { types }: Pick<Catalog, 'types'>): T {
  return types.reduce((changed, def) => retyped(changed, typeOf(def)), data)
}

/** Plain data with what is of the type as the type is now. What has nothing of it stays the same object. */
export function retyped<T>(data: T, type: Type): T {
  return changed(data, type) as T
}

function changed(data: unknown, type: Type): unknown {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return data
  if ((data as Type).user?.id === type.user!.id) return type
  if (Array.isArray(data)) {
    const items = data.map(item => changed(item, type))
    return items.some((item, i) => item !== data[i]) ? items : data
  }
  const entries = Object.entries(data).map(([key, value]) => [key, changed(value, type)] as const)
  return entries.some(([key, value]) => value !== (data as Record<string, unknown>)[key])
    ? Object.fromEntries(entries)
    : data
}

/** Whether plain data has anything of the type. */
export function mentionsType(data: unknown, id: number): boolean {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false
  if ((data as Type).user?.id === id) return true
  return Object.values(data).some(value => mentionsType(value, id))
}

/** What is of a type or names it. */
export function usersOfType(
  id: number,
  { relations, functions, types }: Pick<Catalog, 'relations' | 'functions' | 'types'>,
): {
  readonly relations: readonly Relation[]
  readonly functions: readonly FunctionDef[]
  readonly types: readonly TypeDef[]
} {
  return {
    relations: relations.filter(r => namesType(r, id) || mentionsType(withoutDropped(r), id)),
    functions: functions.filter(f => mentionsType(f, id)),
    types: types.filter(t => t.id !== id && mentionsType(t, id)),
  }
}

/** Whether an expression of the relation, or its query, says the type's name. */
export function namesType({ dependsOn, columns, constraints = [] }: Relation, id: number): boolean {
  return dependsOn.includes(id) || [...columns, ...constraints].some(({ uses }) => uses?.includes(id))
}

/** A table without the columns that were taken away; its rows have them still. */
function withoutDropped(relation: Relation): unknown {
  if (!relation.columns.some(column => column.dropped)) return relation
  const { job: _, ...rest } = relation
  return { ...rest, columns: relation.columns.filter(column => column.dropped !== true) }
}

/** Finds `[schema.]name` along the search path. */
export function findType(
  catalog: Catalog,
  database: string,
  path: readonly string[],
  searchPath: readonly string[],
): TypeDef | undefined {
  if (catalog.types.length === 0) return undefined
  const [name = '', schema] = path.toReversed()
  for (const each of schema === undefined ? searchPath : [schema]) {
    const found = catalog.typeByName(database, each, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** The same, and array types by their own names: `_mood` is that of mood, unless it is another type's. */
export function findTypeOrArray(
  catalog: Catalog,
  database: string,
  path: readonly string[],
  searchPath: readonly string[],
): { readonly def: TypeDef; readonly isArray: boolean } | undefined {
  const def = findType(catalog, database, path, searchPath)
  if (def !== undefined) return { def, isArray: false }
  const name = path.at(-1) ?? ''
  if (!name.startsWith('_')) return undefined
  const element = findType(catalog, database, path.with(-1, name.slice(1)), searchPath)
  return element && { def: element, isArray: true }
}
