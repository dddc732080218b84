import { SqlError } from '../../types/error.ts'
import { halfEven } from '../../types/half-even.ts'
import { ATAN_ONE, arcCosine, arcSine, cosineOf, cotangentOf, RADIANS, sineOf, tangentOf } from './degrees.ts'
import { fn } from './registry.ts'

/** Functions of one float8; a finite argument with an infinite result is an overflow. */
const FLOATS: Readonly<Record<string, (a: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  ceiling: Math.ceil,
  trunc: Math.trunc,
  sign: a => (a > 0 ? 1 : a < 0 ? -1 : 0),
  sqrt: squareRoot,
  '|/': squareRoot,
  cbrt: Math.cbrt,
  '||/': Math.cbrt,
  exp: a => checked(Math.exp(a), a, a !== Number.NEGATIVE_INFINITY),
  ln: logarithm(Math.log),
  log: logarithm(Math.log10),
  log10: logarithm(Math.log10),
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  coth: x => 1 + 2 / Math.expm1(2 * x),
  asinh: Math.asinh,
  atand: a => (Math.atan(a) / ATAN_ONE) * 45,
  degrees: a => checked(a / RADIANS, a, false),
  radians: a => checked(a * RADIANS, a, a !== 0),
  round: halfEven,
}
for (const [name, call] of Object.entries(FLOATS))
  fn(`${name}(float8) -> float8`, { help: `${name} of a`, call })

const hasEnd = (a: number) => a !== Infinity && a !== -Infinity
const isRatio = (a: number) => !(Math.abs(a) > 1)

/** What is NaN for some arguments, and which ones PostgreSQL takes: the others are errors there and NaN in RisingWave. */
const PARTIAL: Readonly<Record<string, readonly [(a: number) => number, (a: number) => boolean]>> = {
  sin: [Math.sin, hasEnd],
  cos: [Math.cos, hasEnd],
  tan: [Math.tan, hasEnd],
  cot: [a => 1 / Math.tan(a), hasEnd],
  asin: [Math.asin, isRatio],
  acos: [Math.acos, isRatio],
  acosh: [Math.acosh, a => !(a < 1)],
  atanh: [Math.atanh, isRatio],
  sind: [sineOf, hasEnd],
  cosd: [cosineOf, hasEnd],
  tand: [tangentOf, hasEnd],
  cotd: [cotangentOf, hasEnd],
  asind: [arcSine, isRatio],
  acosd: [arcCosine, isRatio],
}
for (const [name, [call, takes]] of Object.entries(PARTIAL)) {
  const help = `${name} of a`
  fn(`${name}(float8) -> float8`, {
    help,
    call: (a: number) => {
      if (!takes(a)) throw new SqlError('numeric_value_out_of_range', 'input is out of range')
      return call(a)
    },
  })
  fn(`${name}(float8) -> float8`, { help: `${help}, NaN where it has none`, dialect: 'risingwave', call })
}

for (const name of ['power', 'pow', '^'])
  fn(`${name}(float8, float8) -> float8`, { help: 'a to the power b', call: power })
fn('atan2(float8, float8) -> float8', { help: 'angle of the point', call: Math.atan2 })
fn('atan2d(float8, float8) -> float8', {
  help: 'angle of the point in degrees',
  call: (y: number, x: number) => (Math.atan2(y, x) / ATAN_ONE) * 45,
})
fn('pi() -> float8', { help: 'π', call: () => Math.PI })
fn('random() -> float8', { help: 'uniform in [0, 1)', call: () => Math.random(), volatility: 'volatile' })

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

function power(a: number, b: number): number {
  if (b === 0 || a === 1) return 1
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN
  if (a === 0 && b < 0)
    throw new SqlError('invalid_argument_for_power_function', 'zero raised to a negative power is undefined')
  if (a < 0 && Number.isFinite(b) && !Number.isInteger(b))
    throw new SqlError(
      'invalid_argument_for_power_function',
      'a negative number raised to a non-integer power yields a complex result',
    )
  if (a === -1 && !Number.isFinite(b)) return 1
  const result = a ** b
  return Number.isFinite(a) && Number.isFinite(b) ? checked(result, a, a !== 0) : result
}

/** `positive`: the true result is not zero, so a zero is an underflow. */
function checked(result: number, a: number, positive: boolean): number {
  if (!Number.isFinite(result) && Number.isFinite(a))
    throw new SqlError('numeric_value_out_of_range', 'value out of range: overflow')
  if (result === 0 && positive && Number.isFinite(a))
    throw new SqlError('numeric_value_out_of_range', 'value out of range: underflow')
  return result
}
