import { SqlError } from '../../types/error.ts'
import { isIncomparable } from '../../types/incomparable.ts'
import type { Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'

/** Throws 42883 where values that are not compared would be told apart. */
export function requireEquality(type: Type, position: number | undefined): void {
  if (isIncomparable(type))
    throw new SqlError(
      'undefined_function',
      `could not identify an equality operator for type ${shown(type)}`,
      {
        position,
      },
    )
}

/** Throws 42883 where values that are not compared would be put in order. */
export function requireOrder(type: Type, position: number | undefined): void {
  if (isIncomparable(type))
    throw new SqlError(
      'undefined_function',
      `could not identify an ordering operator for type ${shown(type)}`,
      {
        position,
        hint: 'Use an explicit ordering operator or modify the query.',
      },
    )
}

/** Throws 42883 for the greatest or least of values that are not compared. */
export function requireComparison(type: Type): void {
  if (isIncomparable(type))
    throw new SqlError(
      'undefined_function',
      `could not identify a comparison function for type ${shown(type)}`,
    )
}

/** Functions and operators that compare what their arguments are made of. */
const COMPARING =
  /^(=|<>|<|<=|>|>=|@>|<@|&&|(any|all)_.*|array_(positions?|remove|replace|distinct|sort|min|max|contains|overlap|intersect|except))$/

/** Throws 42883 where such a function is called with what cannot be compared. */
export function requireComparableParts(name: string, args: readonly Type[]): void {
  const wrong = COMPARING.test(name) ? args.find(isIncomparable) : undefined
  if (wrong !== undefined) requireEquality(partOf(wrong), undefined)
}

function partOf(type: Type): Type {
  return type.element === undefined ? type : partOf(type.element)
}

/** A row without a name is called by what is wrong with it. */
function shown(type: Type): string {
  if (type.name !== 'struct' || type.user !== undefined) return typeName(type)
  return shown(type.fields!.find(field => isIncomparable(field.type))!.type)
}
