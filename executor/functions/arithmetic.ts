import * as d from '../../types/decimal.ts'
import { SqlError } from '../../types/error.ts'
import type { Decimal } from '../../types/value.ts'
import { fn } from './registry.ts'

const INTEGERS = ['int2', 'int4', 'int8'] as const
const RESULT = { '+': 'sum', '-': 'difference', '*': 'product' } as const

for (const type of INTEGERS) {
  for (const [operator, what] of Object.entries(RESULT)) {
    const emit = ([a, b]: readonly string[]) =>
      type === 'int4' && operator === '*' ? `checkInt4(${a} * ${b})` : `${check(type)}(${a} ${operator} ${b})`
    fn(`${operator}(${type}, ${type}) -> ${type}`, { help: what, emit })
  }
  const zero = type === 'int8' ? '0n' : '0'
  const quotient = ([a, b]: readonly string[]) =>
    type === 'int8' ? `checkInt8(${a} / nonZero(${b}))` : `${check(type)}(Math.trunc(${a} / nonZero(${b})))`
  fn(`/(${type}, ${type}) -> ${type}`, { help: 'quotient, cut towards zero', emit: quotient })
  const remainder = ([a, b]: readonly string[]) =>
    type === 'int8' ? `(${a} % nonZero(${b}))` : `((${a} % nonZero(${b})) | 0)`
  fn(`%(${type}, ${type}) -> ${type}`, { help: 'remainder', emit: remainder })
  fn(`mod(${type}, ${type}) -> ${type}`, { help: 'remainder', emit: remainder })
  fn(`-(${type}) -> ${type}`, { help: 'negation', emit: ([a]) => `${check(type)}(-${a})` })
  fn(`+(${type}) -> ${type}`, { help: 'itself', emit: ([a]) => a! })
  const magnitude = ([a]: readonly string[]) => `${check(type)}(${a} < ${zero} ? -${a} : ${a})`
  fn(`abs(${type}) -> ${type}`, { help: 'absolute value', emit: magnitude })
  for (const [operator, what] of [
    ['&', 'and'],
    ['|', 'or'],
    ['#', 'exclusive or'],
  ] as const) {
    const symbol = operator === '#' ? '^' : operator
    fn(`${operator}(${type}, ${type}) -> ${type}`, {
      help: `bitwise ${what}`,
      emit: ([a, b]) => `(${a} ${symbol} ${b})`,
    })
  }
  fn(`<<(${type}, int4) -> ${type}`, {
    help: 'bits shifted left',
    emit: ([a, b]) => shift(type, a!, '<<', b!),
  })
  fn(`>>(${type}, int4) -> ${type}`, {
    help: 'bits shifted right',
    emit: ([a, b]) => shift(type, a!, '>>', b!),
  })
  fn(`~(${type}) -> ${type}`, { help: 'bitwise not', emit: ([a]) => `(~${a})` })
}

for (const type of ['float4', 'float8'] as const) {
  const round = type === 'float4' ? 'checkFloat4' : 'checkFloat8'
  for (const [operator, what] of Object.entries(RESULT))
    fn(`${operator}(${type}, ${type}) -> ${type}`, {
      help: what,
      emit: ([a, b]) => `${round}(${a} ${operator} ${b}, ${a}, ${b})`,
    })
  fn(`/(${type}, ${type}) -> ${type}`, {
    help: 'quotient',
    emit: ([a, b]) => `${round}(${a} / nonZero(${b}), ${a}, ${b})`,
  })
  fn(`-(${type}) -> ${type}`, { help: 'negation', emit: ([a]) => `(-${a})` })
  fn(`+(${type}) -> ${type}`, { help: 'itself', emit: ([a]) => a! })
  fn(`abs(${type}) -> ${type}`, { help: 'absolute value', emit: ([a]) => `Math.abs(${a})` })
}

