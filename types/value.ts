import type { Type } from './type.ts'

/**
 * One SQL value outside a column: literals, parameters, wire rows, tests; inside `values` columns too.
 * By type: bool boolean; int2/int4/oid/date number; int8/int256/time/timestamp/timestamptz bigint; float4/float8 number; enum the number of its label's place;
 * numeric Decimal; vector number[]; text/uuid/jsonb/variant/bit/varbit string (jsonb: canonical text); bytea Uint8Array; interval Interval;
 * array and struct Value[] (a struct's fields by position), map Value[] of its entries, each a struct of key and value.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | Interval
  | readonly Value[]

/** digits · 10^-scale; scale is PostgreSQL's display scale (0..16383). Special values have `special` and digits 0. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
  readonly special?: 'NaN' | 'Infinity' | '-Infinity'
}

/** PostgreSQL's interval: three parts that do not mix. */
export interface Interval {
  readonly months: number
  readonly days: number
  readonly micros: bigint
}

export interface TypedValue {
  readonly type: Type
  readonly value: Value
}
