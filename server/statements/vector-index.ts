import type { IndexKey, Relation } from '../../planner/catalog.ts'
import type { VectorIndexSyntax } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { typeName } from '../../types/type-names.ts'

const DISTANCES: ReadonlySet<string> = new Set(['l1', 'l2', 'cosine', 'inner_product'])
const COUNTS: readonly string[] = ['m', 'ef_construction', 'max_level']

/**
 * Throws 22023 for what RisingWave's vector indexes do not take. The index made is one like any other: its rows are gone through, so
 * nearest vectors are found exactly.
 */
export function checkVectorIndex(
  { method, options }: VectorIndexSyntax,
  on: Relation,
  keys: readonly IndexKey[],
): void {
  if (!on.appendOnly) throw wrong(`"${on.name}" is not append-only but vector index must be append-only`)
  if (keys.length !== 1)
    throw wrong(`vector index must be defined on exactly 1 column, but got ${keys.length}`)
  const { expression } = keys[0]!
  if (expression.type.name !== 'vector')
    throw wrong(`vector index must be defined on column of Vector type, but got ${typeName(expression.type)}`)
  const distance = options['distance_type']
  if (distance === undefined) throw wrong('vector index needs a distance_type')
  if (!DISTANCES.has(distance)) throw wrong(`unsupported vector index distance type: ${distance}`)
  for (const [name, value] of Object.entries(options)) {
    if (name === 'distance_type') continue
    if (method !== 'hnsw' || !COUNTS.includes(name)) throw wrong(`unknown option ${name} of a vector index`)
    if (!/^\d+$/.test(value)) throw wrong(`invalid ${name} value ${value}: it must be a whole number`)
    if (Number(value) === 0) throw wrong(`invalid ${name} value 0: should not be zero`)
  }
}

function wrong(message: string): SqlError {
  return new SqlError('invalid_parameter_value', message)
}
