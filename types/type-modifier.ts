import { checkBitLength, fixedBits, varyingBits } from './bit-string.ts'
import { pow10, roundDecimal } from './decimal.ts'
import { SqlError } from './error.ts'
import { INFINITY_MICROS, MINUS_INFINITY_MICROS } from './time/datetime.ts'
import { INTERVAL_FIELDS } from './time/interval-fields.ts'
import { packTime, unpackTime } from './time/time-with-zone.ts'
import type { Field, Type } from './type.ts'
import type { Decimal, Interval, Value } from './value.ts'

/**
 * What `(…)` behind a type name limits: `numeric(5,2)`, `varchar(3)`, `char(1)`, `timestamp(3)`; canonical text. `name` and `"char"` are
 * limited without any: `name(63)`, in bytes, and `letter(1)`.
 */
export type Modifier = string

/** The modifier of a type as users write it, `varchar(3)[]` included; undefined: none. Throws 22023. */
export function parseModifier(text: string): Modifier | undefined {
  const match =
    /^([a-z_ ]+?|"char") ?(?:\( ?(-?\d+) ?(?:, ?(-?\d+) ?)?\))?( ?with(?:out)? time zone)?( ?\[\d*\])*$/.exec(
      text
        .trim()
        .toLowerCase()
        .replace(/\s+/g, ' ')
        .replace(/^pg_catalog\./, ''),
    )
  if (match === null) return undefined
  const name = KINDS[match[1]!]
  if (name === undefined) return undefined
  const numbers = [match[2], match[3]].filter(n => n !== undefined).map(Number)
  if (name === 'letter') return modifierOf('"char"', numbers)
  // A bare char holds one character, a bare bit one bit.
  if (match[1] === 'char' || match[1] === 'character' || match[1] === 'bit')
    return modifierOf(name, numbers.length ? numbers : [1])
  return modifierOf(name === 'time' && match[4]?.trim().startsWith('with ') ? 'timetz' : name, numbers)
}

const KINDS: Readonly<Record<string, string>> = {
  varchar: 'varchar',
  'character varying': 'varchar',
  char: 'char',
  character: 'char',
  bpchar: 'char',
  numeric: 'numeric',
  decimal: 'numeric',
  time: 'time',
  timetz: 'timetz',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  interval: 'interval',
  vector: 'vector',
  name: 'name',
  '"char"': 'letter',
  bit: 'bit',
  varbit: 'varbit',
  'bit varying': 'varbit',
}

/** The modifier of a type name and its numbers (of an interval: its precision and its fields); undefined without numbers. Throws 22023. */
export function modifierOf(typeName: string, numbers: readonly number[]): Modifier | undefined {
  const name = KINDS[typeName]
  const [first, second = 0] = numbers
  if (name === 'name') return 'name(63)'
  if (name === 'letter') return 'letter(1)'
  if (name === undefined || first === undefined) return undefined
  if (name === 'varchar' || name === 'char') {
    if (first >= 1) return `${name}(${first})`
    throw new SqlError('invalid_parameter_value', `length for type ${name} must be at least 1`)
  }
  if (name === 'bit' || name === 'varbit') {
    if (numbers.length > 1) throw new SqlError('invalid_parameter_value', 'invalid type modifier')
    return `${name}(${checkBitLength(name, first)})`
  }
  if (name === 'vector') {
    if (first >= 1 && first <= 16_000) return `vector(${first})`
    const bound = first < 1 ? 'at least 1' : 'at most 16000'
    throw new SqlError('invalid_parameter_value', `dimensions for type vector must be ${bound}`)
  }
  if (name === 'interval' && second !== 0) return `interval(${precisionOf(first)},${second})`
  if (name !== 'numeric') return `${name}(${precisionOf(first)})`
  if (first < 1 || first > 1000)
    throw new SqlError('invalid_parameter_value', `NUMERIC precision ${first} must be between 1 and 1000`)
  if (second < -1000 || second > 1000)
    throw new SqlError('invalid_parameter_value', `NUMERIC scale ${second} must be between -1000 and 1000`)
  return `numeric(${first},${second})`
}

/**
 * The value as a column with that modifier holds it. `explicit`: a cast, which cuts long texts. Throws 22001, 22003 and 22026.
 * A char(n) is kept without its trailing blanks, as it compares.
 */
export function limitValue(type: Type, value: Value, modifier: Modifier, explicit: boolean): Value {
  if (value === null) return null
  if (type.name === 'array')
    return (value as readonly Value[]).map(v => limitValue(type.element!, v, modifier, explicit))
  const { name, first: limit, second } = limitsOf(modifier)
  switch (name) {
    case 'varchar':
    case 'char':
      return limitText(value as string, name, limit, explicit)
    case 'name':
      return limitName(value as string, limit)
    case 'letter':
      return letterOf(value as string)
    case 'numeric':
      return limitDecimal(value as Decimal, limit, second)
    case 'bit':
      return fixedBits(value as string, limit, explicit)
    case 'varbit':
      return varyingBits(value as string, limit, explicit)
    case 'vector':
      return checkLength(value as readonly number[], limit)
    case 'interval':
      return limitInterval(value as Interval, limit, second)
    case 'timetz': {
      const { micros, east } = unpackTime(value as bigint)
      return packTime(limitMicros(micros, limit), east)
    }
    default:
      return limitMicros(value as bigint, limit)
  }
}

