import { SqlError } from './error.ts'
import { extendedType } from './extended.ts'
import { quote, quoteIdent } from './sql-text.ts'
import {
  type ExtendedName,
  type Field,
  keyAndValue,
  mapOf,
  type Type,
  type TypeName,
  type UserType,
} from './type.ts'
import { isLabel, labeled } from './type-labels.ts'

/** PostgreSQL's wording, as format_type prints it. */
const NAMES: Readonly<Record<Exclude<TypeName, 'array' | 'struct' | 'map' | 'enum' | ExtendedName>, string>> =
  {
    bool: 'boolean',
    int2: 'smallint',
    int4: 'integer',
    int8: 'bigint',
    float4: 'real',
    float8: 'double precision',
    numeric: 'numeric',
    text: 'character varying',
    bytea: 'bytea',
    date: 'date',
    time: 'time without time zone',
    timetz: 'time with time zone',
    timestamp: 'timestamp without time zone',
    timestamptz: 'timestamp with time zone',
    interval: 'interval',
    uuid: 'uuid',
    jsonb: 'jsonb',
    oid: 'oid',
  }

const ALIASES: Readonly<Record<string, TypeName>> = {
  boolean: 'bool',
  bool: 'bool',
  smallint: 'int2',
  int2: 'int2',
  int: 'int4',
  int4: 'int4',
  integer: 'int4',
  bigint: 'int8',
  int8: 'int8',
  rw_int256: 'int256',
  int256: 'int256',
  vector: 'vector',
  variant: 'variant',
  bit: 'bit',
  '"bit"': 'bit',
  varbit: 'varbit',
  'bit varying': 'varbit',
  real: 'float4',
  float4: 'float4',
  float: 'float8',
  float8: 'float8',
  double: 'float8',
  'double precision': 'float8',
  numeric: 'numeric',
  decimal: 'numeric',
  varchar: 'text',
  'character varying': 'text',
  character: 'text',
  char: 'text',
  bpchar: 'text',
  string: 'text',
  text: 'text',
  unknown: 'text',
  bytea: 'bytea',
  date: 'date',
  time: 'time',
  'time without time zone': 'time',
  timetz: 'timetz',
  'time with time zone': 'timetz',
  timestamp: 'timestamp',
  'timestamp without time zone': 'timestamp',
  timestamptz: 'timestamptz',
  'timestamp with time zone': 'timestamptz',
  interval: 'interval',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'jsonb',
  oid: 'oid',
}

export function typeName(type: Type): string {
  return nameOf(type, 'bit')
}

/** The name that means the type where it is read again: a bare `bit` is one bit there. */
export function castName(type: Type): string {
  return nameOf(type, '"bit"')
}

function nameOf(type: Type, bit: string): string {
  if (type.user !== undefined) return userTypeName(type.user)
  if (type.label !== undefined) return type.label === 'char' ? '"char"' : type.label
  if (type.name === 'bit') return bit
  const inner = (part: Type) => nameOf(part, bit)
  if (type.name === 'array') return `${inner(type.element!)}[]`
  if (type.name === 'map') return `map(${keyAndValue(type).map(inner).join(',')})`
  if (type.name === 'struct')
    return `struct<${type.fields!.map(f => `${fieldName(f.name)} ${inner(f.type)}`).join(', ')}>`
  return extendedType(type.name)?.sqlName ?? NAMES[type.name as 'bool']
}

/** With its schema, unless that is the one that every session searches. */
export function userTypeName({ schema, name }: UserType): string {
  return schema === 'public' ? quoteIdent(name) : `${quoteIdent(schema)}.${quoteIdent(name)}`
}

/** What stands for a type whose name the catalog must tell, `mood`, `s.mood[]`; undefined: the text is no name. */
export function namedType(text: string, position: number): Type | undefined {
  const array = /^(.*?)(?:\s+array(?:\s*\[\d*\])?|\s*\[\d*\])$/is.exec(text)
  if (array !== null) {
    const element = namedType(array[1]!, position)
    return element && { name: 'array', element }
  }
  const part = /\s*(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*))\s*(\.|$)/uy
  const path: string[] = []
  for (let more = true; more; ) {
    const match = part.exec(text)
    if (match === null) return undefined
    path.push(match[1]?.replaceAll('""', '"') ?? match[2]!.toLowerCase())
    more = match[3] === '.'
  }
  return part.lastIndex === text.length ? { name: 'text', named: { path, position } } : undefined
}

function fieldName(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : quote(name)
}

/** A type as users write it, `numeric(10, 2)`, `varchar[]`, `struct<a int, b varchar>`; undefined when there is none. */
export function parseTypeName(text: string): Type | undefined {
  const trimmed = folded(text.trim()).replace(/^pg_catalog\./, '')
  const array = /^(.*?)(?: array(?: ?\[\d*\])?| ?\[\d*\])$/s.exec(trimmed) ?? /^_(\w+)$/.exec(trimmed)
  if (array !== null) {
    const element = parseTypeName(array[1]!)
    return element && { name: 'array', element }
  }
  const struct = /^struct ?<(.*)>$/.exec(trimmed)
  if (struct !== null) {
    const fields = splitFields(struct[1]!).map(parseField)
    return fields.every(f => f !== undefined) ? { name: 'struct', fields } : undefined
  }
  const map = /^map ?(?:\((.*)\)|<(.*)>)$/.exec(trimmed)
  if (map !== null) {
    const [key, value, ...more] = splitFields(map[1] ?? map[2]!).map(parseTypeName)
    return key && value && more.length === 0 ? mapOf(checkedKey(key), value) : undefined
  }
  const bare = trimmed.replace(/ ?\([-\d, ]*\)/, '')
  if (bare === '"char"') return labeled('char')
  const name = Object.hasOwn(ALIASES, bare) ? ALIASES[bare] : undefined
  if (name !== undefined) return { name }
  return isLabel(bare) && bare !== 'serial' ? labeled(bare) : undefined
}

const KEYS: readonly TypeName[] = ['text', 'int2', 'int4', 'int8']

/** The type of a map's keys: texts and integers only. Throws 42804. */
export function checkedKey(key: Type): Type {
  if (KEYS.includes(key.name)) return key
  throw new SqlError('datatype_mismatch', `invalid map key type: ${typeName(key)}`)
}

/** Lower case and single blanks outside of quoted names. */
function folded(text: string): string {
  return text.replace(/"(?:[^"]|"")*"|[^"]+/g, part =>
    part.startsWith('"') ? part : part.toLowerCase().replace(/\s+/g, ' '),
  )
}

function parseField(text: string): Field | undefined {
  const match = /^(?:"((?:[^"]|"")+)"|([\w$]+)) ?(.+)$/.exec(text.trim())
  const type = match && parseTypeName(match[3]!)
  return type ? { name: match[1]?.replaceAll('""', '"') ?? match[2]!, type } : undefined
}

/** Splits at commas outside of <>, () and quotes. */
function splitFields(text: string): string[] {
  if (text.trim() === '') return []
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (c === '"') i = text.indexOf('"', i + 1)
    else if (c === '<' || c === '(') depth++
    else if (c === '>' || c === ')') depth--
    else if (c === ',' && depth === 0) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  return [...parts, text.slice(from)]
}
