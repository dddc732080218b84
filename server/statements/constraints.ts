import { bindCheck } from '../../planner/bind/scalar.ts'
import type { Relation } from '../../planner/catalog.ts'
import {
  type ConstraintDef,
  constraintName,
  keyNameOf,
  requireFreeName,
} from '../../planner/constraint-def.ts'
import { sequencesOf } from '../../planner/dml/columns.ts'
import { columnsOf } from '../../planner/expressions.ts'
import type { CheckSyntax, ConstraintSyntax } from '../../planner/parse/index.ts'
import { fieldsOf } from '../../types/type.ts'
import { bindContext } from './bind.ts'
import type { StatementContext } from './contract.ts'

/** A constraint as it was bound; it gets its number when the table is written to the catalog. */
export type NewConstraint = Omit<ConstraintDef, 'id'>

type Constrained = Pick<Relation, 'name' | 'columns' | 'declaredKey' | 'keyName' | 'constraints'>

/** Binds constraints; those without a name get PostgreSQL's, which none of the named ones has. */
export function boundConstraints(
  syntaxes: readonly ConstraintSyntax[],
  table: Constrained,
  context: StatementContext,
): readonly NewConstraint[] {
  const taken = constraintNames(table)
  for (const { name } of syntaxes) {
    if (name === undefined) continue
    requireFreeName(name, table.name, taken)
    taken.push(name)
  }
  return syntaxes.map(syntax => {
    const bound = boundCheck(syntax, table, context)
    const only = bound.columns.length === 1 ? table.columns[bound.columns[0]!]!.name : undefined
    const name = syntax.name ?? constraintName(table.name, only, 'check', taken)
    taken.push(name)
    return { ...bound, name }
  })
}

/** The names that a table's constraints have. */
export function constraintNames(table: Constrained): string[] {
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
): Omit<NewConstraint, 'name'> {
  const found = new Set<number>()
  const binding = bindContext(context, fragment, 'batch')
  const expression = bindCheck(fragment.node, name, fieldsOf(columns), binding, found)
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
