import type { Chunk } from '../types/chunk.ts'
import type { Expression } from '../types/job.ts'
import { compileProjection } from './expression/compile.ts'
import { ownedChunk } from './owned-chunk.ts'
import type { JobChange } from './runtime-contract.ts'
import type { ServingTables } from './serving.ts'

/** Every row of a relation as the values of `columns`. Throws SqlError for a value that cannot be computed. */
export function rewritten(
  { change, columns }: { readonly change: JobChange; readonly columns: readonly Expression[] },
  serving: ServingTables,
): readonly Chunk[] {
  const { relation } = change.job
  const run = compileProjection(columns, serving.schema(relation), {
    mode: 'batch',
    onError(error): never {
      throw error
    },
  })
  return serving.read(relation).flatMap(chunk => {
    const computed = run(chunk)
    return computed === undefined ? [] : [ownedChunk(computed)]
  })
}
