import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import { compareCells } from '../../storage/compare-cells.ts'
import type { Column } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import { checkInt256 } from '../../types/int256.ts'
import { FLOAT8, INT4, INT8, INTERVAL, NUMERIC, physical, type Type } from '../../types/type.ts'
import type { Decimal, Interval, Value } from '../../types/value.ts'
import type { Accumulator } from './contract.ts'
import { decimalOutput, specialDecimal, specialIndex, specialSum } from './decimal-results.ts'
import { addBinary, type Binary, fromDouble, ratio, toDouble } from './exact-float.ts'
import { addDecimals, divideDecimals, divisionScale, squareRoot, ZERO } from './numeric.ts'

const COUNT = { type: FLOAT8, initial: 0 } as const

/** count(*) and count(x): the weights say what counts. */
export const count: Accumulator = {
  kind: 'accumulator',
  state: [COUNT],
  update([counts], ids, _args, weights, length) {
    const n = counts!.f64
    for (let i = 0; i < length; i++) n[ids[i]!] = n[ids[i]!]! + weights[i]!
  },
  output([counts], id, out, at) {
    out.set(at, BigInt(counts!.f64[id]!))
  },
}

/** sum of int2 and int4 as int8. */
export const sumInt4: Accumulator = {
  kind: 'accumulator',
  state: [COUNT, { type: INT8, initial: 0n }],
  update([counts, sums], ids, [arg], weights, length) {
    const n = counts!.f64
    const s = sums!.i64
    const data = arg!.data as Int32Array
    for (let i = 0; i < length; i++) {
      const w = weights[i]!
      if (w === 0) continue
      const id = ids[i]!
      n[id] = n[id]! + w
      s[id] = BigInt.asIntN(64, s[id]! + BigInt(data[i]!) * BigInt(w))
    }
  },
  output([counts, sums], id, out, at) {
    out.set(at, counts!.f64[id] === 0 ? null : sums!.i64[id]!)
  },
}

/** The sum of int8 exceeds 64 bits, so its low and high words are summed apart. */
function updateWords(
  [counts, lows, highs]: readonly ColumnBuffer[],
  ids: Int32Array,
  [arg]: readonly Column[],
  weights: Int32Array,
  length: number,
): void {
  const n = counts!.f64
  const low = lows!.i64
  const high = highs!.i64
  const wide = physical(arg!.type) === 'i64'
  const data = arg!.data as BigInt64Array
  const narrow = arg!.data as unknown as Int32Array
  for (let i = 0; i < length; i++) {
    const w = weights[i]!
    if (w === 0) continue
    const id = ids[i]!
    n[id] = n[id]! + w
    const v = wide ? data[i]! : BigInt(narrow[i]!)
    if (w === 1) {
      low[id] = BigInt.asIntN(64, low[id]! + BigInt.asUintN(32, v))
      high[id] = BigInt.asIntN(64, high[id]! + BigInt.asIntN(64, v >> 32n))
    } else {
      low[id] = low[id]! + BigInt.asUintN(32, v) * BigInt(w)
      high[id] = high[id]! + (v >> 32n) * BigInt(w)
    }
  }
}

const WORDS = [COUNT, { type: INT8, initial: 0n }, { type: INT8, initial: 0n }] as const

function wordSum(state: readonly ColumnBuffer[], id: number): Decimal {
  return { digits: state[1]!.i64[id]! + (state[2]!.i64[id]! << 32n), scale: 0 }
}

/** sum of int8 as numeric. */
export const sumInt8: Accumulator = {
  kind: 'accumulator',
  state: WORDS,
  update: updateWords,
  output(state, id, out, at) {
    out.set(at, state[0]!.f64[id] === 0 ? null : wordSum(state, id))
  },
}

