import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import { FLOAT8, INT4, NUMERIC } from '../../types/type.ts'
import type { Decimal } from '../../types/value.ts'
import type { Accumulator } from './contract.ts'
import { addBinary, type Binary, fromDouble, ratio } from './exact-float.ts'
import { ZERO } from './numeric.ts'

// Aggregates of pairs (Y, X), SQL:2003 10.9. The sums of x, y, x², y² and xy are exact, so that a retraction leaves no
// residue; doubles that are not finite are counted apart: the sums they take part in are NaN while there is one.

const COUNT = { type: FLOAT8, initial: 0 } as const
const SUM = [{ type: NUMERIC, initial: ZERO } as const, { type: INT4, initial: 0 } as const]

/** Columns: pairs; NaN, Infinity and -Infinity among x, then y; mantissa and exponent of each sum. */
const X_ODD = 1
const Y_ODD = 4
const SUMS = { x: 7, y: 9, xx: 11, yy: 13, xy: 15 } as const

/** What the results are made of: n is at least 1, the others are doubles. */
interface Moments {
  readonly n: number
  readonly averageX: number
  readonly averageY: number
  /** Sum of squares of differences from the average; of products. */
  readonly sxx: number
  readonly syy: number
  readonly sxy: number
}

/** An aggregate of pairs as a function of their moments; no pair: NULL. */
export function pairs(result: (m: Moments) => number | null): Accumulator {
  return {
    kind: 'accumulator',
    state: [COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, ...SUM, ...SUM, ...SUM, ...SUM, ...SUM],
    update(state, ids, [ys, xs], weights, length) {
      for (let i = 0; i < length; i++) {
        const w = weights[i]!
        if (w === 0 || xs!.nulls?.[i] === 1 || ys!.nulls?.[i] === 1) continue
        const id = ids[i]!
        count(state[0]!, id, w)
        const x = (xs!.data as Float64Array)[i]!
        const y = (ys!.data as Float64Array)[i]!
        const a = part(state, id, x, w, X_ODD)
        const b = part(state, id, y, w, Y_ODD)
        if (a !== undefined) {
          add(state, id, SUMS.x, scale(a, w))
          add(state, id, SUMS.xx, scale(product(a, a), w))
        }
        if (b !== undefined) {
          add(state, id, SUMS.y, scale(b, w))
          add(state, id, SUMS.yy, scale(product(b, b), w))
        }
        if (a !== undefined && b !== undefined) add(state, id, SUMS.xy, scale(product(a, b), w))
      }
    },
    output(state, id, out, at) {
      const n = state[0]!.f64[id]!
      out.set(at, n === 0 ? null : result(moments(state, id, n)))
    },
  }
}

/** regr_count: pairs without a NULL. */
export const pairCount: Accumulator = {
  kind: 'accumulator',
  state: [COUNT],
  update([counts], ids, [ys, xs], weights, length) {
    for (let i = 0; i < length; i++)
      if (xs!.nulls?.[i] !== 1 && ys!.nulls?.[i] !== 1) count(counts!, ids[i]!, weights[i]!)
  },
  output([counts], id, out, at) {
    out.set(at, BigInt(counts!.f64[id]!))
  },
}

function moments(state: readonly ColumnBuffer[], id: number, n: number): Moments {
  const oddX = odd(state, id, X_ODD)
  const oddY = odd(state, id, Y_ODD)
  const whole: Binary = { mantissa: BigInt(n), exponent: 0 }
  const sum = (at: number): Binary => sumAt(state, id, at)
  const spread = (products: number, a: number, b: number): number => {
    const squared = product(sum(a), sum(b))
    const over = addBinary(product(sum(products), whole), { ...squared, mantissa: -squared.mantissa })
    return ratio(over, whole)
  }
  return {
    n,
    averageX: oddX ?? ratio(sum(SUMS.x), whole),
    averageY: oddY ?? ratio(sum(SUMS.y), whole),
    sxx: oddX === undefined ? spread(SUMS.xx, SUMS.x, SUMS.x) : Number.NaN,
    syy: oddY === undefined ? spread(SUMS.yy, SUMS.y, SUMS.y) : Number.NaN,
    sxy: oddX === undefined && oddY === undefined ? spread(SUMS.xy, SUMS.x, SUMS.y) : Number.NaN,
  }
}

