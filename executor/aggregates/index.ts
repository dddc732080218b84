import { isDeepStrictEqual } from 'node:util'
import { plainType } from '../../types/domain-type.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { isIncomparable } from '../../types/incomparable.ts'
import type { DialectName } from '../../types/sql-dialect.ts'
import {
  arrayOf,
  BIT,
  BOOL,
  BYTEA,
  FLOAT4,
  FLOAT8,
  INT2,
  INT4,
  INT8,
  INT256,
  INTERVAL,
  JSON_TEXT,
  JSONB,
  NUMERIC,
  TEXT,
  type Type,
  type TypeName,
  VECTOR,
} from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { javascriptAggregate } from '../javascript/aggregate.ts'
import * as accumulators from './accumulators.ts'
import type { Aggregate } from './contract.ts'
import { decimalSum } from './decimal-sums.ts'
import { spread96, sum96 } from './decimal96.ts'
import * as documents from './documents.ts'
import { hypothetical } from './hypothetical.ts'
import { jsonTextArray, jsonTextObject } from './json-texts.ts'
import * as multisets from './multisets.ts'
import * as orderedSet from './ordered-set.ts'
import { presentScaleSum } from './present-scale.ts'
import { PAIR_RESULTS, pairCount, pairs } from './regression.ts'
import { vectorSum } from './vectors.ts'

/** One signature: `args` undefined elements take any type; made for the actual types. */
interface Entry {
  readonly name: string
  readonly args: readonly (Type | 'any')[]
  readonly type: Type | ((args: readonly Type[]) => Type)
  /** The argument whose order counts. */
  readonly compares?: number
  /** Takes WITHIN GROUP (ORDER BY …): the sorted value is the first argument, those in parentheses follow. */
  readonly ordered?: boolean
  /** Only where sql_dialect is this one, instead of the aggregate with the same parameters. */
  readonly dialect?: Exclude<DialectName, 'postgresql'>
  make(args: readonly Type[], appendOnly: boolean, batch: boolean): Aggregate
}

const INTEGERS = [INT2, INT4, INT8]
const firstArg = (args: readonly Type[]): Type => args[0]!

function spread(name: string, options: accumulators.Spread): Entry[] {
  return [
    ...[...INTEGERS, NUMERIC].map(
      (arg): Entry => ({ name, args: [arg], type: NUMERIC, make: () => accumulators.numericSpread(options) }),
    ),
    ...[FLOAT4, FLOAT8].map(
      (arg): Entry => ({ name, args: [arg], type: FLOAT8, make: () => accumulators.floatSpread(options) }),
    ),
    ...[...INTEGERS, NUMERIC].map(arg => variant(name, arg, () => spread96(arg, options))),
  ]
}

/** What numerics of 96 bits have another answer for. */
function variant(name: string, arg: Type, make: Entry['make']): Entry {
  return { name, args: [arg], type: NUMERIC, dialect: 'risingwave', make }
}

function extreme(name: string, greatest: boolean): Entry {
  return {
    name,
    args: ['any'],
    type: firstArg,
    compares: 0,
    make: (args, appendOnly) =>
      appendOnly
        ? accumulators.runningExtreme(args[0]!, greatest)
        : { ...multisets.firstRow(greatest, false), orderedBy: 0 },
  }
}

/** A percentile for one fraction, and for an array of them. */
function percentiles(name: string, value: Type | 'any', type: Type | typeof firstArg): Entry[] {
  const make = (args: readonly Type[]) =>
    name === 'percentile_disc' ? orderedSet.percentileDisc : orderedSet.percentileCont(args[0]!)
  const one = typeof type === 'function' ? type : () => type
  const all = (args: readonly Type[]): Type => arrayOf(one(args))
  return [
    { name, args: [value, FLOAT8], type: one, ordered: true, make },
    { name, args: [value, arrayOf(FLOAT8)], type: all, ordered: true, make },
  ]
}

const UNCOMPARED: readonly TypeName[] = ['struct', 'array', 'map', 'vector', 'jsonb']

/** Aggregates whose arguments RisingWave restricts. */
const RISINGWAVE: readonly Entry[] = [
  ...['arg_min', 'arg_max'].map(
    (name): Entry => ({
      name,
      args: ['any', 'any'],
      dialect: 'risingwave',
      type: ([value, by]) => {
        if (!UNCOMPARED.includes(by!.name)) return value!
        const message = `${name} does not support struct, array, map, vector, jsonb for comparison argument, got ${typeName(by!)}`
        throw new SqlError('feature_not_supported', message)
      },
      make: () => multisets.firstBySecond(name === 'arg_max'),
    }),
  ),
  ...['percentile_cont', 'percentile_disc'].map(
    (name): Entry => ({
      name,
      args: [name === 'percentile_cont' ? FLOAT8 : 'any', arrayOf(FLOAT8)],
      dialect: 'risingwave',
      ordered: true,
      type: () => {
        throw notSupported(`${name} of an array of fractions`)
      },
      make: ([type]) => orderedSet.percentileCont(type!),
    }),
  ),
]

