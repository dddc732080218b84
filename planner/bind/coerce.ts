import { castContext, castStyle, commonType } from '../../executor/functions/casts.ts'
import { functionById, resolveFunction } from '../../executor/functions/index.ts'
import { leafOf } from '../../executor/functions/registry.ts'
import { holdsDomain, isDomain, sameDomains, withoutDomains } from '../../types/domain-type.ts'
import { errorsAt, notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { type SqlDialect, sqlDialect } from '../../types/sql-dialect.ts'
import { parseText } from '../../types/text-io.ts'
import { parseIntervalText } from '../../types/time/parse-time.ts'
import { type TimeStyleText, timeStyleText } from '../../types/time/time-style.ts'
import { instantToLocal } from '../../types/time/time-zone.ts'
import { BOOL, INT4, sameType, TEXT, type Type } from '../../types/type.ts'
import { limitsOf, limitValue, type Modifier } from '../../types/type-modifier.ts'
import { typeName } from '../../types/type-names.ts'
import type { BindContext } from '../contract.ts'
import { conforming } from '../domain.ts'
import { call, literal } from '../expressions.ts'
import { requireComparableParts } from './comparable.ts'
import { originOf } from './origin.ts'
import { castRegistered, registeredLiteral, sessionOf } from './registered-names.ts'
import { unknownFunction } from './unknown-function.ts'

/** Type of quoted literals, NULL and parameters until their surroundings give one. Known by identity. */
export const UNKNOWN: Type = { name: 'text' }

export function isUnknown(e: Expression): boolean {
  return e.type === UNKNOWN
}

/** How far a conversion may go: PostgreSQL's cast contexts. */
export type Reach = 'implicit' | 'assignment' | 'explicit'

/** The expression as a value of `type`; undefined when that reach has no such conversion. */
export function tryCoerce(
  e: Expression,
  type: Type,
  reach: Reach,
  context: BindContext,
  position: number | undefined,
): Expression | undefined {
  if (!holdsDomain(type) && (isUnknown(e) || !isDomain(e.type)))
    return tryPlain(e, type, reach, context, position)
  if (!isUnknown(e) && sameType(e.type, type) && sameDomains(e.type, type)) return e
  const done = tryPlain(e, withoutDomains(type), reach, context, position)
  if (done === undefined || !holdsDomain(type)) return done && { ...done, type }
  return heldTo(done, type, reach === 'explicit', context)
}

/** The value as one of a type with domains in it: limited as these are, and held against their rules. */
export function heldTo(e: Expression, type: Type, explicit: boolean, { catalog }: BindContext): Expression {
  if (!holdsDomain(type)) return e
  const { user } = leafOf(type)
  const def = user && catalog.typeById(user.id)
  const modifier = def?.kind === 'domain' ? def.modifier : undefined
  return conforming(limited(e, modifier, explicit), type, catalog)
}

/** Functions that make a value of a type that they are told. */
const MAKES_TYPE = /^jsonb?_populate_record$/

/** Between types that are no domains. */
function tryPlain(
  e: Expression,
  type: Type,
  reach: Reach,
  context: BindContext,
  position: number | undefined,
): Expression | undefined {
  if (isUnknown(e)) return settle(e, type, context, position)
  if (e.kind === 'call' && e.fn === 'row' && type.name === 'struct')
    return coerceRow(e.args, type, reach, context, position)
  const named = castRegistered(e, type, reach, context)
  if (named !== undefined) return named
  if (type.label === 'jsonpath' && e.type.name === 'text' && e.type.label !== 'jsonpath')
    return call('$jsonpath(text) -> text', [e], type)
  if (sameType(e.type, type)) return e
  if (e.type.label === 'serial' && type.name === 'timestamptz' && reach === 'explicit')
    return call('$row_time(int8) -> timestamptz', [e], type)
  const needs = castContext(e.type, type)
  const order: readonly (string | undefined)[] = ['implicit', 'assignment', 'explicit']
  if (needs === undefined || order.indexOf(needs) > order.indexOf(reach)) return undefined
  return castCall(e, type, context)
}

/** ROW(…): field by field, so that untyped literals take the fields' types. */
function coerceRow(
  args: readonly Expression[],
  type: Type,
  reach: Reach,
  context: BindContext,
  position: number | undefined,
): Expression | undefined {
  if (args.length !== type.fields!.length) return undefined
  const done = args.map((arg, i) => {
    const { type: wanted, modifier } = type.fields![i]!
    const value = tryCoerce(arg, wanted, reach, context, position)
    return value && limited(value, modifier, reach === 'explicit')
  })
  return done.every(e => e !== undefined) ? call('row', done, type) : undefined
}

/** The session's time zone. */
function zoneOf(context: BindContext): string {
  return context.setting('timezone') || 'UTC'
}

/** Whose answer is given where PostgreSQL and RisingWave differ. */
export function dialectOf(context: BindContext): SqlDialect {
  return sqlDialect(context.setting('sql_dialect'))
}

/** How the session reads and writes times and numbers, and writes bytes and floats. */
export function styleOf(context: BindContext): TimeStyleText {
  return timeStyleText({
    zone: zoneOf(context),
    dates: context.setting('datestyle'),
    intervals: context.setting('intervalstyle'),
    bytes: context.setting('bytea_output'),
    floatDigits: context.setting('extra_float_digits'),
    dialect: context.setting('sql_dialect'),
  })
}

/** A conversion; the session's style of times goes along where it counts. */
export function castCall(e: Expression, type: Type, context: BindContext): Expression {
  const style = castStyle(e.type, type, () => styleOf(context))
  return call('cast', style === undefined ? [e] : [e, literal(style, TEXT)], type)
}

/** Gives an untyped literal or parameter its type. `fields`: those of an interval's type (types/time/interval-fields.ts). */
export function settle(
  e: Expression,
  type: Type,
  context: BindContext,
  position: number | undefined,
  fields = 0,
): Expression {
  if (!isUnknown(e)) return e
  if (e.kind === 'parameter') {
    if (!context.inferred.has(e.index)) context.inferred.set(e.index, type)
    const known = context.inferred.get(e.index)!
    const parameter: Expression = { ...e, type: known }
    return sameType(known, type) ? parameter : castCall(parameter, type, context)
  }
  if (e.kind !== 'literal') return { ...e, type }
  if (e.value === null) return literal(null, type)
  if (type.name === 'text' && type.label === undefined) return literal(e.value, type)
  return errorsAt(
    () => originOf(e) ?? position,
    () => {
      const registered = registeredLiteral(e.value as string, type, context)
      if (registered !== undefined) return registered
      if (fields !== 0) return literal(parseIntervalText(e.value as string, styleOf(context), fields), type)
      return literal(parseText(type, e.value as string, styleOf(context), nowOf(context)), type)
    },
  )
}

/**
 * Local time, which the words `now`, `today`, `tomorrow` and `yesterday` of a literal mean. A view's query keeps its constants for
 * ever, so there they are no dates.
 */
function nowOf(context: BindContext): bigint | undefined {
  return context.mode === 'stream' ? undefined : instantToLocal(context.nowMicros, zoneOf(context))
}

/** The value as a type with that modifier holds it. */
export function limited(e: Expression, modifier: Modifier | undefined, explicit: boolean): Expression {
  if (modifier === undefined || (e.kind === 'literal' && e.value === null)) return e
  if (e.kind === 'literal' && e.type.name === 'interval')
    return literal(limitValue(e.type, e.value, modifier, explicit), e.type)
  const bits = explicit ? bitsOfIntegers(e, modifier) : undefined
  if (bits !== undefined) return bits
  const args = [e, literal(modifier, TEXT), literal(explicit, BOOL)]
  return call('limit_value(anyelement, text, bool) -> anyelement', args, e.type)
}

/** A cast of integers to bits, which are the lowest ones, as many as the type has; undefined: it is none. */
function bitsOfIntegers(e: Expression, modifier: Modifier): Expression | undefined {
  if (e.kind !== 'call' || leafOf(e.type).name !== 'bit') return undefined
  if (e.fn === 'array')
    return call(
      'array',
      e.args.map(arg => limited(arg, modifier, true)),
      e.type,
    )
  const [from] = e.args
  if (e.fn !== 'cast' || !['int4', 'int8'].includes(leafOf(from!.type).name)) return undefined
  const width = literal(limitsOf(modifier).first, INT4)
  return call('$bits_of_integers(anyelement, int4) -> anyelement', [from!, width], e.type)
}

export function settleText(e: Expression, context: BindContext): Expression {
  return settle(e, TEXT, context, undefined)
}

/** `tryCoerce`, or the error that names both types. */
export function coerce(
  e: Expression,
  type: Type,
  reach: Reach,
  context: BindContext,
  position: number | undefined,
): Expression {
  const done = tryCoerce(e, type, reach, context, position)
  if (done !== undefined) return done
  const row = e.kind === 'call' && e.fn === 'row' && type.user !== undefined
  const message = `cannot cast type ${row ? 'record' : typeName(e.type)} to ${typeName(type)}`
  throw new SqlError('cannot_coerce', message, { position, ...(row && { detail: misfit(e.args, type) }) })
}

/** Why a row of values is none of a composite type. */
function misfit(args: readonly Expression[], { fields = [] }: Type): string {
  if (args.length !== fields.length)
    return `Input has too ${args.length < fields.length ? 'few' : 'many'} columns.`
  const at = args.findIndex(
    (arg, i) => !isUnknown(arg) && castContext(arg.type, fields[i]!.type) === undefined,
  )
  const [from, to] = [args[at]?.type ?? TEXT, fields[at]?.type ?? TEXT]
  return `Cannot cast type ${typeName(from)} to ${typeName(to)} in column ${at + 1}.`
}

/** Brings several expressions to one type: CASE, COALESCE, IN, ARRAY, UNION columns. */
export function unify(
  list: readonly Expression[],
  what: string,
  context: BindContext,
  position: number | undefined,
): readonly Expression[] {
  const type = unifiedType(list, what, position)
  return list.map(e => coerce(e, type, 'implicit', context, position))
}

export function unifiedType(list: readonly Expression[], what: string, position: number | undefined): Type {
  const known = list.filter(e => !isUnknown(e)).map(e => e.type)
  if (known.length === 0) return TEXT
  const type = commonType(known)
  if (type !== undefined) return type
  const first = known[0]!
  const other = known.find(t => !sameType(t, first)) ?? first
  const message = `${what} types ${typeName(first)} and ${typeName(other)} cannot be matched`
  const origin = originOf(list.find(e => !isUnknown(e) && e.type === other) ?? list[0]!)
  throw new SqlError('datatype_mismatch', message, { position: origin ?? position })
}

/** Calls a function or operator of the registry with PostgreSQL's overload rules. */
export function callFunction(
  name: string,
  args: readonly Expression[],
  context: BindContext,
  position: number | undefined,
): Expression {
  const found = resolveFunction(
    name,
    args.map(arg => (isUnknown(arg) ? undefined : arg.type)),
    dialectOf(context).name,
  )
  if ('error' in found) throw placed(found.error, name, args, position)
  requireComparableParts(name, found.argTypes)
  const cast = args.map((arg, i) => coerce(arg, found.argTypes[i] ?? arg.type, 'implicit', context, position))
  const entry = functionById(found.fn)
  // A row that is taken back must have the value that it came with.
  const kept = context.generated === true && name === 'proctime'
  if (entry.volatility === 'volatile' && context.mode === 'stream' && !kept)
    throw notSupported(`${name}(), which is volatile, in a view`, { position })
  if (entry.zoned) cast.push(literal(entry.zoned === 'style' ? styleOf(context) : zoneOf(context), TEXT))
  if (entry.session) cast.push(sessionOf(name, context, position))
  const made = call(found.fn, cast, found.type)
  if (MAKES_TYPE.test(name)) return heldTo(made, found.type, false, context)
  return entry.volatility === 'volatile' ? inBlock(made, context) : made
}

/** The volatile call, with the query block that it stands in. */
export function inBlock(e: Expression, { block }: BindContext): Expression {
  return e.kind === 'call' && block !== undefined ? { ...e, block } : e
}

function placed(
  error: unknown,
  called: string,
  args: readonly Expression[],
  position: number | undefined,
): SqlError {
  if (error instanceof SqlError) {
    const { condition, message, hint, detail, context } = error
    return new SqlError(condition, message, { position, hint, detail, context })
  }
  if (error === 'polymorphic') {
    const message = 'could not determine polymorphic type because input has type unknown'
    return new SqlError('datatype_mismatch', message, { position })
  }
  const types = args.map(arg => (isUnknown(arg) ? 'unknown' : typeName(arg.type)))
  // VARIADIC of an array is a call of one of ours.
  const name = called.replace(/^\$variadic_/, '')
  const operator = !/^[a-z_]/i.test(name)
  const shape =
    operator && types.length === 2 ? `${types[0]} ${name} ${types[1]}` : `${name}(${types.join(', ')})`
  const shown = operator && types.length === 1 ? `${name} ${types[0]}` : shape
  if (error === 'ambiguous') {
    const what = operator ? 'operator' : 'function'
    const hint = `Could not choose a best candidate ${what}. You might need to add explicit type casts.`
    const message = operator ? `operator is not unique: ${shown}` : `function ${shown} is not unique`
    return new SqlError('ambiguous_function', message, { position, hint })
  }
  if (operator) {
    const hint =
      types.length === 1
        ? 'No operator matches the given name and argument type. You might need to add an explicit type cast.'
        : 'No operator matches the given name and argument types. You might need to add explicit type casts.'
    return new SqlError('undefined_function', `operator does not exist: ${shown}`, { position, hint })
  }
  return unknownFunction(name, shape, position)
}
