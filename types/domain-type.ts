import type { Type } from './type.ts'

/** A domain is its base under another name: only it is a user's without being a struct or an enum. */
export function isDomain(type: Type): boolean {
  return type.user !== undefined && type.name !== 'struct' && type.name !== 'enum'
}

/** The base of a domain; other types are what they are. */
export function plainType(type: Type): Type {
  if (!isDomain(type)) return type
  const { user: _, ...base } = type
  return base
}

/** Without the domains in its parts too. */
export function withoutDomains(type: Type): Type {
  if (!holdsDomain(type)) return type
  const { element, fields, ...rest } = plainType(type)
  return {
    ...rest,
    ...(element && { element: withoutDomains(element) }),
    ...(fields && { fields: fields.map(field => ({ ...field, type: withoutDomains(field.type) })) }),
  }
}

/** Whether it is a domain or has one in it. */
export function holdsDomain(type: Type): boolean {
  if (isDomain(type)) return true
  if (type.element !== undefined) return holdsDomain(type.element)
  return type.fields?.some(field => holdsDomain(field.type)) ?? false
}

/** Whether values of one are values of the other, as far as domains go. */
export function sameDomains(a: Type, b: Type): boolean {
  if (isDomain(a) !== isDomain(b) || (isDomain(a) && a.user!.id !== b.user!.id)) return false
  if (a.element !== undefined && b.element !== undefined) return sameDomains(a.element, b.element)
  if (a.fields === undefined || b.fields === undefined) return true
  return a.fields.every(
    (field, i) => b.fields![i] !== undefined && sameDomains(field.type, b.fields![i]!.type),
  )
}
