import { bindColumnValue, bindRowCondition } from '../../planner/bind/scalar.ts'
import { constraintName } from '../../planner/constraint-def.ts'
import { asksSession, sequencesOf } from '../../planner/dml/columns.ts'
import { readsNow } from '../../planner/expressions.ts'
import type { CheckSyntax, Fragment } from '../../planner/parse/index.ts'
import { tokenize } from '../../planner/parse/tokens.ts'
import { type DomainCheck, type DomainDef, numberAfter, type TypeDef } from '../../planner/type-def.ts'
import { holdsDomain } from '../../types/domain-type.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { bindContext } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { placeOfNew } from './user-types.ts'

/** CREATE DOMAIN. */
export function createDomain(
  syntax: StatementOf<'create domain'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'CREATE DOMAIN', catalog => {
    const { name, type: base, modifier, notNull, position, refused } = syntax
    if (refused !== undefined) throw new SqlError('syntax_error', refused)
    const place = placeOfNew('domain', name, catalog, context)
    if (base.user !== undefined || base.name === 'struct' || holdsDomain(base))
      throw notSupported('a domain over such a type', { position })
    const plain: DomainDef = {
      ...place,
      kind: 'domain',
      base,
      ...(modifier !== undefined && { modifier }),
      notNull,
      ...(syntax.default && { default: boundDefault(syntax.default, { ...place, base, modifier }, context) }),
      checks: [],
    }
    const first = numberAfter(plain as TypeDef)
    return catalog.withType(
      syntax.checks.reduce((def, check, i) => withCheck(def, check, first + i, context), plain),
    )
  })
}

/** The default of a domain, as a value of its base. */
export function boundDefault(
  fragment: Fragment,
  { name, base, modifier }: Pick<DomainDef, 'name' | 'base'> & { readonly modifier?: string | undefined },
  context: StatementContext,
): NonNullable<DomainDef['default']> {
  const target = { name, type: base, ...(modifier !== undefined && { modifier }) }
  const uses = new Set<number>()
  const expression = bindColumnValue(fragment.node, [], target, bindContext(context, fragment, 'batch'), uses)
  if (uses.size > 0 || sequencesOf(expression).length > 0)
    throw notSupported('a default of a domain that uses functions of users, types or sequences')
  return { sql: fragment.text, expression }
}

/** The domain with one check more. */
export function withCheck(
  def: DomainDef,
  { name: given, expression: fragment, notValid, position }: CheckSyntax,
  id: number,
  context: StatementContext,
): DomainDef {
  const taken = def.checks.map(check => check.name)
  if (given !== undefined && taken.includes(given))
    throw new SqlError('duplicate_object', `constraint "${given}" for domain "${def.name}" already exists`, {
      position,
    })
  const binding = bindContext(context, fragment, 'batch')
  const uses = new Set<number>()
  const columns = [{ name: 'value', type: def.base }]
  const check: DomainCheck = {
    id,
    name: given ?? constraintName(def.name, undefined, 'check', taken),
    sql: withValueNamed(fragment.text),
    expression: bindRowCondition('check', fragment.node, '', columns, binding, uses),
    ...(notValid && { notValid }),
  }
  if (readsNow(check.expression) || asksSession(check.expression))
    throw notSupported('a check of a domain that asks for the time or the session')
  if (uses.size > 0) throw notSupported('a check of a domain that uses functions or types of users')
  return { ...def, checks: [...def.checks, check] }
}

/** PostgreSQL shows the word in capitals. */
function withValueNamed(sql: string): string {
  const found = tokenize(sql).filter(token => token.kind === 'word' && token.value === 'value')
  return found.reduceRight((text, { start, end }) => `${text.slice(0, start)}VALUE${text.slice(end)}`, sql)
}

/** Throws 42809 unless the type is a domain. */
export function requireDomain(type: TypeDef): asserts type is DomainDef {
  if (type.kind !== 'domain') throw new SqlError('wrong_object_type', `"${type.name}" is not a domain`)
}
