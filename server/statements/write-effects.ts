import type { Relation } from '../../planner/catalog.ts'
import { foreignKeysOf, type Reference } from '../../planner/constraint-def.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Value } from '../../types/value.ts'
import { keepReferences } from '../foreign-keys/keep-references.ts'
import { markSequences } from '../sequences.ts'
import { Transaction } from '../transaction/transaction.ts'
import type { Result, StatementContext } from './contract.ts'
import { requireSameConstraints } from './kept-out.ts'

/** Rows that a change adds to its table, or takes away. */
export interface Written {
  readonly table: Relation
  readonly changes: readonly Chunk[]
  /** The foreign keys that referred to the table when the statement was bound. */
  readonly references: readonly Reference<Relation>[]
}

export interface Replaced {
  readonly before: readonly Value[]
  readonly after: readonly Value[]
}

/** A change with what those that refer to the table ask of it. */
export interface Changed extends Written {
  /** Rows that are gone. */
  readonly removed?: readonly (readonly Value[])[]
  /** Rows that have got another key, perhaps. */
  readonly replaced?: readonly Replaced[]
}

/** What a change does to its table, and what it answers. */
export interface Effects extends Changed {
  readonly result: Result & { readonly rows?: readonly Chunk[] }
}

/**
 * Writes changes of several tables, and what follows from them by foreign keys, in one epoch, or keeps them for the COMMIT of
 * the transaction block.
 */
export async function writeEffects(effects: readonly Changed[], context: StatementContext): Promise<void> {
  const { transaction } = context
  const refers = ({ table, references }: Written) => references.length > 0 || foreignKeysOf(table).length > 0
  if (!effects.some(refers)) {
    if (transaction === undefined) return writeNow(effects, context)
    for (const { table, changes, references } of effects) transaction.write(table, changes, references)
    return
  }
  if (transaction !== undefined) {
    const before = transaction.mark()
    try {
      return await keepReferences(effects, { ...context, transaction })
    } catch (error) {
      transaction.goBack(before)
      throw error
    }
  }
  // What the statement does waits as the changes of a block do.
  const own = new Transaction(() => context, true)
  await keepReferences(effects, { ...context, transaction: own })
  await own.commit()
}

/** Resolves when the changes are durable and visible. `before` is called when nothing comes between it and them: it may throw. */
export async function writeNow(
  effects: readonly Written[],
  context: StatementContext,
  before?: () => void,
): Promise<void> {
  await markSequences(context)
  const [first, ...others] = effects.flatMap(({ table, changes }) =>
    changes.length === 0 ? [] : [{ table: table.id, chunks: changes }],
  )
  const known = () => {
    for (const each of effects) requireSameConstraints(each, context)
    before?.()
  }
  if (first !== undefined)
    await context.runtime.write(first.table, first.chunks, context.signal, others, known)
}
