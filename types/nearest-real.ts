import { compareDecimals } from './compare.ts'
import { exactDecimal, parseDecimal } from './decimal.ts'

/** The real nearest to a number that is written; `double`: the nearest double. Rounding twice would err where that lies between two reals. */
export function nearestReal(text: string, double: number): number {
  const real = Math.fround(double)
  if (real === double || !Number.isFinite(double)) return real
  const other = neighbor(real, double > real)
  if ((real + other) / 2 !== double) return real
  const exact = parseDecimal(text)
  const side = exact === undefined ? 0 : compareDecimals(exact, exactDecimal(double))
  if (side === 0) return real
  return side > 0 ? Math.max(real, other) : Math.min(real, other)
}

function neighbor(real: number, above: boolean): number {
  const cell = new Float32Array([real])
  const bits = new Int32Array(cell.buffer)
  bits[0]! += above === real >= 0 ? 1 : -1
  return cell[0]!
}
