import * as d from '../../../types/decimal.ts'
import { SqlError } from '../../../types/error.ts'
import { formatFloat } from '../../../types/float-text.ts'
import { isJsonNumber, type Json, jsonNumber, jsonNumberText, memberKeys } from '../../../types/json-text.ts'
import type { Step } from '../../../types/jsonpath/parse.ts'
import type { Decimal } from '../../../types/value.ts'
import { kind } from '../jsonb-edit.ts'
import { type Item, Moment, momentOf, momentTypeName } from './moment.ts'

type MethodStep = Extract<Step, { kind: 'method' }>

/** An item method of jsonpath; in lax paths all but type() and size() look into an array. */
export function* method(step: MethodStep, item: Item, strict: boolean): Generator<Item, void> {
  const { name } = step
  if (name === 'type') yield kindOf(item)
  else if (name === 'size') {
    if (strict && !Array.isArray(item)) throw wrong('sql_json_array_not_found', name, 'an array')
    yield jsonNumber(String(Array.isArray(item) ? item.length : 1))
  } else for (const part of Array.isArray(item) && !strict ? item : [item]) yield* ofOne(step, part)
}

/** The type of an item, as type() says it. */
export function kindOf(item: Item): string {
  return item instanceof Moment ? momentTypeName(item) : kind(item)
}

function* ofOne({ name, template }: MethodStep, item: Item): Generator<Item, void> {
  if (name === 'datetime') {
    if (typeof item !== 'string')
      throw wrong('invalid_argument_for_sql_json_datetime_function', name, 'a string')
    yield momentOf(item, template)
    return
  }
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
  if (item instanceof Moment || !isJsonNumber(item))
    throw wrong('non_numeric_sql_json_item', name, 'a numeric value')
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

function double(item: Item): Json {
  const number = !(item instanceof Moment) && isJsonNumber(item)
  const text = number ? jsonNumberText(item) : item
  if (typeof text !== 'string')
    throw wrong('non_numeric_sql_json_item', 'double', 'a string or numeric value')
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value)) {
    const problem = number
      ? 'numeric argument of jsonpath item method .double() is out of range for type double precision'
      : 'string argument of jsonpath item method .double() is not a valid representation of a double precision number'
    throw new SqlError('non_numeric_sql_json_item', problem)
  }
  return jsonNumber(d.formatDecimal(d.parseDecimal(formatFloat(value, false))!))
}

function wrong(condition: ConstructorParameters<typeof SqlError>[0], name: string, what: string): SqlError {
  return new SqlError(condition, `jsonpath item method .${name}() can only be applied to ${what}`)
}