/** sum of int256, exact; out of range only when it is asked for. */
export const sumInt256: Accumulator = {
  kind: 'accumulator',
  state: [COUNT, { type: NUMERIC, initial: ZERO }],
  update([counts, sums], ids, [arg], weights, length) {
    const data = arg!.data as readonly bigint[]
    for (let i = 0; i < length; i++) {
      const w = weights[i]!
      if (w === 0) continue
      const id = ids[i]!
      const { digits } = sums!.values[id] as Decimal
      counts!.f64[id] = counts!.f64[id]! + w
      sums!.values[id] = { digits: digits + data[i]! * BigInt(w), scale: 0 }
    }
  },
  output([counts, sums], id, out, at) {
    if (counts!.f64[id] === 0) out.setNull(at)
    else out.set(at, checkInt256((sums!.values[id] as Decimal).digits))
  },
}

/** avg of integers as numeric. */
export const avgInt: Accumulator = {
  ...sumInt8,
  output(state, id, out, at) {
    const n = state[0]!.f64[id]!
    out.set(at, n === 0 ? null : divideDecimals(wordSum(state, id), decimalOf(n)))
  },
}

/** State of a sum of decimals: rows, the finite sum, counts of NaN, Infinity and -Infinity. */
export const DECIMALS = [COUNT, { type: NUMERIC, initial: ZERO }, COUNT, COUNT, COUNT] as const
/** Where those counts begin. */
export const SPECIALS_AT = 2

/** Adds the values, or their squares, up in column `at`; counts rows in the first case. */
export function sumDecimals(power: 1 | 2, at: number): Accumulator['update'] {
  return (state, ids, [arg], weights, length) => {
    const data = arg!.data as readonly Value[]
    for (let i = 0; i < length; i++) {
      const w = weights[i]!
      if (w === 0) continue
      const id = ids[i]!
      const value = decimalAt(arg!, data, i)
      if (power === 1) state[0]!.f64[id] = state[0]!.f64[id]! + w
      if (value.special !== undefined) {
        const column = state[SPECIALS_AT + specialIndex(value.special)]!
        if (power === 1) column.f64[id] = column.f64[id]! + w
        continue
      }
      const digits = power === 1 ? value.digits : value.digits * value.digits
      const term = { digits: digits * BigInt(w), scale: value.scale * power }
      state[at]!.values[id] = addDecimals(state[at]!.values[id] as Decimal, term)
    }
  }
}

function decimalAt(column: Column, values: readonly Value[], row: number): Decimal {
  const kind = physical(column.type)
  if (kind === 'values') return values[row] as Decimal
  if (kind === 'i64') return { digits: (column.data as BigInt64Array)[row]!, scale: 0 }
  return decimalOf((column.data as Int32Array)[row]!)
}

const decimalOf = (n: number): Decimal => ({ digits: BigInt(n), scale: 0 })

/** sum and avg of numeric. */
export function numericSum(average: boolean): Accumulator {
  return {
    kind: 'accumulator',
    state: DECIMALS,
    update: sumDecimals(1, 1),
    output: decimalOutput(average, SPECIALS_AT, (state, id) => state[1]!.values[id] as Decimal),
  }
}

export interface Spread {
  readonly sample: boolean
  readonly root: boolean
}

/** variance and stddev of integers and numeric, exact until the division (numeric_stddev_internal). */
export function numericSpread({ sample, root }: Spread): Accumulator {
  const sums = sumDecimals(1, 1)
  const squares = sumDecimals(2, 5)
  return {
    kind: 'accumulator',
    state: [...DECIMALS, { type: NUMERIC, initial: ZERO }],
    update(...args) {
      sums(...args)
      squares(...args)
    },
    output(state, id, out, at) {
      const n = state[0]!.f64[id]!
      if (n === 0 || (sample && n === 1)) out.setNull(at)
      else if (specialSum(state, id, SPECIALS_AT) !== undefined) out.set(at, specialDecimal('NaN'))
      else {
        const sum = state[1]!.values[id] as Decimal
        const squared = { digits: -sum.digits * sum.digits, scale: sum.scale * 2 }
        const square = state[5]!.values[id] as Decimal
        const over = addDecimals({ digits: square.digits * BigInt(n), scale: square.scale }, squared)
        if (over.digits <= 0n) {
          out.set(at, ZERO)
          return
        }
        const below = decimalOf(n * (sample ? n - 1 : n))
        const scale = divisionScale(over, below)
        const variance = divideDecimals(over, below, scale)
        out.set(at, root ? squareRoot(variance, scale) : variance)
      }
    },
  }
}

