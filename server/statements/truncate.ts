import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { BoundDml } from '../../planner/dml/bind.ts'
import type { Fragment } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Prepared, Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { bindDml, effectsOf } from './dml.ts'
import { rebinding } from './rebinding.ts'
import { changedSequence } from './sequence.ts'
import { whileLocked } from './while-allowed.ts'
import { type Effects, writeEffects } from './write-effects.ts'

/**
 * TRUNCATE: the rows of all its tables go in one epoch. RESTART IDENTITY: then the sequences of their columns begin anew, for
 * everybody and at once, so the rows do not wait for the COMMIT of a block either.
 */
export function prepareTruncate(
  { tables, restart, cascade }: StatementOf<'truncate'>,
  context: StatementContext,
): Prepared {
  const bind = rebinding(context, () => bindAll(tables, cascade, context))
  bind()
  return {
    schema: undefined,
    parameters: [],
    async run(): Promise<Result> {
      const now = restart ? { ...context, transaction: undefined } : context
      for (const { table } of bind().others) context.notice(`truncate cascades to table "${table.name}"`)
      const empty = async () => {
        const found: Effects[] = []
        for (const bound of bind().all) {
          // Whoever refers to the rows is emptied too.
          const { removed: _, ...effects } = await effectsOf(bound, [], now)
          found.push(effects)
        }
        await writeEffects(found, now)
      }
      const ids = () => bind().all.map(({ table }) => table.id)
      const asked = () => ids().flatMap(table => LOCKS.map(mode => ({ table, mode })))
      await whileLocked(asked, now, empty)
      if (restart) await restartNumbers(ids(), context)
      return { tag: 'TRUNCATE TABLE' }
    },
  }
}

const LOCKS = ['access exclusive', 'row changes', 'key changes'] as const

interface Emptied {
  readonly all: readonly BoundDml[]
  /** Those among them that are not named. */
  readonly others: readonly BoundDml[]
}

/** The tables that are named, each once, and with CASCADE those behind them that refer to one. Throws 0A000 for these otherwise. */
function bindAll(tables: readonly Fragment[], cascade: boolean, context: StatementContext): Emptied {
  const named = distinct(tables.map(table => bindDml('truncate', table, context, [])))
  const { current } = context.catalogs
  for (const { table } of named) {
    const child = referringTo(
      table,
      named.map(({ table: { id } }) => id),
      current,
    )
    if (child === undefined) continue
    if (!cascade)
      throw new SqlError(
        'feature_not_supported',
        'cannot truncate a table referenced in a foreign key constraint',
        {
          detail: `Table "${child.name}" references "${table.name}".`,
          hint: `Truncate table "${child.name}" at the same time, or use TRUNCATE ... CASCADE.`,
        },
      )
  }
  const all = cascade ? withReferring(named, tables[0]!, context) : named
  return { all, others: all.slice(named.length) }
}

function withReferring(named: readonly BoundDml[], like: Fragment, context: StatementContext): BoundDml[] {
  const all = [...named]
  // It grows while it is gone through.
  for (const { table } of all)
    for (const { child } of context.catalogs.current.referencesTo(table.id)) {
      if (all.some(other => other.table.id === child.id)) continue
      const relation = { schemaname: child.schema, relname: child.name, inh: true, relpersistence: 'p' }
      all.push(bindDml('truncate', { ...like, node: { DeleteStmt: { relation } } }, context, []))
    }
  return all
}

function referringTo(table: Relation, among: readonly number[], catalog: Catalog): Relation | undefined {
  return catalog.referencesTo(table.id).find(({ child }) => !among.includes(child.id))?.child
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
