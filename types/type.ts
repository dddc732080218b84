/** Types of which extended.ts tells all: those besides PostgreSQL's own, its bit strings and its json. */
export type ExtendedName = 'int256' | 'vector' | 'variant' | 'bit' | 'varbit' | 'json'

/** SQL types. A type has exactly one physical representation, so generated loops pick arrays by `type.name` alone. */
export type TypeName =
  | 'bool'
  | 'int2'
  | 'int4'
  | 'int8'
  | ExtendedName
  | 'float4'
  | 'float8'
  | 'numeric'
  | 'text'
  | 'bytea'
  | 'date'
  | 'time'
  | 'timetz'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'uuid'
  | 'jsonb'
  | 'oid'
  | 'array'
  | 'struct'
  | 'map'
  | 'enum'

/** PostgreSQL's types of the system tables whose values are those of a type above (type-labels.ts). */
export type TypeLabel =
  | 'text'
  | 'name'
  | 'char'
  | 'regclass'
  | 'regtype'
  | 'regproc'
  | 'regprocedure'
  | 'regoper'
  | 'regoperator'
  | 'regnamespace'
  | 'regrole'
  | 'regconfig'
  | 'xid'
  | 'cid'
  | 'pg_lsn'
  | 'jsonpath'
  | 'pg_node_tree'
  | 'aclitem'
  | 'inet'
  | 'int2vector'
  | 'oidvector'
  | 'void'
  | 'serial'

export interface Type {
  readonly name: TypeName
  /** Element type of an array; of a map the struct of its entries, with fields key and value. */
  readonly element?: Type
  /** Fields of a struct; an anonymous ROW has fields f1, f2, … */
  readonly fields?: readonly Field[]
  /** PostgreSQL's type that this one stands for: how it is called, shown and sent; its values are those of `name`. */
  readonly label?: TypeLabel
  /** The type is one of a user's; a composite is a struct. */
  readonly user?: UserType
  /** Of an enum, in order. */
  readonly labels?: readonly EnumLabel[]
  /** No type yet: only the catalog knows what the name means (`server/statements/named-types.ts`). */
  readonly named?: { readonly path: readonly string[]; readonly position: number }
}

/** The name of a type that a user made. */
export interface UserType {
  /** Also its OID; its array has the next number. */
  readonly id: number
  readonly schema: string
  readonly name: string
}

/** A value of an enum is its label's place: a number that no later label changes. */
export interface EnumLabel {
  readonly id: number
  readonly name: string
  readonly place: number
}

export interface Field {
  readonly name: string
  readonly type: Type
  /** Of a composite type: what `(…)` behind the type name limits (type-modifier.ts). */
  readonly modifier?: string
}

export type Schema = readonly Field[]

/** Names and types alone of what may have more. */
export function fieldsOf(columns: Schema): Schema {
  return columns.map(({ name, type }) => ({ name, type }))
}

/**
 * Physical representation of a column:
 * - `u8`     bool as 0/1 in a Uint8Array
 * - `i32`    int2, int4, oid, date (days since 1970-01-01) in an Int32Array
 * - `i64`    int8, time (microseconds since midnight), timetz (time-with-zone.ts), timestamp and timestamptz (microseconds since
 *            1970-01-01T00:00:00Z; the two infinities are the extreme int64 values) in a BigInt64Array
 * - `f64`    float4 (rounded by Math.fround), float8 and enum (the label's place) in a Float64Array
 * - `bytes`  text (UTF-8), bytea, jsonb (canonical PostgreSQL text of the document), json (the text as given), uuid (36 lower-case characters), variant (see variant.ts),
 *            bit and varbit (see bit-string.ts) as views into shared byte buffers
 * - `values` numeric, int256, vector, interval, array, struct, map as JavaScript values (see value.ts) in a plain array
 */
export type Physical = 'u8' | 'i32' | 'i64' | 'f64' | 'bytes' | 'values'

const PHYSICAL: Readonly<Record<TypeName, Physical>> = {
  bool: 'u8',
  int2: 'i32',
  int4: 'i32',
  int8: 'i64',
  int256: 'values',
  vector: 'values',
  variant: 'bytes',
  bit: 'bytes',
  varbit: 'bytes',
  json: 'bytes',
  float4: 'f64',
  float8: 'f64',
  numeric: 'values',
  text: 'bytes',
  bytea: 'bytes',
  date: 'i32',
  time: 'i64',
  timetz: 'i64',
  timestamp: 'i64',
  timestamptz: 'i64',
  interval: 'values',
  uuid: 'bytes',
  jsonb: 'bytes',
  oid: 'i32',
  array: 'values',
  struct: 'values',
  map: 'values',
  enum: 'f64',
}

export function physical(type: Type): Physical {
  return PHYSICAL[type.name]
}

export const BOOL: Type = { name: 'bool' }
export const INT2: Type = { name: 'int2' }
export const INT4: Type = { name: 'int4' }
export const INT8: Type = { name: 'int8' }
export const VECTOR: Type = { name: 'vector' }
export const VARIANT: Type = { name: 'variant' }
export const BIT: Type = { name: 'bit' }
/** RisingWave's numbers of rows. */
export const ROW_ID: Type = { name: 'int8', label: 'serial' }
export const INT256: Type = { name: 'int256' }
export const FLOAT4: Type = { name: 'float4' }
export const FLOAT8: Type = { name: 'float8' }
export const NUMERIC: Type = { name: 'numeric' }
export const TEXT: Type = { name: 'text' }
export const BYTEA: Type = { name: 'bytea' }
export const DATE: Type = { name: 'date' }
export const TIME: Type = { name: 'time' }
export const TIMETZ: Type = { name: 'timetz' }
export const TIMESTAMP: Type = { name: 'timestamp' }
export const TIMESTAMPTZ: Type = { name: 'timestamptz' }
export const INTERVAL: Type = { name: 'interval' }
export const UUID: Type = { name: 'uuid' }
export const JSONB: Type = { name: 'jsonb' }
export const JSON_TEXT: Type = { name: 'json' }
export const OID: Type = { name: 'oid' }

export function arrayOf(element: Type): Type {
  return { name: 'array', element }
}

/** How many dimensions arrays of the type have; a labeled one, such as int2vector, is no array here. */
export function dimensionsOf(type: Type): number {
  return type.name === 'array' && type.label === undefined ? 1 + dimensionsOf(type.element!) : 0
}

/** The type of maps; its values are lists of entries. */
export function mapOf(key: Type, value: Type): Type {
  return {
    name: 'map',
    element: {
      name: 'struct',
      fields: [
        { name: 'key', type: key },
        { name: 'value', type: value },
      ],
    },
  }
}

/** Types of keys and values of a map. */
export function keyAndValue(map: Type): readonly [Type, Type] {
  const [key, value] = map.element!.fields!
  return [key!.type, value!.type]
}

export function sameType(a: Type, b: Type): boolean {
  if (a.name !== b.name) return false
  if (a.name === 'array' || a.name === 'map') return sameType(a.element!, b.element!)
  if (a.name === 'enum') return a.user!.id === b.user!.id
  if (a.name !== 'struct') return true
  const left = a.fields!
  const right = b.fields!
  return left.length === right.length && left.every((field, i) => sameField(field, right[i]!))
}

function sameField(a: Field, b: Field): boolean {
  return a.modifier === b.modifier && sameType(a.type, b.type)
}
