import { intervalMicros } from '../../types/compare.ts'
import { addDecimals, divideDecimals, subtractDecimals } from '../../types/decimal.ts'
import * as decimal96 from '../../types/decimal96.ts'
import { assert, SqlError } from '../../types/error.ts'
import { addInterval, INFINITY_MICROS, MINUS_INFINITY_MICROS } from '../../types/time/datetime.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import { fn } from './registry.ts'

// GAP_FILL (planner/bind/gap-fill.ts): a row and, before it, those that are missing since the row before.

for (const type of ['timestamp', 'timestamptz'])
  fn(`$gap_times(${type}, ${type}, interval) -> setof ${type}`, {
    help: 'times missing between the first argument and the second, then the second',
    strict: false,
    *rows(before: bigint | null, time: bigint | null, step: Interval) {
      yield* missing(before, time, step)
      yield time
    },
  })

for (const type of ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric', 'numeric of 96 bits'])
  for (const time of ['timestamp', 'timestamptz']) {
    const name = type === 'numeric of 96 bits' ? 'numeric' : type
    fn(`$gap_values(${name}, ${name}, ${time}, ${time}, interval) -> setof ${name}`, {
      help: 'values between the first argument and the second, one for each missing time, then the second',
      strict: false,
      ...(name === type ? {} : { dialect: 'risingwave' }),
      makeRows: () => {
        const line = lineOf(type)
        return function* (from: Value, to: Value, before: bigint | null, at: bigint | null, step: Interval) {
          const times = [...missing(before, at, step)]
          if (times.length > 0 && from !== null && to !== null) yield* line(from, to, times.length)
          else yield* times.map(() => null)
          yield to
        }
      },
    })
  }

/** Times from one to another in steps, without both; the step is added again and again, in UTC. */
function* missing(before: bigint | null, time: bigint | null, step: Interval): Iterable<bigint> {
  if (before === null || time === null) return
  if (before === MINUS_INFINITY_MICROS || time === INFINITY_MICROS) return
  if (intervalMicros(step) <= 0n)
    throw new SqlError('invalid_parameter_value', 'The gap fill interval must be positive')
  let at = later(before, step)
  while (at !== undefined && at < time) {
    yield at
    at = later(at, step)
  }
}

/** undefined: beyond all times, or no later at all, as a month less 29 days may be. */
function later(at: bigint, step: Interval): bigint | undefined {
  try {
    const next = addInterval(at, step)
    return next > at ? next : undefined
  } catch (error) {
    if (error instanceof SqlError) return undefined
    throw error
  }
}

type Line = (from: never, to: never, count: number) => Iterable<Value>

/** `count` values between two, each a step after the one before; steps of integers are rounded down. */
function lineOf(type: string): (from: Value, to: Value, count: number) => Iterable<Value> {
  const line = LINES[type]
  assert(line !== undefined, 'gap-fill: numbers only')
  return line as (from: Value, to: Value, count: number) => Iterable<Value>
}

const floats = (round: (n: number) => number): Line =>
  function* (from: number, to: number, count: number) {
    const step = round(round(to - from) / (count + 1))
    for (let n = 1, value = from; n <= count; n++) yield (value = round(value + step))
  } as Line

const integers = (least: number): Line =>
  function* (from: number, to: number, count: number) {
    const step = Math.floor((to - from) / (count + 1))
    for (let n = 1; n <= count; n++) yield Math.max(from + step * n, least)
  } as Line

type Operation = (a: Decimal, b: Decimal) => Decimal

const decimals = ({
  add,
  subtract,
  divide,
}: Readonly<Record<'add' | 'subtract' | 'divide', Operation>>): Line =>
  function* (from: Decimal, to: Decimal, count: number) {
    const step = divide(subtract(to, from), { digits: BigInt(count + 1), scale: 0 })
    for (let n = 1, value = from; n <= count; n++) yield (value = add(value, step))
  } as Line

const LINES: Readonly<Partial<Record<string, Line>>> = {
  int2: integers(-(2 ** 15)),
  int4: integers(-(2 ** 31)),
  *int8(from: bigint, to: bigint, count: number) {
    const [by, parts] = [to - from, BigInt(count + 1)]
    const step = by / parts - (by < 0n && by % parts !== 0n ? 1n : 0n)
    const least = -(2n ** 63n)
    for (let n = 1n; n < parts; n++) yield from + step * n < least ? least : from + step * n
  },
  float4: floats(Math.fround),
  float8: floats(n => n),
  numeric: decimals({ add: addDecimals, subtract: subtractDecimals, divide: divideDecimals }),
  'numeric of 96 bits': decimals(decimal96),
}
