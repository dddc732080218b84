import { SqlError } from '../../types/error.ts'
import { fn } from './registry.ts'

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

function overflow(): SqlError {
  return new SqlError('numeric_value_out_of_range', 'value out of range: overflow')
}

/** Where the reflected argument is beyond what doubles hold. */
function farBelow(x: number): number {
  const size = Math.exp(logGamma(x))
  if (size === 0) throw new SqlError('numeric_value_out_of_range', 'value out of range: underflow')
  return Math.floor(x) % 2 === 0 ? size : -size
}

/** Lanczos' approximation: about 15 digits. */
function gamma(x: number): number {
  if (Number.isNaN(x)) return x
  if (x === Number.POSITIVE_INFINITY) return x
  if (x === Number.NEGATIVE_INFINITY || (x <= 0 && Number.isInteger(x))) throw overflow()
  if (x < -170) return farBelow(x)
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x))
  if (Number.isInteger(x) && x <= 171) {
    let product = 1
    for (let n = 2; n < x; n++) product *= n
    return product
  }
  const [series, base] = lanczos(x - 1)
  const result =
    Math.sqrt(2 * Math.PI) * base ** ((x - 0.5) / 2) * Math.exp(-base) * base ** ((x - 0.5) / 2) * series
  if (!Number.isFinite(result)) throw overflow()
  return result
}

function lanczos(x: number): [number, number] {
  let series = LANCZOS[0]!
  for (let i = 1; i < LANCZOS.length; i++) series += LANCZOS[i]! / (x + i)
  return [series, x + 7.5]
}

/** Logarithm of the size of gamma. */
function logGamma(x: number): number {
  if (Number.isNaN(x)) return x
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY
  if (x === 1 || x === 2) return 0
  if (x <= 0 && Number.isInteger(x)) throw overflow()
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x)
  const [series, base] = lanczos(x - 1)
  const result = 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series)
  if (!Number.isFinite(result)) throw overflow()
  return result
}

fn('gamma(float8) -> float8', { help: 'gamma function', call: gamma })
fn('lgamma(float8) -> float8', { help: 'logarithm of the size of the gamma function', call: logGamma })
