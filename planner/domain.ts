import type { DomainRule } from '../executor/functions/domains.ts'
import { isDomain } from '../types/domain-type.ts'
import type { Expression } from '../types/job.ts'
import { toJson } from '../types/json.ts'
import { TEXT, type Type } from '../types/type.ts'
import { typeName } from '../types/type-names.ts'
import type { Catalog, ColumnDef } from './catalog.ts'
import { call, literal } from './expressions.ts'
import type { DomainDef } from './type-def.ts'

/** What values of the type hold; undefined: nothing in it is of a domain that asks anything. */
export function ruleOf(type: Type, catalog: Pick<Catalog, 'typeById'>): DomainRule | undefined {
  const inner = type.label === undefined ? innerRule(type, catalog) : undefined
  if (!isDomain(type)) return inner
  const def = catalog.typeById(type.user!.id)
  return def?.kind === 'domain' ? ruleOfDomain(def, inner) : undefined
}

/** The rule of one domain. */
function ruleOfDomain(def: DomainDef, inner: DomainRule | undefined): DomainRule | undefined {
  const { notNull, checks, base } = def
  if (!notNull && checks.length === 0 && inner === undefined) return undefined
  return {
    kind: 'domain',
    name: typeName({ ...base, user: def }),
    type: base,
    notNull,
    checks: checks.map(({ name, expression }) => ({ name, expression })),
    inner: inner ?? null,
  }
}

function innerRule(type: Type, catalog: Pick<Catalog, 'typeById'>): DomainRule | undefined {
  if (type.element !== undefined) {
    const item = ruleOf(type.element, catalog)
    return item && { kind: 'array', item }
  }
  const fields = (type.fields ?? []).map(field => ruleOf(field.type, catalog) ?? null)
  return fields.some(field => field !== null) ? { kind: 'row', fields } : undefined
}

/** The value as one of the type; it fails where a domain in the type does not take it. */
export function conforming(e: Expression, type: Type, catalog: Pick<Catalog, 'typeById'>): Expression {
  const rule = ruleOf(type, catalog)
  if (rule === undefined) return { ...e, type }
  return call('$domain(anyelement, text) -> anyelement', [e, literal(toJson(rule), TEXT)], type)
}

/** What a column is worth when nothing is said of it: its own default, or that of its domain. */
export function defaultValue(
  { default: own, type }: Pick<ColumnDef, 'default' | 'type'>,
  catalog: Pick<Catalog, 'typeById'>,
): Expression | undefined {
  if (own !== undefined || !isDomain(type)) return own
  const def = catalog.typeById(type.user!.id)
  return def?.kind === 'domain' ? def.default?.expression : undefined
}

/** Types of columns that statements must hold against a rule. */
export function asksOfRows(
  columns: readonly Pick<ColumnDef, 'type' | 'dropped'>[],
  catalog: Catalog,
): boolean {
  return columns.some(({ type, dropped }) => dropped !== true && ruleOf(type, catalog) !== undefined)
}
