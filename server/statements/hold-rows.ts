import type { Relation } from '../../planner/catalog.ts'
import { uniquesOf } from '../../planner/constraint-def.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Value } from '../../types/value.ts'
import type { StatementContext } from './contract.ts'
import { checksOf, rejectNulls } from './kept-out.ts'
import { rejectTaken } from './taken-keys.ts'

type Rows = readonly (readonly Value[])[]

/** Throws 23502, 23514 and 23505 for rows that a statement may not add; foreign keys are held when all that it does is known. */
export async function holdRows(
  table: Relation,
  chunk: Chunk,
  { added, removed }: { readonly added: Rows; readonly removed: Rows },
  context: StatementContext,
): Promise<void> {
  rejectNulls(chunk, table)
  checksOf(table, context)?.(chunk)
  if (uniquesOf(table).length > 0) await rejectTaken(table, added, removed, context)
}
