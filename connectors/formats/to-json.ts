import type { Bytes, Chunk, Column } from '../../types/chunk.ts'
import { notSupported } from '../../types/error.ts'
import { formatText } from '../../types/text-io.ts'
import { formatDate } from '../../types/time/datetime.ts'
import { keyAndValue, physical, type Schema, type Type } from '../../types/type.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import { decimalText } from './number.ts'
import { timestampText, timeText } from './time.ts'

/**
 * JSON of one value: integers and floats as numbers (int8 with all digits; NaN and infinities null), numeric as string, date
 * `YYYY-MM-DD`, time `hh:mm:ss.ffffff`, timestamp `YYYY-MM-DD hh:mm:ss.ffffff`, timestamptz `YYYY-MM-DDThh:mm:ss.ffffffZ`,
 * the infinities of both by name, interval as ISO 8601, bytea as base64, jsonb and json as the string of the document, variant as that of its
 * document, bit strings, enums and timetz as their texts; struct and map as object, array and vector as array; int256 as number with
 * all digits.
 */
export function valueJson(value: Value, type: Type): string {
  if (value === null) return 'null'
  switch (type.name) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
    case 'int256':
      return String(value)
    case 'oid':
      return String((value as number) >>> 0)
    case 'float4':
      return Number.isFinite(value) ? String(Number((value as number).toPrecision(9))) : 'null'
    case 'float8':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'numeric':
      return `"${decimalText(value as Decimal)}"`
    case 'text':
    case 'uuid':
    case 'jsonb':
    case 'bit':
    case 'varbit':
    case 'json':
      return JSON.stringify(value)
    case 'timetz':
    case 'variant':
    case 'enum':
      return JSON.stringify(formatText(type, value))
    case 'vector':
      return formatText(type, value)
    case 'bytea':
      return `"${Buffer.from(value as Uint8Array).toString('base64')}"`
    case 'date':
      return infinite(BigInt(value as number), 32) ?? `"${formatDate(value as number)}"`
    case 'time':
      return `"${timeText(value as bigint)}"`
    case 'timestamp':
      return infinite(value as bigint, 64) ?? `"${timestampText(value as bigint, ' ', '')}"`
    case 'timestamptz':
      return infinite(value as bigint, 64) ?? `"${timestampText(value as bigint, 'T', 'Z')}"`
    case 'interval':
      return `"${intervalText(value as Interval)}"`
    case 'array':
      return `[${(value as readonly Value[]).map(item => valueJson(item, type.element!)).join(',')}]`
    case 'map': {
      const [key, of] = keyAndValue(type)
      const entries = value as readonly (readonly Value[])[]
      return `{${entries.map(([k, v]) => `${JSON.stringify(formatText(key, k!))}:${valueJson(v!, of)}`).join(',')}}`
    }
    case 'struct':
      return objectJson(type.fields!, i => (value as readonly Value[])[i]!)
    default:
      throw notSupported(`JSON of type ${type.name}`)
  }
}

// The extreme values of the integer stand for the infinities.
function infinite(value: bigint, bits: number): string | undefined {
  if (value === 2n ** BigInt(bits - 1) - 1n) return '"infinity"'
  return value === -(2n ** BigInt(bits - 1)) ? '"-infinity"' : undefined
}

function intervalText({ months, days, micros }: Interval): string {
  const seconds = decimalText({ digits: micros, scale: 6 })
  return `P${Math.trunc(months / 12)}Y${months % 12}M${days}DT0H0M${seconds}S`
}

/** One object of the named fields. */
export function objectJson(fields: Schema, value: (i: number) => Value): string {
  return `{${fields.map((field, i) => `${JSON.stringify(field.name)}:${valueJson(value(i), field.type)}`).join(',')}}`
}

/** JSON object of row `row`, of all columns or of `only` these. */
export function rowJson(chunk: Chunk, row: number, schema: Schema, only?: readonly number[]): string {
  const at = only ?? schema.map((_, i) => i)
  return objectJson(
    at.map(i => schema[i]!),
    i => cell(chunk.columns[at[i]!]!, row),
  )
}

/** The value of one cell; bytea is a view. */
export function cell(column: Column, row: number): Value {
  if (column.nulls?.[row] === 1) return null
  const kind = physical(column.type)
  if (kind === 'bytes') {
    const { bytes, starts, ends } = column.data as Bytes
    const view = bytes.subarray(starts[row], ends[row])
    if (column.type.name === 'bytea') return view
    return Buffer.from(view.buffer, view.byteOffset, view.length).toString('utf8')
  }
  const value = (column.data as readonly Value[])[row]!
  return kind === 'u8' ? (value as unknown as number) === 1 : value
}