/** Every aggregate; adding one is adding a line. */
const ENTRIES: readonly Entry[] = [
  { name: 'count', args: [], type: INT8, make: () => accumulators.count },
  { name: 'count', args: ['any'], type: INT8, make: () => accumulators.count },
  { name: 'approx_count_distinct', args: ['any'], type: INT8, make: () => accumulators.count },
  { name: 'sum', args: [INT2], type: INT8, make: () => accumulators.sumInt4 },
  { name: 'sum', args: [INT4], type: INT8, make: () => accumulators.sumInt4 },
  { name: 'sum', args: [INT8], type: NUMERIC, make: () => accumulators.sumInt8 },
  { name: 'sum', args: [INT256], type: INT256, make: () => accumulators.sumInt256 },
  { name: 'sum', args: [NUMERIC], type: NUMERIC, make: () => accumulators.numericSum(false) },
  { name: 'sum', args: [FLOAT4], type: FLOAT4, make: () => accumulators.floatSum(false, true) },
  { name: 'sum', args: [FLOAT8], type: FLOAT8, make: () => accumulators.floatSum(false, false) },
  { name: 'sum', args: [INTERVAL], type: INTERVAL, make: () => accumulators.intervalSum(false) },
  ...INTEGERS.map(
    (arg): Entry => ({ name: 'avg', args: [arg], type: NUMERIC, make: () => accumulators.avgInt }),
  ),
  { name: 'sum', args: [VECTOR], type: VECTOR, make: () => vectorSum(false) },
  { name: 'avg', args: [VECTOR], type: VECTOR, make: () => vectorSum(true) },
  { name: 'avg', args: [NUMERIC], type: NUMERIC, make: () => accumulators.numericSum(true) },
  variant('sum', NUMERIC, (_, ...how) => sum96(NUMERIC, false, ...how)),
  ...[...INTEGERS, NUMERIC].map(arg => variant('avg', arg, (_, ...how) => sum96(arg, true, ...how))),
  { name: 'avg', args: [FLOAT4], type: FLOAT8, make: () => accumulators.floatSum(true, false) },
  { name: 'avg', args: [FLOAT8], type: FLOAT8, make: () => accumulators.floatSum(true, false) },
  { name: 'avg', args: [INTERVAL], type: INTERVAL, make: () => accumulators.intervalSum(true) },
  extreme('min', false),
  extreme('max', true),
  { name: 'bool_and', args: [BOOL], type: BOOL, make: () => accumulators.boolCount(true) },
  { name: 'every', args: [BOOL], type: BOOL, make: () => accumulators.boolCount(true) },
  { name: 'bool_or', args: [BOOL], type: BOOL, make: () => accumulators.boolCount(false) },
  { name: 'string_agg', args: [TEXT, TEXT], type: TEXT, make: () => multisets.stringAgg },
  { name: 'string_agg', args: [BYTEA, BYTEA], type: BYTEA, make: () => multisets.bytesAgg },
  { name: 'array_agg', args: ['any'], type: args => arrayOf(args[0]!), make: () => multisets.arrayAgg },
  { name: 'first_value', args: ['any'], type: firstArg, make: () => multisets.firstRow(false, true) },
  { name: 'last_value', args: ['any'], type: firstArg, make: () => multisets.lastRow },
  { name: 'any_value', args: ['any'], type: firstArg, make: () => multisets.firstRow(false, false) },
  ...['arg_min', 'arg_max'].map(
    (name): Entry => ({
      name,
      args: ['any', 'any'],
      type: firstArg,
      compares: 1,
      make: () => multisets.firstBySecond(name === 'arg_max'),
    }),
  ),
  ...RISINGWAVE,
  ...['jsonb', 'json'].flatMap((prefix): Entry[] => [
    { name: `${prefix}_agg`, args: [JSONB], type: JSONB, make: () => documents.jsonArray(false) },
    { name: `${prefix}_agg_strict`, args: [JSONB], type: JSONB, make: () => documents.jsonArray(true) },
    ...['', '_strict', '_unique', '_unique_strict'].map(
      (suffix): Entry => ({
        name: `${prefix}_object_agg${suffix}`,
        args: [TEXT, JSONB],
        type: JSONB,
        make: () => documents.jsonObject(suffix.endsWith('strict'), suffix.startsWith('_unique')),
      }),
    ),
  ]),
  ...['', '_strict'].map(
    (suffix): Entry => ({
      name: `json_agg${suffix}`,
      args: ['any'],
      type: JSON_TEXT,
      make: ([type]) => jsonTextArray(type!, suffix === '_strict'),
    }),
  ),
  ...['', '_strict', '_unique', '_unique_strict'].map(
    (suffix): Entry => ({
      name: `json_object_agg${suffix}`,
      args: ['any', 'any'],
      type: JSON_TEXT,
      make: types => jsonTextObject(types, suffix.endsWith('strict'), suffix.startsWith('_unique')),
    }),
  ),
  { name: 'mode', args: ['any'], type: firstArg, ordered: true, make: ([type]) => orderedSet.mode(type!) },
  ...[FLOAT8, INTERVAL].flatMap(value => percentiles('percentile_cont', value, value)),
  ...percentiles('percentile_disc', 'any', firstArg),
  ...[[FLOAT8], [FLOAT8, FLOAT8]].map(
    (rest): Entry => ({
      name: 'approx_percentile',
      args: [FLOAT8, ...rest],
      type: FLOAT8,
      ordered: true,
      make: () => orderedSet.percentileDisc,
    }),
  ),
  { name: 'regr_count', args: [FLOAT8, FLOAT8], type: INT8, make: () => pairCount },
  ...Object.entries(PAIR_RESULTS).map(
    ([name, { result }]): Entry => ({
      name,
      args: [FLOAT8, FLOAT8],
      type: FLOAT8,
      make: () => pairs(result),
    }),
  ),
  ...(['and', 'or', 'xor'] as const).flatMap(operation =>
    [...INTEGERS, BIT].map(
      (arg): Entry => ({
        name: `bit_${operation}`,
        args: [arg],
        type: arg,
        make: () => (arg === BIT ? multisets.bitStringFold(operation) : multisets.bitFold(operation, arg)),
      }),
    ),
  ),
  ...spread('var_samp', { sample: true, root: false }),
  ...spread('variance', { sample: true, root: false }),
  ...spread('var_pop', { sample: false, root: false }),
  ...spread('stddev_samp', { sample: true, root: true }),
  ...spread('stddev', { sample: true, root: true }),
  ...spread('stddev_pop', { sample: false, root: true }),
]

