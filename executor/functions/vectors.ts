import { SqlError } from '../../types/error.ts'
import type { Value } from '../../types/value.ts'
import { checkVector } from '../../types/vector.ts'
import { fn } from './registry.ts'

type Vector = readonly number[]

/** Folds what each two elements give. Throws 22000 for vectors of different lengths. */
function pairs(a: Vector, b: Vector, of: (x: number, y: number) => number): number {
  checkLengths(a, b)
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += of(a[i]!, b[i]!)
  return sum
}

function checkLengths(a: Vector, b: Vector): void {
  if (a.length !== b.length)
    throw new SqlError('data_exception', `different vector dimensions ${a.length} and ${b.length}`)
}

const product = (a: Vector, b: Vector) => pairs(a, b, (x, y) => x * y)
const norm = (a: Vector) => Math.sqrt(product(a, a))
const distance = (a: Vector, b: Vector) => Math.sqrt(pairs(a, b, (x, y) => (x - y) ** 2))
const cityBlock = (a: Vector, b: Vector) => pairs(a, b, (x, y) => Math.abs(x - y))
/** 1 - the cosine of the angle; rounding must not leave -1 to 1. */
const cosine = (a: Vector, b: Vector) => {
  const similarity = product(a, b) / Math.sqrt(product(a, a) * product(b, b))
  return 1 - Math.max(-1, Math.min(1, similarity))
}

const DISTANCES: readonly (readonly [string, string, string, (a: Vector, b: Vector) => number])[] = [
  ['l2_distance', '<->', 'distance of two points', distance],
  ['l1_distance', '<+>', 'sum of the distances along the axes', cityBlock],
  ['cosine_distance', '<=>', '1 minus the cosine of the angle', cosine],
  ['inner_product', '', 'sum of the products', product],
  ['', '<#>', 'minus the sum of the products', (a, b) => -product(a, b)],
]
for (const [name, operator, help, call] of DISTANCES)
  for (const called of [name, operator])
    if (called !== '') fn(`${called}(vector, vector) -> float8`, { help, call })

const elementwise = (operator: string, help: string, of: (x: number, y: number) => number) =>
  fn(`${operator}(vector, vector) -> vector`, {
    help,
    call: (a: Vector, b: Vector) => {
      checkLengths(a, b)
      return vectorInRange(a.map((x, i) => of(x, b[i]!)))
    },
  })
elementwise('+', 'sums of the elements', (x, y) => x + y)
elementwise('-', 'differences of the elements', (x, y) => x - y)
elementwise('*', 'products of the elements', (x, y) => x * y)

/** The sums of the elements, not rounded to reals yet. Throws 22000 for vectors of different lengths. */
export function addVectors(a: Vector, b: Vector): Vector {
  checkLengths(a, b)
  return a.map((x, i) => x + b[i]!)
}

/** A vector of these numbers. Throws 22003 where one is too large for a real. */
export function vectorInRange(items: Vector): Vector {
  if (items.every(item => Number.isFinite(Math.fround(item)))) return checkVector(items)
  throw new SqlError('numeric_value_out_of_range', 'value out of range: overflow')
}

fn('||(vector, vector) -> vector', {
  help: 'joined',
  call: (a: Vector, b: Vector) => checkVector([...a, ...b]),
})
for (const name of ['l2_norm', 'vector_norm'])
  fn(`${name}(vector) -> float8`, { help: 'distance from the origin', call: norm })
fn('l2_normalize(vector) -> vector', {
  help: 'of the same direction and length 1',
  call: (a: Vector) => {
    const length = norm(a)
    return length === 0 ? a : checkVector(a.map(x => x / length))
  },
})
fn('vector_dims(vector) -> int4', { help: 'number of elements', call: (a: Vector) => a.length })
fn('subvector(vector, int4, int4) -> vector', {
  help: 'elements from a position on, so many of them',
  call: (a: Vector, start: number, count: number): Value =>
    checkVector(a.slice(Math.max(start - 1, 0), Math.max(start - 1 + count, 0))),
})
