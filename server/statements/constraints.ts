import { bindRowCondition } from '../../planner/bind/scalar.ts'
import type { Relation } from '../../planner/catalog.ts'
import {
  type CheckDef,
  type ConstraintDef,
  constraintName,
  type ForeignKeyDef,
  keyNameOf,
  requireFreeName,
  type UniqueDef,
} from '../../planner/constraint-def.ts'
import { sequencesOf } from '../../planner/dml/columns.ts'
import { columnsOf } from '../../planner/expressions.ts'
import type { CheckSyntax, ConstraintSyntax, UniqueSyntax } from '../../planner/parse/index.ts'
import { refuseIncomparable } from '../../planner/variant-keys.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { fieldsOf } from '../../types/type.ts'
import { boundForeignKey, type Referring } from '../foreign-keys/define.ts'
import { bindContext } from './bind.ts'
import type { StatementContext } from './contract.ts'

/** A constraint as it was bound; it gets its number when the table is written to the catalog. */
export type NewConstraint = Omit<CheckDef, 'id'> | Omit<UniqueDef, 'id'> | Omit<ForeignKeyDef, 'id'>

type Constrained = Referring & Pick<Relation, 'keyName'>

/** Throws 0A000 where rows get to a table in ways that do not ask its constraints. */
export function requireKeepable(
  constraints: readonly Pick<ConstraintDef, 'kind'>[],
  { conflict, key }: Pick<Relation, 'conflict' | 'key'>,
  versioned: boolean,
): void {
  const merges = key.length > 0 && conflict === 'update-if-not-null'
  if (constraints.length > 0 && merges)
    throw notSupported('a constraint of a table whose rows are merged with those that are there')
  const keepsOld = key.length > 0 && (conflict === 'ignore' || versioned)
  const asks = keepsOld && constraints.find(({ kind }) => kind !== 'check')
  if (asks)
    throw notSupported(
      `a ${asks.kind.toUpperCase()} constraint of a table that may keep the row that is there`,
    )
}

/**
 * Binds constraints, which get numbers from `next` on (`numbered`); those without a name get PostgreSQL's, which none of the
 * named ones has.
 */
export function boundConstraints(
  syntaxes: readonly ConstraintSyntax[],
  table: Constrained,
  next: number,
  context: StatementContext,
): readonly NewConstraint[] {
  const taken = constraintNames(table)
  for (const { name } of syntaxes) {
    if (name === undefined) continue
    requireFreeName(name, table.name, taken)
    taken.push(name)
  }
  const sets = table.declaredKey ? [String(table.key)] : []
  const own = syntaxes.filter(syntax => syntax.kind !== 'foreign key')
  const bound = own.flatMap((syntax): NewConstraint[] => {
    if (syntax.kind === 'unique') {
      const bound = boundUnique(syntax, table)
      // What the primary key says already is said once.
      if (syntax.name === undefined && sets.includes(String(bound.columns))) return []
      sets.push(String(bound.columns))
      const names = bound.columns.map(c => table.columns[c]!.name).join('_')
      const name = syntax.name ?? constraintName(table.name, names, 'key', taken)
      taken.push(name)
      return [{ ...bound, name }]
    }
    const bound = boundCheck(syntax, table, context)
    const only = bound.columns.length === 1 ? table.columns[bound.columns[0]!]!.name : undefined
    const name = syntax.name ?? constraintName(table.name, only, 'check', taken)
    taken.push(name)
    return [{ ...bound, name }]
  })
  // They may refer to what the others keep unique, whose numbers are these.
  const known = numbered(bound, next)
  const made = { ...table, constraints: [...(table.constraints ?? []), ...known] }
  const keys = syntaxes.filter(syntax => syntax.kind === 'foreign key')
  const referring = keys.map((syntax): NewConstraint => {
    const name = syntax.name ?? constraintName(table.name, syntax.columns.join('_'), 'fkey', taken)
    taken.push(name)
    return { ...boundForeignKey({ ...syntax, name }, made, context), name }
  })
  return [...bound, ...referring]
}

function boundUnique(
  { columns: names, nullsNotDistinct, position }: UniqueSyntax,
  { columns }: Constrained,
): Omit<UniqueDef, 'id' | 'name'> {
  const found = names.map(name => {
    const at = columns.findIndex(column => column.name === name && column.hidden !== true)
    if (at !== -1) return at
    throw new SqlError('undefined_column', `column "${name}" named in key does not exist`, { position })
  })
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new SqlError('duplicate_column', `column "${twice}" appears twice in unique constraint`, {
      position,
    })
  refuseIncomparable(found, columns)
  return { kind: 'unique', columns: found, ...(nullsNotDistinct && { nullsNotDistinct }) }
}

/** The names that a table's constraints have. */
export function constraintNames(
  table: Pick<Relation, 'name' | 'constraints' | 'declaredKey' | 'keyName'>,
): string[] {
  const own = (table.constraints ?? []).map(({ name }) => name)
  return table.declaredKey ? [keyNameOf(table), ...own] : own
}

/** The constraints with numbers from `first` on. */
export function numbered(constraints: readonly NewConstraint[], first: number): readonly ConstraintDef[] {
  return constraints.map((constraint, i) => ({ ...constraint, id: first + i }))
}

function boundCheck(
  { expression: fragment, notValid }: CheckSyntax,
  { name, columns }: Constrained,
  context: StatementContext,
): Omit<CheckDef, 'id' | 'name'> {
  const found = new Set<number>()
  const binding = bindContext(context, fragment, 'batch')
  const expression = bindRowCondition('check', fragment.node, name, fieldsOf(columns), binding, found)
  const uses = [...found, ...sequencesOf(expression)]
  return {
    kind: 'check',
    sql: fragment.text,
    expression,
    columns: [...columnsOf(expression)].toSorted((a, b) => a - b),
    ...(uses.length > 0 && { uses }),
    ...(notValid && { notValid }),
  }
}
