import * as d from '../../types/decimal.ts'
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
  for (const name of ['abs', '@'])
    fn(`${name}(${type}) -> ${type}`, { help: 'absolute value', emit: magnitude })
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
      emit: ([a, b]) => {
        const result = `${round}(${a} ${operator} ${b}, ${a}, ${b})`
        return operator === '*' ? `checkTiny(${result}, ${a}, ${b})` : result
      },
    })
  fn(`/(${type}, ${type}) -> ${type}`, {
    help: 'quotient',
    emit: ([a, b]) => `checkTiny(${round}(${a} / divisor(${a}, ${b}), ${a}, ${b}), ${a}, ${b})`,
  })
  fn(`-(${type}) -> ${type}`, { help: 'negation', emit: ([a]) => `(-${a})` })
  fn(`+(${type}) -> ${type}`, { help: 'itself', emit: ([a]) => a! })
  for (const name of ['abs', '@'])
    fn(`${name}(${type}) -> ${type}`, { help: 'absolute value', emit: ([a]) => `Math.abs(${a})` })
}

fn('+(numeric, numeric) -> numeric', { help: 'sum', call: d.addDecimals })
fn('-(numeric, numeric) -> numeric', { help: 'difference', call: d.subtractDecimals })
fn('*(numeric, numeric) -> numeric', { help: 'product', call: d.multiplyDecimals })
fn('/(numeric, numeric) -> numeric', { help: 'quotient', call: d.divideDecimals })
fn('%(numeric, numeric) -> numeric', { help: 'remainder', call: d.remainderDecimals })
fn('mod(numeric, numeric) -> numeric', { help: 'remainder', call: d.remainderDecimals })
fn('-(numeric) -> numeric', { help: 'negation', call: d.negateDecimal })
fn('+(numeric) -> numeric', { help: 'itself', call: (a: Decimal) => a })
for (const name of ['abs', '@'])
  fn(`${name}(numeric) -> numeric`, {
    help: 'absolute value',
    call: (a: Decimal) => (a.digits < 0n || a.special === '-Infinity' ? d.negateDecimal(a) : a),
  })
fn('round(numeric) -> numeric', { help: 'nearest whole number', call: (a: Decimal) => d.roundDecimal(a, 0) })
fn('round(numeric, int4) -> numeric', {
  help: 'rounded to digits',
  call: (a: Decimal, n: number) => d.roundDecimal(a, scaleOf(n)),
})
fn('trunc(numeric) -> numeric', { help: 'cut towards zero', call: (a: Decimal) => d.truncateDecimal(a, 0) })
fn('trunc(numeric, int4) -> numeric', {
  help: 'cut to digits',
  call: (a: Decimal, n: number) => d.truncateDecimal(a, scaleOf(n)),
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
function check(type: (typeof INTEGERS)[number]): string {
  return { int2: 'checkInt2', int4: 'checkInt4', int8: 'checkInt8' }[type]
}

function shift(type: string, a: string, operator: string, b: string): string {
  if (type === 'int8') return `BigInt.asIntN(64, ${a} ${operator} BigInt(${b} & 63))`
  return type === 'int2' ? `((${a} ${operator} ${b}) << 16 >> 16)` : `(${a} ${operator} ${b})`
}

/** Digits beyond what a numeric can hold are as good as its limits. */
function scaleOf(n: number): number {
  return Math.min(Math.max(n, -131073), 16383)
}
