import { intervalMicros } from '../../types/compare.ts'
import { parseInterval } from '../../types/time/interval.ts'
import type { Answer, Rows } from './servers.ts'

/**
 * The first difference of two answers as bags of rows, in words; undefined: none. Errors agree when both fail. With
 * `types`, values that are equal agree whatever they look like: which of 1.0 and 1.00 stands for a group is open.
 */
export function difference(expected: Answer, actual: Answer, types?: readonly string[]): string | undefined {
  if ('code' in expected) {
    if ('code' in actual) return undefined
    return `expected error ${expected.code} ${expected.message}\nactual   ${shown(actual.rows)}`
  }
  if ('code' in actual)
    return `expected ${shown(expected.rows)}\nactual   error ${actual.code} ${actual.message}`
  const wanted = wholeZones(expected.rows)
  const got = wholeZones(actual.rows)
  const [left, right] = [wanted.map(key).sort(), got.map(key).sort()]
  if (left.length === right.length && left.every((row, i) => row === right[i])) return undefined
  if (near(wanted, got)) return undefined
  if (types !== undefined && near(plain(wanted, types), plain(got, types))) return undefined
  return `expected ${shown(expected.rows)}\nactual   ${shown(actual.rows)}`
}

/** PostgreSQL leaves the minutes of an offset out where they are zero, weir writes them always. */
const wholeZones = (rows: Rows): Rows =>
  rows.map(row => row.map(cell => cell?.replace(/(:\d\d(?:\.\d+)?[+-]\d\d):00/g, '$1') ?? null))

const key = (row: readonly (string | null)[]): string =>
  row.map(cell => (cell === null ? 'NULL' : `'${cell}'`)).join(' | ')

function shown(rows: Rows): string {
  const lines = rows.map(key).sort()
  return `${lines.length} rows\n${lines
    .slice(0, 12)
    .map(line => `  ${line}`)
    .join('\n')}`
}

/** Equal up to the last digits of floats: a float's sum depends on the order of its terms in PostgreSQL. */
function near(left: Rows, right: Rows): boolean {
  if (left.length !== right.length) return false
  const rounded = (rows: Rows) =>
    rows.map(row => key(row.map(cell => (cell === null ? null : round(cell))))).sort()
  const [a, b] = [rounded(left), rounded(right)]
  return a.every((row, i) => row === b[i])
}

/** Every value in the one form of all that equal it. */
function plain(rows: Rows, types: readonly string[]): Rows {
  return rows.map(row => row.map((cell, i) => (cell === null ? null : plainCell(cell, types[i]!))))
}

function plainCell(cell: string, type: string): string {
  switch (type) {
    case 'numeric':
      return /\.\d*0$/.test(cell) ? cell.replace(/\.?0+$/, '') : cell
    case 'jsonb':
      return cell.replace(/(\d)\.0+(?!\d)|(\.\d*[1-9])0+(?!\d)/g, '$1$2')
    case 'float4':
    case 'float8':
      return cell === '-0' ? '0' : cell
    case 'interval':
      return String(intervalMicros(parseInterval(cell)!))
    default:
      return cell
  }
}

/** Texts with the digits of a float8 (15 or more, with a point or an exponent) keep 12 of them. */
function round(cell: string): string {
  return /^-?\d+\.\d{10,17}$|^-?\d(\.\d+)?e[+-]\d+$/.test(cell)
    ? String(Number(Number(cell).toPrecision(12)))
    : cell
}
