import type { Command } from '../../executor/runtime-contract.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { DomainAction } from '../../planner/parse/index.ts'
import { type DomainDef, mentionsType, usersOfType } from '../../planner/type-def.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { userTypeName } from '../../types/type-names.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { movedType } from './alter-type.ts'
import { type Alteration, changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { boundDefault, requireDomain, withCheck } from './domains.ts'
import { ruledColumns } from './kept-out.ts'
import { requireType } from './user-types.ts'

type Act<Do extends DomainAction['do']> = Extract<DomainAction, { readonly do: Do }>

/** ALTER DOMAIN: what its values hold, its default, its name, owner and schema. */
export function alterDomain(
  { name, action }: StatementOf<'alter domain'>,
  context: StatementContext,
): Promise<Result> {
  return changeCatalog(context, 'ALTER DOMAIN', catalog => {
    const found = requireType(name, catalog, context)
    requireDomain(found)
    requireOwner(rightsOf(context.session, catalog), 'type', found)
    switch (action.do) {
      case 'owner':
      case 'rename':
      case 'set schema':
        return movedType(found, action, catalog, context)
      case 'default': {
        const { default: _, ...rest } = found
        const bound = action.value && boundDefault(action.value, found, context)
        return catalog.withType({ ...rest, ...(bound && { default: bound }) })
      }
      case 'not null':
        if (action.on === found.notNull) return undefined
        return constrained({ ...found, notNull: action.on }, action.on ? ONLY_NULLS : undefined, catalog)
      case 'add check': {
        const next = withCheck(found, action.check, catalog.nextId, context)
        const [added] = next.checks.slice(-1)
        return constrained(next, action.check.notValid ? undefined : [added!], catalog)
      }
      case 'drop constraint':
        return withoutCheck(found, action, catalog, context)
      case 'rename constraint':
        return constrained(withCheckNamed(found, action), undefined, catalog)
      case 'validate constraint': {
        const at = checkAt(found, action.name)
        const { notValid: _, ...valid } = found.checks[at]!
        return constrained({ ...found, checks: found.checks.with(at, valid) }, [valid], catalog)
      }
    }
  })
}

const ONLY_NULLS: DomainDef['checks'] = []

function withoutCheck(
  def: DomainDef,
  { name, ifExists }: Act<'drop constraint'>,
  catalog: Catalog,
  { notice }: StatementContext,
): Alteration | undefined {
  if (ifExists && def.checks.every(check => check.name !== name)) {
    notice(`constraint "${name}" of domain "${def.name}" does not exist, skipping`)
    return undefined
  }
  return constrained({ ...def, checks: def.checks.toSpliced(checkAt(def, name), 1) }, undefined, catalog)
}

function withCheckNamed(def: DomainDef, { from, to }: Act<'rename constraint'>): DomainDef {
  const at = checkAt(def, from)
  if (def.checks.some(check => check.name === to))
    throw new SqlError('duplicate_object', `constraint "${to}" for domain "${def.name}" already exists`)
  return { ...def, checks: def.checks.with(at, { ...def.checks[at]!, name: to }) }
}

/** Throws 42704. */
function checkAt({ name: domain, checks }: DomainDef, name: string): number {
  const at = checks.findIndex(check => check.name === name)
  if (at !== -1) return at
  throw new SqlError('undefined_object', `constraint "${name}" of domain "${domain}" does not exist`)
}

/**
 * The catalog in which values of the domain hold something else. `added`: what the values that are there are held against, when
 * nothing comes between; no checks: that they are not NULL.
 */
function constrained(def: DomainDef, added: DomainDef['checks'] | undefined, catalog: Catalog): Alteration {
  const { relations } = usersOfType(def.id, catalog)
  // The rules stand in the casts of running jobs.
  const caster = relations.find(r => r.job?.nodes.some(({ spec }) => castsTo(spec, def.id)))
  if (caster !== undefined)
    throw notSupported(
      `other constraints of domain ${userTypeName(def)}, which ${caster.kind} ${caster.name} casts to`,
    )
  const next = catalog.withType(def)
  if (added === undefined) return { catalog: next }
  const rule = { ...def, notNull: added.length === 0, checks: added }
  const verify = relations.flatMap(table => (table.kind === 'table' ? verified(table, rule, next) : []))
  return { catalog: next, ...(verify.length > 0 && { command: { verify } }) }
}

function castsTo(data: unknown, id: number): boolean {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false
  const { kind, fn, type } = data as { kind?: unknown; fn?: unknown; type?: unknown }
  if (kind === 'call' && String(fn).startsWith('$domain(') && mentionsType(type, id)) return true
  return Object.values(data).some(value => castsTo(value, id))
}

/** Holds the rows of a table against what comes to a domain. Throws 23502 and 23514. */
function verified(
  table: Relation,
  def: DomainDef,
  catalog: Catalog,
): NonNullable<Command['verify']>[number][] {
  const only = { typeById: (id: number) => (id === def.id ? def : undefined) }
  const held = ruledColumns(table, only)
  if (held.length === 0 || catalog.byId(table.id) === undefined) return []
  return [
    {
      relation: table.id,
      check(rows) {
        for (const { i, hold } of held)
          for (const { columns, length } of rows)
            for (let row = 0; row < length; row++)
              tell(() => hold(cellValue(columns[i]!, row)), table.columns[i]!.name, table.name)
      },
    },
  ]
}

function tell(hold: () => void, column: string, table: string): void {
  try {
    hold()
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    const where = `column "${column}" of table "${table}" contains`
    if (error.condition === 'not_null_violation') throw new SqlError(error.condition, `${where} null values`)
    if (error.condition !== 'check_violation') throw error
    throw new SqlError(error.condition, `${where} values that violate the new constraint`)
  }
}
