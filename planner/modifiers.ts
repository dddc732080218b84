import type { Expression } from '../types/job.ts'
import { type Schema, sameType } from '../types/type.ts'
import { type Modifier, modifierOf } from '../types/type-modifier.ts'
import type { Catalog } from './catalog.ts'
import { functionName } from './expressions.ts'
import { type Plan, schemaOf } from './plan.ts'

/**
 * What limits each column of a query's result: a column of a table keeps what its declaration says, a cast says it anew, and what chooses
 * between values has their limit if it is the same for all (exprTypmod of PostgreSQL's nodeFuncs.c). Of a plan as it was bound.
 */
export function columnModifiers(plan: Plan, catalog: Catalog): readonly (Modifier | undefined)[] {
  const of = (input: Plan): readonly (Modifier | undefined)[] => columnModifiers(input, catalog)
  switch (plan.op) {
    case 'scan': {
      const columns = catalog.byId(plan.relation)?.columns ?? []
      return plan.schema.map(
        field => columns.find(c => c.name === field.name && sameType(c.type, field.type))?.modifier,
      )
    }
    case 'project': {
      const input = of(plan.input)
      return plan.columns.map(e => modifierOfValue(e, input))
    }
    case 'values':
      return plan.schema.map((_, i) => common(plan.rows.map(row => modifierOfValue(row[i]!, []))))
    case 'filter':
    case 'sort':
    case 'panes':
    case 'single-row':
      return of(plan.input)
    case 'join':
      return plan.type === 'semi' || plan.type === 'anti'
        ? of(plan.left)
        : [...of(plan.left), ...of(plan.right)]
    case 'union':
      return inAll(plan.inputs.map(of))
    case 'set-operation':
      return inAll([of(plan.left), of(plan.right)])
    case 'aggregate': {
      const input = of(plan.input)
      return [...plan.groups.map(g => input[g]), ...plan.calls.map(() => undefined)]
    }
    default: {
      // What is computed stands behind the columns of the input.
      const input = of(plan.input)
      return schemaOf(plan).map((_, i) => input[i])
    }
  }
}

/** The columns of a bound query's result, each with what limits it. */
export function limitedSchema(schema: Schema, plan: Plan, catalog: Catalog): Schema {
  const modifiers = columnModifiers(plan, catalog)
  return schema.map((field, i) => {
    const modifier = modifiers[i]
    return modifier === undefined ? field : { ...field, modifier }
  })
}

function inAll(sides: readonly (readonly (Modifier | undefined)[])[]): readonly (Modifier | undefined)[] {
  return sides[0]!.map((_, i) => common(sides.map(side => side[i])))
}

function common(found: readonly (Modifier | undefined)[]): Modifier | undefined {
  return found.every(one => one === found[0]) ? found[0] : undefined
}

function modifierOfValue(e: Expression, input: readonly (Modifier | undefined)[]): Modifier | undefined {
  if (e.kind === 'column') return input[e.index]
  if (e.kind !== 'call') return undefined
  switch (functionName(e.fn)) {
    case 'limit_value':
      return textOf(e.args[1])
    case '$bits_of_integers': {
      const width = e.args[1]
      return width?.kind === 'literal' ? modifierOf('bit', [Number(width.value)]) : undefined
    }
    case 'subscript':
      return modifierOfValue(e.args[0]!, input)
    case 'coalesce':
      return common(e.args.map(arg => modifierOfValue(arg, input)))
    case 'case': {
      const values = e.args.filter((_, i) => i % 2 === 1 || i === e.args.length - 1)
      return common(values.map(value => modifierOfValue(value, input)))
    }
    default:
      return undefined
  }
}

function textOf(e: Expression | undefined): string | undefined {
  return e?.kind === 'literal' && typeof e.value === 'string' ? e.value : undefined
}
