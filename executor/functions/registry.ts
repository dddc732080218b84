import { plainType } from '../../types/domain-type.ts'
import { assert, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { DialectName } from '../../types/sql-dialect.ts'
import { arrayOf, FLOAT8, sameType, TEXT, type Type, type TypeName } from '../../types/type.ts'
import { parseTypeName } from '../../types/type-names.ts'
import type { Value } from '../../types/value.ts'
import { JAVASCRIPT_VOLATILE } from '../javascript/definition.ts'
import { castContext } from './casts.ts'
import { boundMap, isMapPattern, type MapPattern, partOf } from './map-patterns.ts'

export type Volatility = 'immutable' | 'stable' | 'volatile'

/** What a function is besides its signature: either JavaScript source over argument expressions, or a call on values. */
export interface FunctionBody {
  readonly help: string
  /** Source of the result, given sources of the arguments; may name only helpers in executor/expression/helpers.ts. */
  readonly emit?: (args: readonly string[]) => string
  readonly call?: (...args: never[]) => Value
  /** Makes the call for the actual types of the arguments and the result. */
  readonly make?: (args: readonly Type[], result: Type) => (...args: never[]) => Value
  /** Rows of a call of a function whose signature says `-> setof`; a struct's fields are its columns in FROM. */
  readonly rows?: (...args: never[]) => Iterable<Value>
  /** What PostgreSQL calls the column of its rows in FROM; default: the function's own name. */
  readonly column?: string
  /** Makes `rows` for the actual types of the arguments and of a row. */
  readonly makeRows?: (args: readonly Type[], result: Type) => (...args: never[]) => Iterable<Value>
  /** The session's time zone follows the arguments, as text; `style`: its style of times (types/time/time-style.ts). */
  readonly zoned?: boolean | 'style'
  /** The session's number follows the arguments: the answer depends on the session or the catalog. */
  readonly session?: boolean
  /** Names of the parameters for calls that name them, and values of the last ones that may be left out. */
  readonly parameters?: string
  readonly defaults?: readonly Value[]
  /** Only where sql_dialect is this one: instead of the function with the same parameters, or besides them all. */
  readonly dialect?: Exclude<DialectName, 'postgresql'>
  /** Default true: NULL when any argument is NULL, without a call. */
  readonly strict?: boolean
  readonly volatility?: Volatility
}

/** A type, or a polymorphic one: 'any' each for itself; 'element', 'array' and 'leaf' (of nested arrays), or records and enums, bound together. */
type Pattern =
  | Type
  | 'any'
  | 'plain'
  | 'element'
  | 'array'
  | 'leaf'
  | 'leaves'
  | 'record'
  | 'enum'
  | MapPattern

export interface FunctionEntry extends FunctionBody {
  /** The signature as written, and the dialect of a variant: what plans keep. */
  readonly id: string
  readonly name: string
  readonly args: readonly Pattern[]
  /** The last pattern repeats, at least zero times. */
  readonly variadic: boolean
  readonly result: Pattern
  /** It returns any number of rows. */
  readonly set: boolean
}

export interface Resolved {
  readonly fn: string
  /** Types the arguments must be cast to. */
  readonly argTypes: readonly Type[]
  readonly type: Type
}

const byId = new Map<string, FunctionEntry>()
const byName = new Map<string, FunctionEntry[]>()

/** Registers `lower(text) -> text`. Polymorphic words are any, anyelement, anyarray, anyleaf, record, anyenum and those of maps; `...type` repeats. */
export function fn(signature: string, body: FunctionBody): void {
  const match = /^(\S+)\((.*)\) -> (setof )?(.+)$/.exec(signature)
  assert(match !== null, `malformed signature: ${signature}`)
  const words = match[2] === '' ? [] : match[2]!.split(', ')
  const variadic = words.at(-1)?.startsWith('...') ?? false
  const args = words.map(word => pattern(word.replace('...', '')))
  const [name, set, result] = [match[1]!, match[3] !== undefined, pattern(match[4]!)]
  const id = body.dialect === undefined ? signature : `${signature} ${body.dialect}`
  const entry = { ...body, id, name, args, variadic, result, set }
  assert(set === (body.rows !== undefined || body.makeRows !== undefined), `setof or not: ${signature}`)
  assert(!byId.has(id), `registered twice: ${id}`)
  byId.set(id, entry)
  byName.set(entry.name, [...(byName.get(entry.name) ?? []), entry])
}

export function functionById(id: string): FunctionEntry {
  const entry = known(id)
  assert(entry !== undefined, `no function ${id}`)
  return entry
}

/** The function of that signature and its variants. */
export function functionsLike(signature: string): readonly FunctionEntry[] {
  const { name } = functionById(signature)
  const same = ({ id, dialect }: FunctionEntry) =>
    id === (dialect === undefined ? signature : `${signature} ${dialect}`)
  return byName.get(name)!.filter(same)
}

function known(id: string): FunctionEntry | undefined {
  return byId.get(id) ?? byId.get(nameNow(id))
}

/** Jobs planned when json was another name of jsonb call what is jsonb's alone. */
function nameNow(id: string): string {
  return id
    .replace(/^(?:row_to|to|array_to)_json\(any\)/, 'to_jsonb(any)')
    .replace(/^(\$variadic_)?json_(?=.*jsonb)/, '$1jsonb_')
}

/** Those of the default dialect. */
export function listFunctions(): readonly FunctionEntry[] {
  return [...byId.values()].filter(entry => entry.dialect === undefined)
}

/** What other dialects have instead or besides. */
export function listVariants(): readonly FunctionEntry[] {
  return [...byId.values()].filter(entry => entry.dialect !== undefined)
}

/** The functions of that name in a dialect: a variant takes the place of the one with its parameters. */
function named(name: string, dialect: DialectName): readonly FunctionEntry[] {
  const all = byName.get(name) ?? []
  const variants = all.filter(entry => entry.dialect !== undefined)
  if (variants.length === 0) return all
  const own = variants.filter(entry => entry.dialect === dialect)
  const parameters = ({ id }: FunctionEntry) => id.slice(0, id.indexOf(') -> '))
  const replaced = new Set(own.map(parameters))
  return [...all.filter(entry => entry.dialect === undefined && !replaced.has(parameters(entry))), ...own]
}

/** Whether calls of that name return rows. */
export function isSetFunction(name: string): boolean {
  return byName.get(name)?.some(entry => entry.set) ?? false
}

/** Whether a call may be replaced by its value when its arguments are constants. */
export function isFoldable(id: string): boolean {
  if (id === '$variable' || id === JAVASCRIPT_VOLATILE) return false
  const entry = known(id)
  return entry === undefined || (!entry.set && entry.volatility !== 'volatile')
}

/** Whether the expression's value may be another each time. */
export function isVolatile(e: Expression): boolean {
  if (e.kind !== 'call' || e.fn === '$variable') return false
  return !isFoldable(e.fn) || e.args.some(isVolatile)
}

/** Whether the number of the session is the last argument of a call. */
export function isSessionFunction(id: string): boolean {
  return known(id)?.session === true
}

/** The rows of a call of a set-returning function. */
export function rowsOf(
  id: string,
  args: readonly Type[],
  result: Type,
): { readonly strict: boolean; readonly rows: (...args: never[]) => Iterable<Value> } {
  const entry = functionById(id)
  const rows = entry.makeRows?.(args, result) ?? entry.rows
  assert(rows !== undefined, `${id} returns no set`)
  return { strict: entry.strict !== false, rows }
}

/** The overload of that name whose parameters have names. */
export function namedFunction(name: string): FunctionEntry | undefined {
  return byName.get(name)?.find(entry => entry.parameters !== undefined)
}

export function isFunction(name: string): boolean {
  return byName.has(name)
}

/** PostgreSQL's overload resolution (10.2, 10.3); an undefined argument is an untyped literal. */
export function resolveFunction(
  name: string,
  written: readonly (Type | undefined)[],
  dialect: DialectName = 'postgresql',
): Resolved | { readonly error: 'undefined' | 'ambiguous' | 'polymorphic' | SqlError } {
  const given = withDoubles(
    name,
    written.map(type => type && plainType(type)),
  )
  const candidates = named(name, dialect)
    .map(entry => bind(entry, given))
    .filter(found => found !== undefined)
  if (candidates.length === 0) return { error: takesRecord(name, given) ? noRecordText() : 'undefined' }
  // Nothing tells what to calculate with.
  if (isArithmetic(name, given.length) && given.every(type => type === undefined))
    return { error: 'ambiguous' }
  // An untyped operand of an operator is taken to be of the other one's type, or else of the preferred type of its category.
  if (given.length === 2 && /^\W+$/.test(name)) {
    const known = given[0] === undefined || given[1] === undefined ? (given[0] ?? given[1]) : undefined
    const same =
      known &&
      (candidates.find(c => c.argTypes.every(t => sameType(t, known))) ??
        candidates.find(c => c.argTypes.every(t => isPreferredTo(t, known))))
    if (same) return same
  }
  let best = candidates
  let bestExact = -1
  for (const candidate of candidates) {
    const exact = given.filter(
      (type, i) => type !== undefined && sameType(type, candidate.argTypes[i]!),
    ).length
    if (exact > bestExact) {
      bestExact = exact
      best = []
    }
    if (exact === bestExact) best.push(candidate)
  }
  if (best.length > 1) best = narrow(best, given)
  if (best.length === 1 && untypedArrays(best[0]!.fn, given)) return { error: 'polymorphic' }
  return best.length === 1 || best.every(c => c.cost === best[0]!.cost && c.fn === best[0]!.fn)
    ? best[0]!
    : { error: 'ambiguous' }
}

/** Whether the only thing that is wrong is a literal in the place of a record. */
function takesRecord(name: string, given: readonly (Type | undefined)[]): boolean {
  const fits = (entry: FunctionEntry) => entry.args.length === given.length && entry.args[0] === 'record'
  return given[0] === undefined && /^\w/.test(name) && (byName.get(name)?.some(fits) ?? false)
}

function noRecordText(): SqlError {
  return new SqlError('feature_not_supported', 'input of anonymous composite types is not implemented')
}

/** Whether nothing tells the element type of the arrays that the function takes. */
function untypedArrays(id: string, given: readonly (Type | undefined)[]): boolean {
  const { args } = functionById(id)
  const generic = given.filter((_, i) => typeof args[i] === 'string' && args[i] !== 'any')
  return args.includes('array') && generic.length > 0 && generic.every(type => type === undefined)
}

const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^', '&', '|', '#', '<<', '>>'])

/** A ~ between two texts matches a pattern. */
function isArithmetic(name: string, count: number): boolean {
  return ARITHMETIC.has(name) || (name === '~' && count === 1)
}

const NUMBERS: readonly TypeName[] = ['int2', 'int4', 'int8', 'numeric', 'float8']

/** An operator between real and another number works on double precision. */
function withDoubles(name: string, given: readonly (Type | undefined)[]): readonly (Type | undefined)[] {
  const [a, b] = given
  if (given.length !== 2 || !/^\W+$/.test(name) || a === undefined || b === undefined) return given
  const mixed = (x: Type, y: Type) => x.name === 'float4' && NUMBERS.includes(y.name)
  return mixed(a, b) || mixed(b, a) ? [FLOAT8, FLOAT8] : given
}

interface Candidate extends Resolved {
  readonly cost: number
  /** How many of the given arguments meet a polymorphic pattern. */
  readonly generic: number
}

/** Fewest and nearest casts first, then text for untyped literals, then the preferred type of the category. */
function narrow(candidates: Candidate[], given: readonly (Type | undefined)[]): Candidate[] {
  const least = Math.min(...candidates.map(c => c.cost))
  const cheap = candidates.filter(c => c.cost === least)
  const generic = Math.min(...cheap.map(c => c.generic))
  let rest = byCategory(
    cheap.filter(c => c.generic === generic),
    given,
  )
  if (rest.length > 1) {
    // Arguments to convert go to the preferred types of their category.
    const conversions = (c: Candidate): number =>
      given.filter((type, i) => {
        const to = c.argTypes[i]!
        return type !== undefined && !sameType(type, to) && PREFERRED.has(to.name)
      }).length
    const most = Math.max(...rest.map(conversions))
    rest = rest.filter(c => conversions(c) === most)
  }
  for (const preferred of ['text', 'float8', 'timestamptz', 'int4', 'bool', 'jsonb']) {
    if (rest.length <= 1) break
    const better = rest.filter(c =>
      given.every((type, i) => type !== undefined || c.argTypes[i]!.name === preferred),
    )
    if (better.length > 0) rest = better
  }
  return rest
}

/** For each untyped literal: string if a candidate takes one there, else the category of all; its preferred type wins (10.3, 4e). */
function byCategory(candidates: Candidate[], given: readonly (Type | undefined)[]): Candidate[] {
  let rest = candidates
  for (let i = 0; i < given.length && rest.length > 1; i++) {
    if (given[i] !== undefined) continue
    const categories = new Set(candidates.map(c => categoryOf(c.argTypes[i]!)))
    const chosen = categories.has('string')
      ? 'string'
      : categories.size === 1
        ? [...categories][0]!
        : undefined
    if (chosen === undefined) return candidates
    const fitting = rest.filter(c => categoryOf(c.argTypes[i]!) === chosen)
    const preferred = fitting.filter(c => PREFERRED.has(c.argTypes[i]!.name))
    rest = preferred.length > 0 ? preferred : fitting
  }
  return rest.length > 0 ? rest : candidates
}

const PREFERRED: ReadonlySet<string> = new Set([
  'text',
  'float8',
  'timestamptz',
  'bool',
  'interval',
  'oid',
  'varbit',
])

function isPreferredTo(type: Type, other: Type): boolean {
  return PREFERRED.has(type.name) && categoryOf(type) === categoryOf(other)
}

function categoryOf(type: Type): string {
  switch (type.name) {
    case 'text':
      return 'string'
    case 'int2':
    case 'int4':
    case 'int8':
    case 'int256':
    case 'numeric':
    case 'float4':
    case 'float8':
    case 'oid':
      return 'number'
    case 'date':
    case 'time':
    case 'timetz':
    case 'timestamp':
    case 'timestamptz':
      return 'time'
    case 'interval':
      return 'span'
    case 'bit':
    case 'varbit':
      return 'bits'
    default:
      return type.name
  }
}

function bind(entry: FunctionEntry, given: readonly (Type | undefined)[]): Candidate | undefined {
  const fixed = entry.args.length - (entry.variadic ? 1 : 0)
  if (entry.variadic ? given.length < fixed : given.length !== fixed) return undefined
  let element: Type | undefined
  const patterns = given.map((_, i) => entry.args[Math.min(i, entry.args.length - 1)]!)
  patterns.forEach((p, i) => {
    const type = given[i]
    if (type === undefined) return
    const bound = boundBy(p, type)
    if (bound && (element === undefined || castContext(element, bound) === 'implicit')) element = bound
  })
  const map = boundMap(patterns, given)
  let cost = 0
  const argTypes: Type[] = []
  for (let i = 0; i < given.length; i++) {
    const wanted = concrete(patterns[i]!, given[i], element, map)
    if (wanted === undefined) return undefined
    const from = given[i]
    if (patterns[i] === 'array' && from !== undefined && from.name !== 'array') return undefined
    if (from !== undefined) {
      if (castContext(from, wanted) !== 'implicit') return undefined
      if (!sameType(from, wanted)) cost += distance(from, wanted)
    }
    argTypes.push(wanted)
  }
  const type = concrete(entry.result, undefined, element, map)
  const generic = patterns.filter(p => typeof p === 'string').length
  return type && { fn: entry.id, argTypes, type, cost, generic }
}

/** What a polymorphic pattern makes of the argument's type. */
function boundBy(p: Pattern, type: Type): Type | undefined {
  if (p === 'element' || (p === 'record' && type.name === 'struct')) return type
  if (p === 'enum' && type.name === 'enum') return type
  return p === 'array' && type.name === 'array' ? type.element : undefined
}

/** Steps between two types of the numeric tower, whole numbers rather to float8 than to numeric; others count as one. */
function distance(from: Type, to: Type): number {
  const tower = ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8']
  const [a, b] = [tower.indexOf(from.name), tower.indexOf(to.name)]
  if (from.name === 'int256' || to.name === 'int256') return 6
  if (a < 0 || b < 0) return 1
  if (to.name === 'float8' && from.name !== 'float4') return 2.5
  return to.name === 'numeric' ? 3 : b - a
}

function concrete(
  p: Pattern,
  given: Type | undefined,
  element: Type | undefined,
  map: Type | undefined,
): Type | undefined {
  if (typeof p === 'string' && isMapPattern(p)) return map && partOf(p, map)
  if (p === 'any') return given ?? TEXT
  if (p === 'plain') return given?.name === 'array' ? undefined : (given ?? TEXT)
  if (p === 'element') return element ?? (given === undefined ? TEXT : given)
  if (p === 'array') return arrayOf(element ?? TEXT)
  if (p === 'leaf') return leafOf(element ?? TEXT)
  if (p === 'leaves') return arrayOf(leafOf(element ?? TEXT))
  if (p === 'record') return element?.name === 'struct' ? element : undefined
  if (p === 'enum') return element?.name === 'enum' ? element : undefined
  return p
}

/** The type of the elements in the innermost dimension. */
export function leafOf(type: Type): Type {
  return type.name === 'array' ? leafOf(type.element!) : type
}

function pattern(word: string): Pattern {
  if (word === 'any') return 'any'
  if (word === 'anynonarray') return 'plain'
  if (word === 'anyleaf[]') return 'leaves'
  if (word === 'anyelement') return 'element'
  if (word === 'anyarray') return 'array'
  if (word === 'anyleaf') return 'leaf'
  if (word === 'record') return 'record'
  if (word === 'anyenum') return 'enum'
  if (isMapPattern(word)) return word
  const type = parseTypeName(word)
  assert(type !== undefined, `no type ${word}`)
  return type
}