export { aggregateHelp } from './help.ts'
export { HYPOTHETICAL } from './hypothetical.ts'

const NAMES = new Set(ENTRIES.map(entry => entry.name))

/** What a call that makes a json says of itself: in jobs planned when json was another name of jsonb, it made one of these. */
const TO_JSON = ' -> json'

function isFormer({ name, type }: Entry): boolean {
  return name.startsWith('json_') && type === JSONB
}

/** Whether a function of that name is an aggregate. */
export function isAggregate(name: string): boolean {
  return NAMES.has(name)
}

/** Whether it takes WITHIN GROUP. */
export function isOrderedSet(name: string): boolean {
  return ENTRIES.some(entry => entry.name === name && entry.ordered === true)
}

/** Names and signatures, for \df. */
export function aggregateSignatures(): readonly string[] {
  return ENTRIES.filter(entry => entry.dialect === undefined && !isFormer(entry)).map(
    entry => `${entry.name}(${entry.args.map(a => (a === 'any' ? 'any' : a.name)).join(', ')})`,
  )
}

/** An aggregate of a row that is not there, over pairs of equal types and the text of their order. */
export function hypotheticalAggregate(name: string, types: readonly Type[]): ResolvedAggregate {
  const type = name.endsWith('rank') && name !== 'percent_rank' ? INT8 : FLOAT8
  return { fn: `${HYPOTHETICAL_MARK}${name}(${types.map(typeText).join(', ')})`, argTypes: types, type }
}

const HYPOTHETICAL_MARK = 'hypothetical '

export type ResolvedAggregate =
  | { readonly fn: string; readonly argTypes: readonly Type[]; readonly type: Type }
  | { readonly error: SqlError }

/** Types an argument converts to implicitly, nearest first. */
const WIDER: Readonly<Partial<Record<TypeName, readonly TypeName[]>>> = {
  int2: ['int4', 'int8', 'numeric', 'float4', 'float8'],
  int4: ['int8', 'numeric', 'float4', 'float8'],
  int8: ['numeric', 'float4', 'float8'],
  numeric: ['float4', 'float8'],
  float4: ['float8'],
  int256: ['float8'],
  varbit: ['bit'],
}

