import * as d from '../../../types/decimal.ts'
import { SqlError } from '../../../types/error.ts'
import { formatFloat } from '../../../types/float-text.ts'
import { isJsonNumber, type Json, jsonNumber, jsonNumberText, memberKeys } from '../../../types/json-text.ts'
import type { Decimal } from '../../../types/value.ts'
import { kind } from '../jsonb-edit.ts'

/** An item method of jsonpath; in lax paths all but type() and size() look into an array. */
export function* method(name: string, item: Json, strict: boolean): Generator<Json, void> {
  if (name === 'type') yield kind(item)
  else if (name === 'size') {
    if (strict && !Array.isArray(item)) throw wrong('sql_json_array_not_found', name, 'an array')
    yield jsonNumber(String(Array.isArray(item) ? item.length : 1))
  } else for (const part of Array.isArray(item) && !strict ? item : [item]) yield* ofOne(name, part)
}

function* ofOne(name: string, item: Json): Generator<Json, void> {
  if (name === 'keyvalue') {
    if (!(item instanceof Map)) throw wrong('sql_json_object_not_found', name, 'an object')
    for (const key of memberKeys(item))
      yield new Map<string, Json>([
        ['id', jsonNumber('0')],
        ['key', key],
        ['value', item.get(key)!],
      ])
    return
  }
  if (name === 'double') {
    yield double(item)
    return
  }
  if (!isJsonNumber(item)) throw wrong('non_numeric_sql_json_item', name, 'a numeric value')
  const value = d.parseDecimal(jsonNumberText(item))!
  yield jsonNumber(d.formatDecimal(ROUND[name]!(value)))
}

const floor = (a: Decimal): Decimal => {
  const whole = d.truncateDecimal(a, 0)
  return a.digits < 0n && d.subtractDecimals(a, whole).digits !== 0n
    ? d.subtractDecimals(whole, d.decimalOf(1))
    : whole
}

const ROUND: Readonly<Record<string, (a: Decimal) => Decimal>> = {
  floor,
  ceiling: a => d.negateDecimal(floor(d.negateDecimal(a))),
  abs: a => (a.digits < 0n ? d.negateDecimal(a) : a),
}

function double(item: Json): Json {
  const text = isJsonNumber(item) ? jsonNumberText(item) : item
  if (typeof text !== 'string')
    throw wrong('non_numeric_sql_json_item', 'double', 'a string or numeric value')
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value)) {
    const problem = isJsonNumber(item)
      ? 'numeric argument of jsonpath item method .double() is out of range for type double precision'
      : 'string argument of jsonpath item method .double() is not a valid representation of a double precision number'
    throw new SqlError('non_numeric_sql_json_item', problem)
  }
  return jsonNumber(d.formatDecimal(d.parseDecimal(formatFloat(value, false))!))
}

function wrong(condition: ConstructorParameters<typeof SqlError>[0], name: string, what: string): SqlError {
  return new SqlError(condition, `jsonpath item method .${name}() can only be applied to ${what}`)
}
