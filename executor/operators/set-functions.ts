import { SqlError } from '../../types/error.ts'
import {
  INT4,
  INT8,
  INTERVAL,
  NUMERIC,
  TIMESTAMP,
  TIMESTAMPTZ,
  type Type,
  type TypeName,
} from '../../types/type.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import { addDecimals } from '../aggregates/numeric.ts'

interface SetFunction {
  readonly name: string
  /** 'array' takes an array of any type. */
  readonly args: readonly (Type | 'array')[]
  readonly type: (args: readonly Type[]) => Type
  /** Values of one call; no argument is NULL (a NULL argument yields no rows). */
  call(args: readonly Value[]): Iterable<Value>
}

const ENTRIES: readonly SetFunction[] = [
  {
    name: 'unnest',
    args: ['array'],
    type: ([array]) => array!.element!,
    call: ([array]) => elements(array!),
  },
  { name: 'generate_series', args: [INT4, INT4], type: () => INT4, call: ([a, b]) => numbers(a, b, 1) },
  {
    name: 'generate_series',
    args: [INT4, INT4, INT4],
    type: () => INT4,
    call: ([a, b, s]) => numbers(a, b, s),
  },
  { name: 'generate_series', args: [INT8, INT8], type: () => INT8, call: ([a, b]) => bigints(a, b, 1n) },
  {
    name: 'generate_series',
    args: [INT8, INT8, INT8],
    type: () => INT8,
    call: ([a, b, s]) => bigints(a, b, s),
  },
  {
    name: 'generate_series',
    args: [NUMERIC, NUMERIC],
    type: () => NUMERIC,
    call: ([a, b]) => decimals(a, b, { digits: 1n, scale: 0 }),
  },
  {
    name: 'generate_series',
    args: [NUMERIC, NUMERIC, NUMERIC],
    type: () => NUMERIC,
    call: ([a, b, s]) => decimals(a, b, s),
  },
  ...[TIMESTAMP, TIMESTAMPTZ].map(
    (type): SetFunction => ({
      name: 'generate_series',
      args: [type, type, INTERVAL],
      type: () => type,
      call: ([a, b, s]) => times(a, b, s),
    }),
  ),
]

/** Whether a function of that name returns a set. */
export function isSetFunction(name: string): boolean {
  return ENTRIES.some(entry => entry.name === name)
}

const WIDER: Readonly<Partial<Record<TypeName, readonly TypeName[]>>> = {
  int2: ['int4', 'int8', 'numeric'],
  int4: ['int8', 'numeric'],
  int8: ['numeric'],
  date: ['timestamptz', 'timestamp'],
  timestamp: ['timestamptz'],
}

/** Overload for the argument types (undefined: an untyped literal); undefined: there is none. */
export function resolveSetFunction(
  name: string,
  argTypes: readonly (Type | undefined)[],
): { readonly fn: string; readonly argTypes: readonly Type[]; readonly type: Type } | undefined {
  let best: { entry: SetFunction; cost: number } | undefined
  for (const entry of ENTRIES) {
    if (entry.name !== name || entry.args.length !== argTypes.length) continue
    const cost = entry.args.reduce((sum, to, i) => sum + castCost(argTypes[i], to), 0)
    if (cost < (best?.cost ?? Number.POSITIVE_INFINITY)) best = { entry, cost }
  }
  if (best === undefined) return undefined
  const types = best.entry.args.map((arg, i) => (arg === 'array' ? argTypes[i]! : arg))
  return {
    fn: `${name}(${types.map(type => type.name).join(', ')})`,
    argTypes: types,
    type: best.entry.type(types),
  }
}

/** The implementation of a resolved call. */
export function setFunction(fn: string, argTypes: readonly Type[]): SetFunction['call'] {
  const name = fn.includes('(') ? fn.slice(0, fn.indexOf('(')) : fn
  const entry = ENTRIES.find(
    e =>
      e.name === name &&
      e.args.length === argTypes.length &&
      e.args.every((arg, i) => (arg === 'array' ? 'array' : arg.name) === argTypes[i]!.name),
  )
  if (entry === undefined)
    throw new SqlError('undefined_function', `set-returning function ${fn} does not exist`)
  return entry.call
}

function castCost(from: Type | undefined, to: Type | 'array'): number {
  if (to === 'array') return from?.name === 'array' ? 0 : Number.POSITIVE_INFINITY
  if (from === undefined) return 1
  if (from.name === to.name) return 0
  const position = WIDER[from.name]?.indexOf(to.name) ?? -1
  return position === -1 ? Number.POSITIVE_INFINITY : position + 1
}

function* elements(array: Value): Iterable<Value> {
  for (const value of array as readonly Value[])
    if (Array.isArray(value)) yield* elements(value)
    else yield value
}

function checkStep(zero: boolean): void {
  if (zero) throw new SqlError('invalid_parameter_value', 'step size cannot equal zero')
}

function* numbers(from: Value | undefined, to: Value | undefined, by: Value | undefined): Iterable<Value> {
  const step = by as number
  checkStep(step === 0)
  for (let n = from as number; step > 0 ? n <= (to as number) : n >= (to as number); n += step) yield n
}

function* bigints(from: Value | undefined, to: Value | undefined, by: Value | undefined): Iterable<Value> {
  const step = by as bigint
  checkStep(step === 0n)
  for (let n = from as bigint; step > 0n ? n <= (to as bigint) : n >= (to as bigint); n += step) yield n
}

function* decimals(from: Value | undefined, to: Value | undefined, by: Value | undefined): Iterable<Value> {
  const [first, last, step] = [from as Decimal, to as Decimal, by as Decimal]
  for (const [name, value] of [
    ['start', first],
    ['stop', last],
    ['step size', step],
  ] as const)
    if (value.special !== undefined)
      throw new SqlError(
        'invalid_parameter_value',
        `${name} value cannot be ${value.special === 'NaN' ? 'NaN' : 'infinity'}`,
      )
  checkStep(step.digits === 0n)
  const minus = { digits: -last.digits, scale: last.scale }
  for (let n = first; ; n = addDecimals(n, step)) {
    const over = addDecimals(n, minus).digits
    if (step.digits > 0n ? over > 0n : over < 0n) return
    yield n
  }
}

const DAY = 86_400_000_000n

function* times(from: Value | undefined, to: Value | undefined, by: Value | undefined): Iterable<Value> {
  const step = by as Interval
  const sign = BigInt(step.months * 30 + step.days) * DAY + step.micros
  checkStep(sign === 0n)
  for (let at = from as bigint; sign > 0n ? at <= (to as bigint) : at >= (to as bigint); at = plus(at, step))
    yield at
}

/** Months keep the day of the month as far as it exists. */
function plus(at: bigint, { months, days, micros }: Interval): bigint {
  let day = at / DAY
  if (day * DAY > at) day--
  const time = at - day * DAY
  if (months !== 0) {
    const date = new Date(Number(day) * 86_400_000)
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + months
    const year = Math.floor(month / 12)
    const moved = new Date(0)
    moved.setUTCFullYear(year, month - year * 12 + 1, 0)
    const last = moved.getUTCDate()
    moved.setUTCFullYear(year, month - year * 12, Math.min(date.getUTCDate(), last))
    day = BigInt(moved.getTime() / 86_400_000)
  }
  return (day + BigInt(days)) * DAY + time + micros
}