const FLOATS = [
  COUNT,
  { type: NUMERIC, initial: ZERO },
  COUNT,
  COUNT,
  COUNT,
  { type: INT4, initial: 0 },
] as const

/** Sums of doubles are exact (mantissa in column `at`, exponent in the next), so retraction leaves no residue. */
function addDouble(
  state: readonly ColumnBuffer[],
  id: number,
  term: Binary,
  mantissa: number,
  exponent: number,
): void {
  const before = binaryAt(state, id, mantissa, exponent)
  const after = addBinary(before, term)
  state[mantissa]!.values[id] = { digits: after.mantissa, scale: 0 }
  state[exponent]!.i32[id] = after.mantissa === 0n ? 0 : after.exponent
}

function binaryAt(state: readonly ColumnBuffer[], id: number, mantissa: number, exponent: number): Binary {
  return {
    mantissa: (state[mantissa]!.values[id] as Decimal).digits,
    exponent: state[exponent]!.i32[id]!,
  }
}

function updateDoubles(squares: boolean): Accumulator['update'] {
  return (state, ids, [arg], weights, length) => {
    const data = arg!.data as Float64Array
    for (let i = 0; i < length; i++) {
      const w = weights[i]!
      if (w === 0) continue
      const id = ids[i]!
      const value = data[i]!
      state[0]!.f64[id] = state[0]!.f64[id]! + w
      if (!Number.isFinite(value)) {
        const column = state[Number.isNaN(value) ? 2 : value > 0 ? 3 : 4]!
        column.f64[id] = column.f64[id]! + w
        continue
      }
      const { mantissa, exponent } = fromDouble(value)
      addDouble(state, id, { mantissa: mantissa * BigInt(w), exponent }, 1, 5)
      if (squares)
        addDouble(state, id, { mantissa: mantissa * mantissa * BigInt(w), exponent: 2 * exponent }, 6, 7)
    }
  }
}

/** sum and avg of floats. */
export function floatSum(average: boolean, single: boolean): Accumulator {
  return {
    kind: 'accumulator',
    state: FLOATS,
    update: updateDoubles(false),
    output(state, id, out, at) {
      const n = state[0]!.f64[id]!
      if (n === 0) return out.setNull(at)
      const odd = specialSum(state, id, SPECIALS_AT)
      const sum = binaryAt(state, id, 1, 5)
      const value =
        odd !== undefined
          ? Number(odd)
          : average
            ? ratio(sum, { mantissa: BigInt(n), exponent: 0 })
            : toDouble(sum)
      if (odd === undefined && !Number.isFinite(value))
        throw new SqlError('numeric_value_out_of_range', 'value out of range: overflow')
      out.set(at, single ? Math.fround(value) : value)
    },
  }
}

/** variance and stddev of floats, exact until the last division. */
export function floatSpread({ sample, root }: Spread): Accumulator {
  return {
    kind: 'accumulator',
    state: [...FLOATS, { type: NUMERIC, initial: ZERO }, { type: INT4, initial: 0 }],
    update: updateDoubles(true),
    output(state, id, out, at) {
      const n = state[0]!.f64[id]!
      if (n === 0 || (sample && n === 1)) return out.setNull(at)
      if (specialSum(state, id, SPECIALS_AT) !== undefined) return out.set(at, Number.NaN)
      const sum = binaryAt(state, id, 1, 5)
      const square = binaryAt(state, id, 6, 7)
      const over = addBinary(
        { mantissa: square.mantissa * BigInt(n), exponent: square.exponent },
        { mantissa: -sum.mantissa * sum.mantissa, exponent: 2 * sum.exponent },
      )
      const variance = ratio(over, { mantissa: BigInt(n * (sample ? n - 1 : n)), exponent: 0 })
      out.set(at, root ? Math.sqrt(variance) : variance)
    },
  }
}

