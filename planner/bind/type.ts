import { errorsAt, notSupported, SqlError } from '../../types/error.ts'
import type { SqlDialect } from '../../types/sql-dialect.ts'
import { ALL_INTERVAL_FIELDS } from '../../types/time/interval-fields.ts'
import { arrayOf, TEXT, type Type } from '../../types/type.ts'
import { labeled } from '../../types/type-labels.ts'
import { type Modifier, modifierOf } from '../../types/type-modifier.ts'
import { parseTypeName } from '../../types/type-names.ts'
import type { BindContext } from '../contract.ts'
import { findType, typeOf } from '../type-def.ts'
import { as, type Body, body, integer, list, names } from './ast.ts'
import { dialectOf } from './coerce.ts'
import type { Environment } from './environment.ts'

/** The type a TypeName node means. */
export function bindType(
  node: Body,
  { context, dependsOn }: Pick<Environment, 'context' | 'dependsOn'>,
): Type {
  const path = names(node['names'])
  const name = path.at(-1) ?? ''
  const fields = name === 'struct' || name === 'map' ? structFields(node) : undefined
  const base =
    fields !== undefined
      ? lookUp(`${name}<${fields}>`)
      : name === 'char'
        ? labeled('char')
        : TEXTUAL.has(name)
          ? TEXT
          : (lookUp(name) ?? userType(path, context))
  if (base === undefined) {
    const position = context.position(node['location'] as number | undefined)
    throw new SqlError('undefined_object', `type "${path.join('.')}" does not exist`, { position })
  }
  if (base.user !== undefined) dependsOn.add(base.user.id)
  return list(node['arrayBounds']).reduce((type: Type) => arrayOf(type), base)
}

function userType(path: readonly string[], { catalog, database, searchPath }: BindContext): Type | undefined {
  const found = findType(catalog, database, path, searchPath)
  return found && typeOf(found)
}

/** What the dialect put into the parentheses behind struct and map. */
function structFields(node: Body): string | undefined {
  const constant = as(list(node['typmods'])[0], 'A_Const')
  return constant === undefined ? undefined : String(body(constant['sval'])['sval'] ?? '')
}

/** What the parentheses behind the type name limit; undefined: nothing. Throws 22023. */
export function bindModifier(node: Body, context: BindContext): Modifier | undefined {
  return errorsAt(
    () => context.position(node['location'] as number | undefined),
    () => modifierIn(node, context),
  )
}

function modifierIn(node: Body, context: BindContext): Modifier | undefined {
  const name = names(node['names']).at(-1) ?? ''
  if (name === 'struct' || name === 'map') return undefined
  if (name === 'bpchar' && dialectOf(context).charIsText) return undefined
  const numbers = list(node['typmods']).map(n => integer(n) ?? 0)
  if (name === 'varchar' && numbers.length > 0)
    requireNoLength(dialectOf(context), context.position(node['location'] as number | undefined))
  // The grammar calls char(n) bpchar.
  if (name === 'char') return modifierOf('"char"', numbers)
  if (name !== 'interval') return modifierOf(name, numbers)
  // The first number of an interval says which fields it has.
  const fields = intervalFields(node)
  return modifierOf(name, fields === 0 ? numbers.slice(1) : [numbers[1] ?? 6, fields])
}

/** Throws 0A000 for varchar(n) where varchar has no length. */
export function requireNoLength({ textWithoutLength }: SqlDialect, position?: number): void {
  if (textWithoutLength) throw notSupported('a length of varchar', { position })
}

const TEXTUAL: ReadonlySet<string> = new Set(['bpchar', 'varchar', 'unknown'])

function lookUp(name: string): Type | undefined {
  try {
    return parseTypeName(name) ?? undefined
  } catch (error) {
    if (error instanceof SqlError && error.condition !== 'feature_not_supported') return undefined
    throw error
  }
}

/** The fields of `interval day to second` (types/time/interval-fields.ts); 0: all. */
export function intervalFields(node: Body): number {
  const mask = integer(list(node['typmods'])[0])
  return mask === undefined || mask === ALL_INTERVAL_FIELDS ? 0 : mask
}
