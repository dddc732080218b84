import { compareDecimals, intervalMicros } from '../../types/compare.ts'
import { SqlError } from '../../types/error.ts'
import { addInterval, INFINITY_MICROS, MINUS_INFINITY_MICROS } from '../../types/time/datetime.ts'
import { firstSubscript } from '../../types/type-labels.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import { addDecimals } from '../aggregates/numeric.ts'
import { flat } from './array.ts'
import { laterInZone } from './datetime.ts'
import { fn } from './registry.ts'

fn('unnest(anyarray) -> setof anyleaf', {
  help: 'elements of an array',
  makeRows:
    ([type]) =>
    (array: readonly Value[]) =>
      flat(type!, array),
})
fn('$row(anyelement) -> setof anyelement', {
  help: 'one row',
  strict: false,
  rows: (value: Value) => [value],
})
fn('generate_subscripts(anyarray, int4) -> setof int4', {
  help: 'subscripts of a dimension',
  makeRows:
    ([type]) =>
    (array: Value, dimension: number) =>
      from(firstSubscript(type!), subscripts(array, dimension)),
})
fn('generate_subscripts(anyarray, int4, bool) -> setof int4', {
  help: 'subscripts of a dimension, backwards when the third argument is true',
  makeRows:
    ([type]) =>
    (array: Value, dimension: number, backwards: boolean) => {
      const all = from(firstSubscript(type!), subscripts(array, dimension))
      return backwards ? all.reverse() : all
    },
})

for (const element of ['int2', 'int4', 'int8', 'oid', 'text', 'numeric', 'float8', 'date', 'timestamp'])
  fn(`_pg_expandarray(${element}[]) -> setof struct<x ${element}, n int4>`, {
    help: 'elements of an array with their positions, as drivers ask for keys',
    rows: (array: readonly Value[]) => array.map((value, i) => [value, i + 1]),
  })

function from(first: number, subscriptsFromOne: Iterable<number>): number[] {
  return [...subscriptsFromOne].map(n => n - 1 + first)
}

const ONE: Decimal = { digits: 1n, scale: 0 }
const HELP = 'values from a to b, in steps of c'
fn('generate_series(int4, int4) -> setof int4', {
  help: HELP,
  rows: (a: number, b: number) => numbers(a, b, 1),
})
fn('generate_series(int4, int4, int4) -> setof int4', { help: HELP, rows: numbers })
fn('generate_series(int8, int8) -> setof int8', {
  help: HELP,
  rows: (a: bigint, b: bigint) => bigints(a, b, 1n),
})
fn('generate_series(int8, int8, int8) -> setof int8', { help: HELP, rows: bigints })
fn('generate_series(numeric, numeric) -> setof numeric', {
  help: HELP,
  rows: (a: Decimal, b: Decimal) => decimals(a, b, ONE),
})
fn('generate_series(numeric, numeric, numeric) -> setof numeric', { help: HELP, rows: decimals })
fn('generate_series(timestamp, timestamp, interval) -> setof timestamp', {
  help: HELP,
  rows: (a: bigint, b: bigint, step: Interval) => times(a, b, step, addInterval),
})
/** RisingWave's: as generate_series, but the end is not a value. */
const RANGE = 'values from a, in steps of c, before b'
fn('range(int4, int4) -> setof int4', {
  help: RANGE,
  rows: (a: number, b: number) => before(numbers(a, b, 1), b),
})
fn('range(int4, int4, int4) -> setof int4', {
  help: RANGE,
  rows: (a: number, b: number, step: number) => before(numbers(a, b, step), b),
})
fn('range(int8, int8) -> setof int8', {
  help: RANGE,
  rows: (a: bigint, b: bigint) => before(bigints(a, b, 1n), b),
})
fn('range(int8, int8, int8) -> setof int8', {
  help: RANGE,
  rows: (a: bigint, b: bigint, step: bigint) => before(bigints(a, b, step), b),
})
fn('range(numeric, numeric) -> setof numeric', {
  help: RANGE,
  rows: (a: Decimal, b: Decimal) => decimalsBefore(a, b, ONE),
})
fn('range(numeric, numeric, numeric) -> setof numeric', {
  help: RANGE,
  rows: decimalsBefore,
})
fn('range(timestamp, timestamp, interval) -> setof timestamp', {
  help: RANGE,
  rows: (a: bigint, b: bigint, step: Interval) => before(times(a, b, step, addInterval), b),
})

/** Values up to the end, which only the last one can be. */
function* before<T>(values: Iterable<T>, end: T, atEnd = (value: T) => value === end): Iterable<T> {
  for (const value of values) {
    if (atEnd(value)) return
    yield value
  }
}

function decimalsBefore(a: Decimal, b: Decimal, step: Decimal): Iterable<Value> {
  return before(decimals(a, b, step), b, value => compareDecimals(value as Decimal, b) === 0)
}

const zonedTimes = (a: bigint, b: bigint, step: Interval, zone: string) =>
  times(a, b, step, (at, by) => laterInZone(at, by, zone))
fn('generate_series(timestamptz, timestamptz, interval) -> setof timestamptz', {
  help: HELP,
  zoned: true,
  rows: zonedTimes,
})
fn('generate_series(timestamptz, timestamptz, interval, text) -> setof timestamptz', {
  help: `${HELP}, in a time zone`,
  rows: zonedTimes,
})

function* subscripts(array: Value, dimension: number): Iterable<number> {
  let level: Value | undefined = dimension < 1 ? undefined : array
  for (let depth = 1; depth < dimension; depth++) level = Array.isArray(level) ? level[0] : undefined
  if (Array.isArray(level)) for (let i = 1; i <= level.length; i++) yield i
}

function checkStep(zero: boolean): void {
  if (zero) throw new SqlError('invalid_parameter_value', 'step size cannot equal zero')
}

function* numbers(from: number, to: number, step: number): Iterable<Value> {
  checkStep(step === 0)
  for (let n = from; step > 0 ? n <= to : n >= to; n += step) yield n
}

function* bigints(from: bigint, to: bigint, step: bigint): Iterable<Value> {
  checkStep(step === 0n)
  for (let n = from; step > 0n ? n <= to : n >= to; n += step) yield n
}

function* decimals(first: Decimal, last: Decimal, step: Decimal): Iterable<Value> {
  for (const [name, value] of [
    ['start value', first],
    ['stop value', last],
    ['step size', step],
  ] as const)
    if (value.special !== undefined)
      throw new SqlError(
        'invalid_parameter_value',
        `${name} cannot be ${value.special === 'NaN' ? 'NaN' : 'infinity'}`,
      )
  checkStep(step.digits === 0n)
  const minus = { digits: -last.digits, scale: last.scale }
  for (let n = first; ; n = addDecimals(n, step)) {
    const over = addDecimals(n, minus).digits
    if (step.digits > 0n ? over > 0n : over < 0n) return
    yield n
  }
}

/** The step's sign is that of its length with months of 30 days; an infinite end or start makes no rows without end. */
function* times(from: bigint, to: bigint, step: Interval, later: (at: bigint, by: Interval) => bigint) {
  const sign = intervalMicros(step)
  checkStep(sign === 0n)
  for (let at = from; sign > 0n ? at <= to : at >= to; at = later(at, step)) {
    yield at
    if (at === INFINITY_MICROS || at === MINUS_INFINITY_MICROS) return
  }
}
