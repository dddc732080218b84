import type { Catalog, ColumnDef } from '../../planner/catalog.ts'
import { arrayTypeId, classOfType, type DomainDef, type TypeDef } from '../../planner/type-def.ts'
import { assert } from '../../types/error.ts'
import { columnType, type PgType, typeByOid } from './types.ts'

/** A user's type, or the array of one, as pg_type has it. */
export interface PgUserType extends PgType {
  readonly def: TypeDef
}

const ARRAY_FUNCTIONS = [750, 751, 2400, 2401, 0, 0]
const ARRAY_SUBSCRIPT = 6179
const RECORD_FUNCTIONS = [2290, 2291, 2402, 2403, 0, 0]

const ENUM_FUNCTIONS = [3506, 3507, 3532, 3533, 0, 0]

const DOMAIN_IN = 2597
const DOMAIN_RECEIVE = 2598

const byCatalog = new WeakMap<Catalog, ReadonlyMap<number, PgUserType>>()

/** The types that users made and their arrays, by number. */
export function userTypes(catalog: Catalog): ReadonlyMap<number, PgUserType> {
  let types = byCatalog.get(catalog)
  if (types === undefined) {
    types = new Map(
      catalog.types.flatMap(def => {
        const own = ownType(def, catalog)
        return [[def.id, own] as const, [own.array, arrayType(own)] as const]
      }),
    )
    byCatalog.set(catalog, types)
  }
  return types
}

/** A domain as a column of what it stands on. */
export function columnOf({
  base,
  modifier,
  default: own,
}: DomainDef): Pick<ColumnDef, 'type'> & Partial<ColumnDef> {
  return {
    type: base,
    ...(modifier !== undefined && { modifier }),
    ...(own !== undefined && { expressionSql: own.sql }),
  }
}

/** Of a composite: its number among relations. */
export function relationOf({ def, oid }: PgUserType): number {
  return oid === def.id && def.kind === 'composite' ? classOfType(def.id) : 0
}

function ownType(def: TypeDef, catalog: Catalog): PgUserType {
  if (def.kind === 'domain') return domainType(def, catalog)
  const isEnum = def.kind === 'enum'
  return {
    def,
    oid: def.id,
    name: def.name,
    size: isEnum ? 4 : -1,
    byValue: isEnum,
    kind: isEnum ? 'e' : 'c',
    category: isEnum ? 'E' : 'C',
    preferred: false,
    delimiter: ',',
    element: 0,
    array: arrayTypeId(def.id),
    functions: isEnum ? ENUM_FUNCTIONS : RECORD_FUNCTIONS,
    align: isEnum ? 'i' : 'd',
    storage: isEnum ? 'p' : 'x',
    collation: 0,
    subscript: 0,
  }
}

/** A domain is laid out as its base. */
function domainType(def: DomainDef, catalog: Catalog): PgUserType {
  const base = baseOf(def, catalog)
  const functions = base.functions.with(0, DOMAIN_IN).with(2, DOMAIN_RECEIVE).with(4, 0).with(5, 0)
  return {
    ...base,
    def,
    oid: def.id,
    name: def.name,
    kind: 'd',
    preferred: false,
    delimiter: ',',
    element: 0,
    array: arrayTypeId(def.id),
    functions,
    subscript: 0,
  }
}

/** Of the types that users made, only arrays are bases of domains. */
function baseOf(def: DomainDef, catalog: Catalog): PgType {
  const { oid } = columnType(columnOf(def))
  const known = typeByOid(oid)
  if (known !== undefined) return known
  const element = catalog.types.find(({ id }) => arrayTypeId(id) === oid)
  assert(element !== undefined, 'the base of a domain is in the catalog')
  return arrayType(ownType(element, catalog))
}

function arrayType(own: PgUserType): PgUserType {
  return {
    ...own,
    oid: own.array,
    name: `_${own.def.name}`,
    size: -1,
    byValue: false,
    kind: 'b',
    category: 'A',
    element: own.def.id,
    array: 0,
    functions: ARRAY_FUNCTIONS,
    align: own.align === 'd' ? 'd' : 'i',
    storage: 'x',
    subscript: ARRAY_SUBSCRIPT,
  }
}
