import type { BoundDml } from '../../planner/dml/bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Prepared, Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { bindDml, type Effects, effectsOf, writeEffects } from './dml.ts'
import { rebinding } from './rebinding.ts'
import { changedSequence } from './sequence.ts'
import { whileChanging } from './while-allowed.ts'

/**
 * TRUNCATE: the rows of all its tables go in one epoch. RESTART IDENTITY: then the sequences of their columns begin anew, for
 * everybody and at once, so the rows do not wait for the COMMIT of a block either.
 */
export function prepareTruncate(
  { tables, restart }: StatementOf<'truncate'>,
  context: StatementContext,
): Prepared {
  const bind = rebinding(context, () =>
    distinct(tables.map(table => bindDml('truncate', table, context, []))),
  )
  bind()
  return {
    schema: undefined,
    parameters: [],
    async run(): Promise<Result> {
      const now = restart ? { ...context, transaction: undefined } : context
      const ids = bind().map(({ table }) => table.id)
      const empty = async () => {
        const found: Effects[] = []
        for (const bound of bind()) found.push(await effectsOf(bound, [], now))
        await writeEffects(found, now)
      }
      await whileChanging({ tables: ids, read: ids, mode: 'access exclusive' }, now, empty)
      if (restart) await restartNumbers(ids, context)
      return { tag: 'TRUNCATE TABLE' }
    },
  }
}

/** A table that is named twice is meant once. */
function distinct(all: readonly BoundDml[]): readonly BoundDml[] {
  return all.filter(({ table }, i) => all.findIndex(other => other.table.id === table.id) === i)
}

async function restartNumbers(tables: readonly number[], context: StatementContext): Promise<void> {
  await changeCatalog(context, '', catalog => {
    const own = catalog.relations.filter(r => tables.includes(r.sequence?.ownedBy?.table ?? -1))
    return own.reduce((next, r) => next.with(changedSequence(r, { restart: null }, context)), catalog)
  })
}
