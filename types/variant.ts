import { SqlError } from './error.ts'
import { formatFloat } from './float-text.ts'
import { formatJson, type Json, jsonNumber, jsonNumberText, parseJson } from './json-text.ts'

/**
 * A variant is kept as the text of a document whose scalars tell their types: `{"int32": 5}`, `[…]`, `{"object": {…}}`. These
 * are the names of Parquet's variants, as RisingWave tells them.
 */
export type VariantTag =
  | 'null'
  | 'boolean'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'double'
  | 'decimal16'
  | 'string'
  | 'binary'
  | 'date'
  | 'time'
  | 'timestamp_micros'
  | 'timestamp_ntz_micros'

const OBJECT = 'object'
const INT64_MAX = 2n ** 63n

/** A scalar with its type; `value` is what to_jsonb makes of it. */
export function scalarVariant(tag: VariantTag, value: Json): Json {
  return new Map([[tag, value]])
}

/** An object of variants. Throws 22023 for a field that comes twice. */
export function objectVariant(members: readonly (readonly [string, Json])[]): Json {
  const object = new Map(members)
  if (object.size === members.length) return new Map([[OBJECT, object]])
  const twice = members.find(([name], i) => members.findIndex(([other]) => other === name) !== i)![0]
  throw new SqlError('invalid_parameter_value', `duplicate field name "${twice}" in a variant object`)
}

/** The variant of a JSON document: its numbers are int64 or double. */
export function variantOfJson(json: Json): Json {
  if (json === null) return scalarVariant('null', null)
  if (typeof json === 'boolean') return scalarVariant('boolean', json)
  if (typeof json === 'string') return scalarVariant('string', json)
  if (Array.isArray(json)) return json.map(variantOfJson)
  if (json instanceof Map) return objectVariant([...json].map(([name, item]) => [name, variantOfJson(item)]))
  const text = jsonNumberText(json)
  const whole = /^-?\d+$/.test(text) ? BigInt(text) : INT64_MAX
  if (whole < INT64_MAX && whole >= -INT64_MAX) return scalarVariant('int64', json)
  return scalarVariant('double', jsonNumber(formatFloat(Number(text), false)))
}

/** The document without the types of its scalars. */
export function jsonOfVariant(variant: Json): Json {
  if (Array.isArray(variant)) return variant.map(jsonOfVariant)
  const [tag, value] = entryOf(variant)
  if (tag !== OBJECT) return value
  return new Map([...(value as Map<string, Json>)].map(([name, item]) => [name, jsonOfVariant(item)]))
}

/** array, object or the type of the scalar. */
export function variantKind(variant: Json): string {
  return Array.isArray(variant) ? 'array' : entryOf(variant)[0]
}

function entryOf(variant: Json): readonly [string, Json] {
  return [...(variant as Map<string, Json>)][0]!
}

/** The text form: a JSON document. */
export function parseVariant(text: string): string {
  return formatJson(variantOfJson(parseJson(text)))
}

export function formatVariant(text: string): string {
  return formatJson(jsonOfVariant(parseJson(text)))
}

const STEP = /\.([\p{L}_][\p{L}\p{N}_$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*"|'[^']*')\]/uy

/** Steps of a path such as `$.a[0]["b c"]`; undefined: it is none. */
export function variantPath(text: string): readonly (string | number)[] | undefined {
  if (!text.startsWith('$')) return undefined
  const steps: (string | number)[] = []
  STEP.lastIndex = 1
  while (STEP.lastIndex < text.length) {
    const [, name, index, quoted] = STEP.exec(text) ?? []
    if (name !== undefined) steps.push(name)
    else if (index !== undefined) steps.push(Number(index))
    else if (quoted !== undefined)
      steps.push(quoted.startsWith("'") ? quoted.slice(1, -1) : String(parseJson(quoted)))
    else return undefined
  }
  return steps
}

/** What is at the path; undefined: nothing. */
export function variantAt(variant: Json, path: readonly (string | number)[]): Json | undefined {
  let found: Json | undefined = variant
  for (const step of path) {
    if (found === undefined) return undefined
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined
    else if (variantKind(found) !== OBJECT) return undefined
    else found = (entryOf(found)[1] as Map<string, Json>).get(step)
  }
  return found
}