fn('+(numeric, numeric) -> numeric', { help: 'sum', call: d.addDecimals })
fn('-(numeric, numeric) -> numeric', { help: 'difference', call: d.subtractDecimals })
fn('*(numeric, numeric) -> numeric', { help: 'product', call: d.multiplyDecimals })
fn('/(numeric, numeric) -> numeric', { help: 'quotient', call: d.divideDecimals })
fn('%(numeric, numeric) -> numeric', { help: 'remainder', call: d.remainderDecimals })
fn('mod(numeric, numeric) -> numeric', { help: 'remainder', call: d.remainderDecimals })
fn('-(numeric) -> numeric', { help: 'negation', call: d.negateDecimal })
fn('+(numeric) -> numeric', { help: 'itself', call: (a: Decimal) => a })
fn('abs(numeric) -> numeric', {
  help: 'absolute value',
  call: (a: Decimal) => (a.digits < 0n ? d.negateDecimal(a) : a),
})
fn('round(numeric) -> numeric', { help: 'nearest whole number', call: (a: Decimal) => d.roundDecimal(a, 0) })
fn('round(numeric, int4) -> numeric', {
  help: 'rounded to digits',
  call: (a: Decimal, n: number) => d.roundDecimal(a, n),
})
fn('trunc(numeric) -> numeric', { help: 'cut towards zero', call: (a: Decimal) => d.truncateDecimal(a, 0) })
fn('trunc(numeric, int4) -> numeric', {
  help: 'cut to digits',
  call: (a: Decimal, n: number) => d.truncateDecimal(a, n),
})
const floor = (a: Decimal): Decimal => {
  const cut = d.truncateDecimal(a, 0)
  return a.special === undefined && a.digits < 0n && d.subtractDecimals(a, cut).digits !== 0n
    ? d.subtractDecimals(cut, d.decimalOf(1))
    : cut
}
fn('floor(numeric) -> numeric', { help: 'greatest whole number not above', call: floor })
for (const name of ['ceil', 'ceiling'])
  fn(`${name}(numeric) -> numeric`, {
    help: 'least whole number not below',
    call: (a: Decimal) => d.negateDecimal(floor(d.negateDecimal(a))),
  })
fn('sign(numeric) -> numeric', {
  help: '-1, 0 or 1',
  call: (a: Decimal) => d.decimalOf(a.digits > 0n ? 1 : a.digits < 0n ? -1 : 0),
})
fn('power(numeric, numeric) -> numeric', { help: 'a to the power b', call: power })
fn('sqrt(numeric) -> numeric', {
  help: 'square root',
  call: (a: Decimal) => d.roundDecimal(d.decimalOf(squareRoot(d.decimalToNumber(a))), 15),
})

const FLOATS: Readonly<Record<string, (a: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  ceiling: Math.ceil,
  trunc: Math.trunc,
  sign: Math.sign,
  sqrt: squareRoot,
  cbrt: Math.cbrt,
  exp: Math.exp,
  ln: logarithm(Math.log),
  log: logarithm(Math.log10),
  log10: logarithm(Math.log10),
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  degrees: a => (a * 180) / Math.PI,
  radians: a => (a * Math.PI) / 180,
  round: a => (Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a)),
}
for (const [name, call] of Object.entries(FLOATS))
  fn(`${name}(float8) -> float8`, { help: `${name} of a`, call })
for (const name of ['power', 'pow', '^'])
  fn(`${name}(float8, float8) -> float8`, {
    help: 'a to the power b',
    call: (a: number, b: number) => a ** b,
  })
fn('atan2(float8, float8) -> float8', { help: 'angle of the point', call: Math.atan2 })
fn('pi() -> float8', { help: 'π', call: () => Math.PI })
fn('random() -> float8', { help: 'uniform in [0, 1)', call: () => Math.random(), volatility: 'volatile' })

function check(type: (typeof INTEGERS)[number]): string {
  return { int2: 'checkInt2', int4: 'checkInt4', int8: 'checkInt8' }[type]
}

function shift(type: string, a: string, operator: string, b: string): string {
  return type === 'int8' ? `BigInt.asIntN(64, ${a} ${operator} BigInt(${b} & 63))` : `(${a} ${operator} ${b})`
}

function squareRoot(a: number): number {
  if (a < 0)
    throw new SqlError('invalid_argument_for_power_function', 'cannot take square root of a negative number')
  return Math.sqrt(a)
}

function logarithm(log: (a: number) => number): (a: number) => number {
  return a => {
    if (a === 0) throw new SqlError('invalid_argument_for_logarithm', 'cannot take logarithm of zero')
    if (a < 0)
      throw new SqlError('invalid_argument_for_logarithm', 'cannot take logarithm of a negative number')
    return log(a)
  }
}

function power(a: Decimal, b: Decimal): Decimal {
  if (b.scale === 0 && b.digits >= 0n && b.digits < 1000n) {
    let result = d.decimalOf(1)
    for (let i = 0n; i < b.digits; i++) result = d.multiplyDecimals(result, a)
    return result
  }
  return d.decimalOf(d.decimalToNumber(a) ** d.decimalToNumber(b))
}
