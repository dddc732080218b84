import * as d from '../../types/decimal.ts'
import * as m from '../../types/decimal-math.ts'
import { SqlError } from '../../types/error.ts'
import type { Decimal } from '../../types/value.ts'
import { fn } from './registry.ts'

const one = (name: string, help: string, call: (a: Decimal) => Decimal | number) =>
  fn(`${name}(numeric) -> numeric`, { help, call })

one('sign', '-1, 0 or 1', a =>
  a.special === 'NaN'
    ? a
    : d.decimalOf(
        a.special === 'Infinity' || a.digits > 0n ? 1 : a.special !== undefined || a.digits < 0n ? -1 : 0,
      ),
)
one('sqrt', 'square root', m.sqrtDecimal)
one('exp', 'e to the power a', m.expDecimal)
one('ln', 'natural logarithm', m.lnDecimal)
for (const name of ['log', 'log10'])
  one(name, 'logarithm to the base 10', a => m.logDecimal(d.decimalOf(10), a))
fn('log(numeric, numeric) -> numeric', { help: 'logarithm of b to the base a', call: m.logDecimal })
for (const name of ['power', 'pow', '^'])
  fn(`${name}(numeric, numeric) -> numeric`, { help: 'a to the power b', call: m.powerDecimal })
fn('div(numeric, numeric) -> numeric', {
  help: 'whole quotient, cut towards zero',
  call: (a: Decimal, b: Decimal) => {
    if (a.special !== undefined || b.special !== undefined || b.digits === 0n) return d.divideDecimals(a, b)
    const scale = Math.max(a.scale, b.scale)
    return d.decimalOf((a.digits * d.pow10(scale - a.scale)) / (b.digits * d.pow10(scale - b.scale)))
  },
})
fn('scale(numeric) -> int4', {
  help: 'digits after the point',
  call: (a: Decimal) => (a.special === undefined ? a.scale : null),
})
fn('min_scale(numeric) -> int4', {
  help: 'digits after the point that count',
  call: (a: Decimal) => (a.special === undefined ? d.trimDecimal(a).scale : null),
})
one('trim_scale', 'without zeros at the end', d.trimDecimal)
fn('factorial(int8) -> numeric', {
  help: 'product of 1 to a',
  call: (a: bigint) => {
    if (a < 0n)
      throw new SqlError('numeric_value_out_of_range', 'factorial of a negative number is undefined')
    if (a > 32177n) throw new SqlError('numeric_value_out_of_range', 'value overflows numeric format')
    let product = 1n
    for (let n = 2n; n <= a; n++) product *= n
    return d.decimalOf(product)
  },
})

for (const type of ['int4', 'int8'] as const) {
  const whole = (n: bigint) => {
    if (BigInt.asIntN(type === 'int4' ? 32 : 64, n) !== n)
      throw new SqlError(
        'numeric_value_out_of_range',
        `${type === 'int4' ? 'integer' : 'bigint'} out of range`,
      )
    return type === 'int4' ? Number(n) : n
  }
  fn(`gcd(${type}, ${type}) -> ${type}`, {
    help: 'greatest common divisor',
    call: (a: number | bigint, b: number | bigint) => whole(gcd(BigInt(a), BigInt(b))),
  })
  fn(`lcm(${type}, ${type}) -> ${type}`, {
    help: 'least common multiple',
    call: (a: number | bigint, b: number | bigint) => whole(lcm(BigInt(a), BigInt(b))),
  })
}
for (const [name, help, call] of [
  ['gcd', 'greatest common divisor', gcd],
  ['lcm', 'least common multiple', lcm],
] as const)
  fn(`${name}(numeric, numeric) -> numeric`, {
    help,
    call: (a: Decimal, b: Decimal) => {
      if (a.special !== undefined || b.special !== undefined) return d.NAN
      const scale = Math.max(a.scale, b.scale)
      return { digits: call(a.digits * d.pow10(scale - a.scale), b.digits * d.pow10(scale - b.scale)), scale }
    },
  })

fn('width_bucket(float8, float8, float8, int4) -> int4', {
  help: 'number of the histogram bucket',
  call: (a: number, low: number, high: number, count: number) => {
    requireBuckets(count)
    if (Number.isNaN(a) || Number.isNaN(low) || Number.isNaN(high))
      throw bucket('operand, lower bound, and upper bound cannot be NaN')
    if (!Number.isFinite(low) || !Number.isFinite(high)) throw bucket('lower and upper bounds must be finite')
    if (low === high) throw bucket('lower bound cannot equal upper bound')
    const [from, value, to] = low < high ? [low, a, high] : [-low, -a, -high]
    if (value < from) return 0
    if (value >= to) return overflowing(count)
    const place = Number.isFinite(to - from)
      ? count * ((value - from) / (to - from))
      : count * ((value / 2 - from / 2) / (to / 2 - from / 2))
    return Math.min(Math.trunc(place), count - 1) + 1
  },
})
fn('width_bucket(numeric, numeric, numeric, int4) -> int4', {
  help: 'number of the histogram bucket',
  call: (a: Decimal, low: Decimal, high: Decimal, count: number) => {
    requireBuckets(count)
    if ([a, low, high].some(x => x.special === 'NaN'))
      throw bucket('operand, lower bound, and upper bound cannot be NaN')
    if (low.special !== undefined || high.special !== undefined)
      throw bucket('lower and upper bounds must be finite')
    const scale = Math.max(a.scale, low.scale, high.scale)
    const [from, to] = [low, high].map(x => x.digits * d.pow10(scale - x.scale)) as [bigint, bigint]
    if (from === to) throw bucket('lower bound cannot equal upper bound')
    if (a.special !== undefined) return (a.special === 'Infinity') === from < to ? overflowing(count) : 0
    const value = a.digits * d.pow10(scale - a.scale)
    const [offset, width] = from < to ? [value - from, to - from] : [from - value, from - to]
    if (offset < 0n) return 0
    if (offset >= width) return overflowing(count)
    return Number((offset * BigInt(count)) / width) + 1
  },
})

function overflowing(count: number): number {
  if (count === 2147483647) throw new SqlError('numeric_value_out_of_range', 'integer out of range')
  return count + 1
}

function requireBuckets(count: number): void {
  if (count <= 0) throw bucket('count must be greater than zero')
}

function bucket(message: string): SqlError {
  return new SqlError('invalid_argument_for_width_bucket_function', message)
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

function lcm(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n
  const product = (a / gcd(a, b)) * b
  return product < 0n ? -product : product
}