/** NaN or an infinity when the values' sum is one. */
function odd(state: readonly ColumnBuffer[], id: number, from: number): number | undefined {
  const [nan, up, down] = [0, 1, 2].map(i => state[from + i]!.f64[id]! > 0)
  if (nan || (up && down)) return Number.NaN
  return up ? Number.POSITIVE_INFINITY : down ? Number.NEGATIVE_INFINITY : undefined
}

/** A finite value in exact form; the others are counted. */
function part(
  state: readonly ColumnBuffer[],
  id: number,
  value: number,
  weight: number,
  from: number,
): Binary | undefined {
  if (Number.isFinite(value)) return fromDouble(value)
  count(state[from + (Number.isNaN(value) ? 0 : value > 0 ? 1 : 2)]!, id, weight)
  return undefined
}

function count(column: ColumnBuffer, id: number, weight: number): void {
  column.f64[id] = column.f64[id]! + weight
}

function product(a: Binary, b: Binary): Binary {
  return { mantissa: a.mantissa * b.mantissa, exponent: a.exponent + b.exponent }
}

function scale(a: Binary, by: number): Binary {
  return { mantissa: a.mantissa * BigInt(by), exponent: a.exponent }
}

function sumAt(state: readonly ColumnBuffer[], id: number, at: number): Binary {
  return { mantissa: (state[at]!.values[id] as Decimal).digits, exponent: state[at + 1]!.i32[id]! }
}

function add(state: readonly ColumnBuffer[], id: number, at: number, term: Binary): void {
  const after = addBinary(sumAt(state, id, at), term)
  state[at]!.values[id] = { digits: after.mantissa, scale: 0 }
  state[at + 1]!.i32[id] = after.mantissa === 0n ? 0 : after.exponent
}

/** Results by name, as PostgreSQL's float8_regr_* functions give them. */
export const PAIR_RESULTS: Readonly<Record<string, { help: string; result: (m: Moments) => number | null }>> =
  {
    covar_pop: { help: 'population covariance', result: m => m.sxy / m.n },
    covar_samp: { help: 'sample covariance', result: m => (m.n < 2 ? null : m.sxy / (m.n - 1)) },
    corr: {
      help: 'correlation coefficient',
      result: m => {
        if (m.sxx === 0 || m.syy === 0) return null
        return Math.min(1, Math.max(-1, m.sxy / (Math.sqrt(m.sxx) * Math.sqrt(m.syy))))
      },
    },
    regr_avgx: { help: 'average of the independent variable', result: m => m.averageX },
    regr_avgy: { help: 'average of the dependent variable', result: m => m.averageY },
    regr_sxx: { help: 'sum of squares of the independent variable', result: m => m.sxx },
    regr_syy: { help: 'sum of squares of the dependent variable', result: m => m.syy },
    regr_sxy: { help: 'sum of products of both variables', result: m => m.sxy },
    regr_slope: { help: 'slope of the fitted line', result: m => (m.sxx === 0 ? null : m.sxy / m.sxx) },
    regr_intercept: {
      help: 'where the fitted line meets the y axis',
      result: m => (m.sxx === 0 ? null : m.averageY - m.averageX * (m.sxy / m.sxx)),
    },
    regr_r2: {
      help: 'square of the correlation coefficient',
      result: m => {
        if (m.sxx === 0) return null
        return m.syy === 0 ? 1 : (m.sxy * m.sxy) / (m.sxx * m.syy)
      },
    },
  }