/** Overload for the argument types (undefined: an untyped literal, taken as text); argTypes say what to cast to. */
export function resolveAggregate(
  name: string,
  given: readonly (Type | undefined)[],
  dialect: DialectName = 'postgresql',
): ResolvedAggregate {
  const argTypes = given.map(type => type && plainType(type))
  let best: { entry: Entry; cost: number } | undefined
  for (const entry of namedIn(name, dialect)) {
    if (entry.args.length !== argTypes.length || isFormer(entry)) continue
    if (entry.compares !== undefined && isIncomparable(argTypes[entry.compares] ?? TEXT)) continue
    let cost = 0
    for (let i = 0; i < argTypes.length; i++) cost += castCost(argTypes[i], entry.args[i]!)
    if (cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { entry, cost }
  }
  if (best === undefined) return { error: undefinedAggregate(name, argTypes) }
  const types = best.entry.args.map((arg, i) => (arg === 'any' ? (argTypes[i] ?? TEXT) : arg))
  const { type, dialect: variant } = best.entry
  const ofJson = type === JSON_TEXT ? TO_JSON : ''
  return {
    fn: `${name}(${types.map(typeText).join(', ') || '*'})${variant === undefined ? ofJson : ` ${variant}`}`,
    argTypes: types,
    type: typeof type === 'function' ? type(types) : type,
  }
}

/** The aggregate of a call's `fn` for arguments of those types. `batch`: its state is of one query. */
export function createAggregate(
  fn: string,
  argTypes: readonly Type[],
  appendOnly: boolean,
  batch = false,
  presentScale = false,
): Aggregate {
  const definition = fn.indexOf(') {')
  if (definition !== -1) return javascriptAggregate(fn.slice(definition + 2), appendOnly)
  const name = fn.includes('(') ? fn.slice(0, fn.indexOf('(')) : fn
  const dialect = variantOf(fn)
  if (dialect !== undefined)
    return ENTRIES.find(e => e.dialect === dialect && takes(e, name, argTypes))!.make(
      argTypes,
      appendOnly,
      batch,
    )
  if (batch && argTypes[0]?.name === 'numeric' && (name === 'sum' || name === 'avg'))
    return decimalSum(name === 'avg')
  // Without retractions the sum's scale is that of its rows.
  if (presentScale && !appendOnly) return presentScaleSum(name === 'avg')
  if (name.startsWith(HYPOTHETICAL_MARK)) return hypothetical(name.slice(HYPOTHETICAL_MARK.length), argTypes)
  const entry = fn.endsWith(TO_JSON)
    ? ENTRIES.find(e => e.name === name && e.type === JSON_TEXT)
    : ENTRIES.find(e => e.dialect === undefined && e.type !== JSON_TEXT && takes(e, name, argTypes))
  if (entry === undefined) throw undefinedAggregate(name, argTypes)
  return entry.make(argTypes, appendOnly, batch)
}

/** The aggregates of that name in a dialect: a variant takes the place of the one with its parameters. */
function namedIn(name: string, dialect: DialectName): readonly Entry[] {
  const all = ENTRIES.filter(entry => entry.name === name)
  const own = all.filter(entry => entry.dialect === dialect)
  const isReplaced = ({ args }: Entry): boolean => own.some(each => isDeepStrictEqual(each.args, args))
  return [...all.filter(entry => entry.dialect === undefined && !isReplaced(entry)), ...own]
}

/** The dialect behind the types of a variant's id. */
export function variantOf(fn: string): string | undefined {
  return /\) (\w+)$/.exec(fn)?.[1]
}

function takes({ name, args }: Entry, called: string, types: readonly Type[]): boolean {
  const fits = (arg: Type | 'any', i: number): boolean => arg === 'any' || arg.name === types[i]!.name
  return name === called && args.length === types.length && args.every(fits)
}

function castCost(from: Type | undefined, to: Type | 'any'): number {
  if (to === 'any' || from?.name === to.name) return 0
  if (from === undefined) return to.name === 'text' ? 1 : 2
  const position = WIDER[from.name]?.indexOf(to.name) ?? -1
  return position === -1 ? Number.POSITIVE_INFINITY : position + 1
}

const NAMES_OF: Readonly<Partial<Record<TypeName, string>>> = {
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  bool: 'boolean',
  text: 'character varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
}

function typeText(type: Type): string {
  return type.name === 'array' ? `${typeText(type.element!)}[]` : type.name
}

function undefinedAggregate(name: string, types: readonly (Type | undefined)[]): SqlError {
  const shown = types.map(type => (type === undefined ? 'unknown' : (NAMES_OF[type.name] ?? typeText(type))))
  return new SqlError('undefined_function', `function ${name}(${shown.join(', ')}) does not exist`, {
    hint: 'No function matches the given name and argument types. You might need to add explicit type casts.',
  })
}
