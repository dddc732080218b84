import type { Catalog } from '../../planner/catalog.ts'
import { arrayTypeId, typeOf } from '../../planner/type-def.ts'
import { EXTENDED_NAMES, extendedType } from '../../types/extended.ts'
import { arrayOf, type ExtendedName, type Type, type TypeLabel, type TypeName } from '../../types/type.ts'
import { LABELS, labeled } from '../../types/type-labels.ts'

/** type -> [OID, OID of its array, size]. PostgreSQL, pg_type.dat; text is reported as varchar, a map as text; those of extended.ts are not here. */
const TYPES: Readonly<
  Record<
    Exclude<TypeName, 'array' | 'struct' | 'map' | 'enum' | ExtendedName>,
    readonly [number, number, number]
  >
> = {
  bool: [16, 1000, 1],
  bytea: [17, 1001, -1],
  int8: [20, 1016, 8],
  int2: [21, 1005, 2],
  int4: [23, 1007, 4],
  oid: [26, 1028, 4],
  float4: [700, 1021, 4],
  float8: [701, 1022, 8],
  text: [1043, 1015, -1],
  date: [1082, 1182, 4],
  time: [1083, 1183, 8],
  timetz: [1266, 1270, 12],
  timestamp: [1114, 1115, 8],
  timestamptz: [1184, 1185, 8],
  interval: [1186, 1187, 16],
  numeric: [1700, 1231, -1],
  uuid: [2950, 2951, 16],
  jsonb: [3802, 3807, -1],
}

/** Other types whose values we take for one of ours: text, name, bpchar, unknown. */
const SAME: Readonly<Record<number, TypeName>> = {
  25: 'text',
  19: 'text',
  1042: 'text',

  18: 'text',
}

export function oidOf(type: Type): number {
  if (type.label !== undefined) return LABELS[type.label].oid
  if (type.user !== undefined) return type.user.id
  if (type.name === 'struct') return 2249
  if (type.name === 'map') return LABELS.text.oid
  // PostgreSQL's array types are of any number of dimensions.
  if (type.element?.name === 'array' && type.element.label === undefined) return oidOf(type.element)
  if (type.name === 'array' && type.element!.user !== undefined) return arrayTypeId(type.element!.user.id)
  if (type.element?.name === 'map') return LABELS.text.arrayOid
  if (type.element?.label !== undefined) return LABELS[type.element.label].arrayOid
  if (type.name === 'array')
    return (extendedType(type.element!.name)?.oids ?? TYPES[type.element!.name as 'bool'])?.[1] ?? 2287
  return (extendedType(type.name)?.oids ?? TYPES[type.name as 'bool'])[0]
}

export function sizeOf(type: Type): number {
  if (type.label !== undefined) return LABELS[type.label].size
  if (type.name === 'enum') return 4
  return type.name === 'struct' || type.name === 'array' || type.name === 'map'
    ? -1
    : (TYPES[type.name as 'bool']?.[2] ?? -1)
}

/** undefined: not told (0), or not a type of ours. */
export function typeOfOid(oid: number, catalog: Catalog): Type | undefined {
  const same = SAME[oid]
  if (same !== undefined) return { name: same }
  for (const [name, [scalar, array]] of Object.entries(TYPES)) {
    if (oid === scalar) return { name: name as TypeName }
    if (oid === array) return { name: 'array', element: { name: name as TypeName } }
  }
  for (const name of EXTENDED_NAMES) {
    const [scalar, array] = extendedType(name)!.oids
    if (oid === scalar) return { name }
    if (oid === array) return { name: 'array', element: { name } }
  }
  for (const [label, { oid: scalar, arrayOid }] of Object.entries(LABELS)) {
    if (oid === scalar) return labeled(label as TypeLabel)
    if (oid === arrayOid) return { name: 'array', element: labeled(label as TypeLabel) }
  }
  const user = catalog.typeById(oid)
  if (user !== undefined) return typeOf(user)
  const element = catalog.types.find(type => arrayTypeId(type.id) === oid)
  return element && arrayOf(typeOf(element))
}