/** The value as a field of a composite type holds it. */
export function limitField({ type, modifier }: Field, value: Value): Value {
  return modifier === undefined ? value : limitValue(type, value, modifier, false)
}

/** What a modifier says. */
interface Limits {
  readonly name: string
  readonly first: number
  readonly second: number
}

const KNOWN_MAX = 1000
const known = new Map<Modifier, Limits>()

/** The numbers of a modifier. */
export function limitsOf(modifier: Modifier): Limits {
  let limits = known.get(modifier)
  if (limits === undefined) {
    const [, name, first, second] = /^(\w+)\((\d+)(?:,(-?\d+))?\)$/.exec(modifier)!
    limits = { name: name!, first: Number(first), second: Number(second ?? 0) }
    if (known.size >= KNOWN_MAX) known.clear()
    known.set(modifier, limits)
  }
  return limits
}

function checkLength(vector: readonly number[], wanted: number): readonly number[] {
  if (vector.length === wanted) return vector
  throw new SqlError('data_exception', `expected ${wanted} dimensions, not ${vector.length}`)
}

function limitText(value: string, name: string, limit: number, explicit: boolean): string {
  const text = name === 'char' ? value.replace(/ +$/, '') : value
  if (text.length <= limit) return text
  const letters = [...text]
  if (letters.length <= limit) return text
  const kept = letters.slice(0, limit).join('')
  if (explicit || letters.slice(limit).every(c => c === ' ')) return kept
  const shown = name === 'char' ? 'character' : 'character varying'
  throw new SqlError('string_data_right_truncation', `value too long for type ${shown}(${limit})`)
}

/** As many whole characters as fit so many bytes. */
function limitName(value: string, limit: number): string {
  if (value.length * 3 <= limit || Buffer.byteLength(value) <= limit) return value
  const bytes = Buffer.from(value)
  let end = limit
  while ((bytes[end]! & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}

/** The byte that a "char" holds, as it is shown: beyond ASCII by its octal digits, none for zero. */
function letterOf(value: string): string {
  const octal = /^\\([0-3][0-7][0-7])$/.exec(value)?.[1]
  const byte = octal === undefined ? (Buffer.from(value)[0] ?? 0) : Number.parseInt(octal, 8)
  if (byte === 0) return ''
  return byte < 128 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`
}

function limitDecimal(value: Decimal, precision: number, scale: number): Decimal {
  if (value.special === 'NaN') return value
  const rounded = roundDecimal(value, scale)
  const { digits } = rounded
  const places = precision - scale + Math.max(rounded.scale, 0)
  const fits = places >= 0 && (digits < 0n ? -digits : digits) < pow10(places)
  if (value.special === undefined && (fits || digits === 0n)) return rounded
  const bound = precision - scale === 0 ? '1' : `10^${precision - scale}`
  const detail =
    value.special === undefined
      ? `A field with precision ${precision}, scale ${scale} must round to an absolute value less than ${bound}.`
      : `A field with precision ${precision}, scale ${scale} cannot hold an infinite value.`
  throw new SqlError('numeric_value_out_of_range', 'numeric field overflow', { detail })
}

const precisionOf = (digits: number) => Math.min(6, Math.max(0, digits))

/** Fields behind the last that the type has become zero, those before the first stay. */
function limitInterval({ months, days, micros }: Interval, precision: number, range: number): Interval {
  const { year, month, day, hour, minute, second } = INTERVAL_FIELDS
  if (range === year) return { months: months - (months % 12), days: 0, micros: 0n }
  if (range === month || range === (year | month)) return { months, days: 0, micros: 0n }
  if (range === day) return { months, days, micros: 0n }
  const unit =
    (range & second) !== 0 ? 1n : (range & minute) !== 0 ? MINUTE : (range & hour) !== 0 ? HOUR : 1n
  return { months, days, micros: limitMicros(micros - (micros % unit), precision) }
}

const MINUTE = 60_000_000n
const HOUR = 3_600_000_000n

/** Rounds to so many digits of a second, half away from zero; the infinities stay. */
export function limitMicros(micros: bigint, precision: number): bigint {
  if (precision >= 6 || micros === INFINITY_MICROS || micros === MINUS_INFINITY_MICROS) return micros
  const unit = pow10(6 - precision)
  const half = unit / 2n
  return micros >= 0n ? ((micros + half) / unit) * unit : -((-micros + half) / unit) * unit
}
