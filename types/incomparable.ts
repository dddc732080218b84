import type { Type } from './type.ts'

/** Whether values of the type are not compared, neither for equality nor for order: a json, which is a text, or what has one in it. */
export function isIncomparable(type: Type): boolean {
  if (type.element !== undefined) return isIncomparable(type.element)
  return type.name === 'json' || (type.fields?.some(field => isIncomparable(field.type)) ?? false)
}
