import type { Chunk } from '../types/chunk.ts'
import type { Expression } from '../types/job.ts'
import type { Schema } from '../types/type.ts'
import { compileProjection } from './expression/compile.ts'
import { ownedChunk } from './owned-chunk.ts'
import type { Replacement } from './runtime-contract.ts'
import type { ServingTables } from './serving.ts'

/** Every row of a relation as it is written anew. Throws SqlError for a value that cannot be computed. */
export function rewritten({ change, stages }: Replacement, serving: ServingTables): readonly Chunk[] {
  const { relation } = change.job
  let schema = serving.schema(relation)
  let chunks = serving.read(relation)
  for (const columns of stages) {
    chunks = projected(chunks, columns, schema)
    schema = columns.map(({ type }, i) => ({ name: `c${i}`, type }))
  }
  return chunks
}

function projected(chunks: readonly Chunk[], columns: readonly Expression[], schema: Schema): Chunk[] {
  const run = compileProjection(columns, schema, {
    mode: 'batch',
    onError(error): never {
      throw error
    },
  })
  return chunks.flatMap(chunk => {
    const computed = run(chunk)
    return computed === undefined ? [] : [ownedChunk(computed)]
  })
}