/** sum and avg of intervals. */
export function intervalSum(average: boolean): Accumulator {
  return {
    kind: 'accumulator',
    state: [COUNT, { type: INTERVAL, initial: { months: 0, days: 0, micros: 0n } }],
    update([counts, sums], ids, [arg], weights, length) {
      const data = arg!.data as Interval[]
      for (let i = 0; i < length; i++) {
        const w = weights[i]!
        if (w === 0) continue
        const id = ids[i]!
        const sum = sums!.values[id] as Interval
        const { months, days, micros } = data[i]!
        counts!.f64[id] = counts!.f64[id]! + w
        sums!.values[id] = {
          months: sum.months + months * w,
          days: sum.days + days * w,
          micros: sum.micros + micros * BigInt(w),
        }
      }
    },
    output([counts, sums], id, out, at) {
      const n = counts!.f64[id]!
      if (n === 0) out.setNull(at)
      else out.set(at, average ? divideInterval(sums!.values[id] as Interval, n) : sums!.values[id]!)
    },
  }
}

/** interval / n: remainders of months go to days, those of days to the time (interval_div). */
function divideInterval({ months, days, micros }: Interval, n: number): Interval {
  const wholeMonths = Math.trunc(months / n)
  const dayPart = ((months - wholeMonths * n) / n) * 30
  const wholeDays = Math.trunc(days / n) + Math.trunc(dayPart)
  const rest = dayPart - Math.trunc(dayPart) + (days - Math.trunc(days / n) * n) / n
  const carried = Math.trunc(rest)
  const time = (rest - carried) * 86_400_000_000
  return {
    months: wholeMonths,
    days: wholeDays + carried,
    micros: BigInt(Math.round(Number(micros) / n + time)),
  }
}

/** bool_and, bool_or: counts of true and of false. */
export function boolCount(all: boolean): Accumulator {
  return {
    kind: 'accumulator',
    state: [COUNT, COUNT],
    update([trues, falses], ids, [arg], weights, length) {
      const data = arg!.data as Uint8Array
      for (let i = 0; i < length; i++) {
        const column = (data[i] === 1 ? trues! : falses!).f64
        column[ids[i]!] = column[ids[i]!]! + weights[i]!
      }
    },
    output([trues, falses], id, out, at) {
      const yes = trues!.f64[id]! > 0
      const no = falses!.f64[id]! > 0
      out.set(at, yes || no ? (all ? !no : yes) : null)
    },
  }
}

/** min and max when nothing is ever retracted: the extreme so far. */
export function runningExtreme(type: Type, greatest: boolean): Accumulator {
  const int64 = physical(type) === 'i64'
  return {
    kind: 'accumulator',
    state: [{ type, initial: null }],
    update([best], ids, [arg], weights, length) {
      if (int64) {
        extremeInt64(best!, ids, arg!.data as BigInt64Array, weights, length, greatest)
        return
      }
      for (let i = 0; i < length; i++) {
        if (weights[i] === 0) continue
        const id = ids[i]!
        if (!best!.isNull(id)) {
          const order = compareCells(arg!, i, best!, id)
          if (greatest ? order <= 0 : order >= 0) continue
        }
        best!.copy(id, arg!, i)
      }
    },
    output([best], id, out, at) {
      out.copy(at, best!, id)
    },
  }
}

function extremeInt64(
  best: ColumnBuffer,
  ids: Int32Array,
  data: BigInt64Array,
  weights: Int32Array,
  length: number,
  greatest: boolean,
): void {
  const kept = best.i64
  const nulls = best.nulls
  for (let i = 0; i < length; i++) {
    if (weights[i] === 0) continue
    const id = ids[i]!
    const value = data[i]!
    if (nulls !== null && nulls[id] === 1) {
      nulls[id] = 0
      kept[id] = value
    } else if (greatest ? value > kept[id]! : value < kept[id]!) kept[id] = value
  }
}
