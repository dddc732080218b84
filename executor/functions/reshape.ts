import { sameType, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'

/** Whether `reshapeValue` goes from one type to the other: structs have their fields by name, others stay as they are. */
export function canReshape(from: Type, to: Type): boolean {
  if (sameType(from, to)) return true
  if (from.name !== to.name) return false
  if (from.name === 'struct')
    return to.fields!.every(field => {
      const before = from.fields!.find(other => other.name === field.name)
      return before === undefined || canReshape(before.type, field.type)
    })
  if (from.name !== 'array' && from.name !== 'map') return false
  return canReshape(from.element!, to.element!)
}

/** Whether a field gets lost on the way. */
export function losesFields(from: Type, to: Type): boolean {
  if (from.name !== 'struct')
    return from.element !== undefined && to.element !== undefined && losesFields(from.element, to.element)
  return from.fields!.some(field => {
    const after = to.fields!.find(other => other.name === field.name)
    return after === undefined || losesFields(field.type, after.type)
  })
}

/** The value with the fields its structs have in the other type, by name; new ones are NULL. */
export function reshapeValue(value: Value, from: Type, to: Type): Value {
  if (value === null || sameType(from, to)) return value
  const parts = value as readonly Value[]
  if (from.name !== 'struct') return parts.map(part => reshapeValue(part, from.element!, to.element!))
  return to.fields!.map(field => {
    const at = from.fields!.findIndex(other => other.name === field.name)
    return at === -1 ? null : reshapeValue(parts[at]!, from.fields![at]!.type, field.type)
  })
}
