import { ChunkBuilder } from '../storage/chunk-builder.ts'
import { StateTable } from '../storage/state-table.ts'
import type { Chunk } from '../types/chunk.ts'
import { SqlError } from '../types/error.ts'
import type { Recursion } from '../types/job.ts'

/** Rows of a recursive query before it is taken to be one that does not end. */
const ROWS_MAX = 10_000_000

/**
 * The rows of a recursive query: those of its base, then of its step over the rows found last, until there are none. With UNION
 * a row counts when it is new. `run` yields the rows of the base, or of the step over the given ones; `pause`
 * lets other work have its turn.
 */
export async function recursiveRows(
  recursion: Recursion,
  run: (working: readonly Chunk[] | undefined) => AsyncIterable<Chunk>,
  pause: () => Promise<void>,
): Promise<readonly Chunk[]> {
  const all: Chunk[] = []
  const isNew = recursion.all ? undefined : newRows(recursion)
  let count = 0
  for (let working: readonly Chunk[] | undefined; ; ) {
    const found: Chunk[] = []
    for await (const chunk of run(working)) {
      const fresh = isNew === undefined ? chunk : isNew(chunk)
      if (fresh.length === 0) continue
      found.push(fresh)
      for (let i = 0; i < fresh.length; i++) count += fresh.weights[i]!
    }
    all.push(...found)
    if (found.length === 0 || count >= (recursion.wanted ?? Number.POSITIVE_INFINITY)) return all
    if (count > ROWS_MAX)
      throw new SqlError('program_limit_exceeded', `a recursive query made more than ${ROWS_MAX} rows`)
    working = found
    await pause()
  }
}

/** The rows of chunks that did not come before, each once. */
function newRows({ schema }: Recursion): (chunk: Chunk) => Chunk {
  const columns = schema.map((_, i) => i)
  const types = schema.map(field => field.type)
  const known = new StateTable(
    { id: 'batch/recursion', schema, mode: 'keyed', key: columns, shard: columns, indexes: [] },
    false,
  )
  return chunk => {
    const builder = new ChunkBuilder(types)
    for (let i = 0; i < chunk.length; i++) {
      if (known.find(chunk, i, columns) !== -1) continue
      known.insert(chunk, i)
      builder.copyRow(0, chunk.columns, i)
      builder.push(1)
    }
    return builder.take() ?? { columns: chunk.columns, weights: chunk.weights, length: 0 }
  }
}
