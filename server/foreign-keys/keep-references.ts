import type { Relation } from '../../planner/catalog.ts'
import { type ForeignKeyDef, foreignKeysOf, type Reference } from '../../planner/constraint-def.ts'
import { assert } from '../../types/error.ts'
import type { OpenTransaction, StatementContext } from '../statements/contract.ts'
import type { Changed } from '../statements/write-effects.ts'
import { AskedKeys, type Failure } from './asked-keys.ts'
import { cellKey, type KeyText, keyOf, type Row, sameValues } from './key-values.ts'
import { withOverwritten } from './overwritten.ts'
import { type Keys, presentKeys } from './rows-by-key.ts'
import { type NewKeys, takeAction } from './take-action.ts'
import { stillReferredTo } from './violations.ts'

/** A context whose transaction has what the statement changes: that of the block, or one of the statement alone. */
export type Keeping = StatementContext & { readonly transaction: OpenTransaction }

/** Keys that rows of a table had and that some row may still refer to. */
interface Lost {
  readonly reference: Reference<Relation>
  readonly keys: Map<KeyText, Row>
}

/**
 * Writes what a statement changes into the transaction, with what follows from it by foreign keys, and throws 23503 when rows
 * would refer to none after that.
 *
 * First the actions of CASCADE, SET NULL and SET DEFAULT, each of which may bring others about; RESTRICT is asked as it comes by.
 * Then, when all rows are what they will be, rows that came must refer to some, and no row may refer to a key that went for good.
 * A foreign key that the transaction defers is not asked (`requireReferences` is, at its end).
 */
export async function keepReferences(effects: readonly Changed[], context: Keeping): Promise<void> {
  const { transaction } = context
  const done: Changed[] = []
  const lost: Lost[] = []
  const write = async (made: Changed) => {
    const change = await withOverwritten(made, context)
    transaction.write(change.table, change.changes, change.references)
    done.push(change)
  }
  for (const each of effects) await write(each)
  // It grows by what follows.
  for (const change of done)
    for (const reference of change.references)
      for (const event of ['delete', 'update'] as const) {
        const { gone, becomes } = keysLost(change, reference.key, event)
        if (gone.size === 0) continue
        const action = event === 'delete' ? reference.key.onDelete : reference.key.onUpdate
        if (action === 'no action') lost.push({ reference, keys: gone })
        else if (action === 'restrict') await requireFree(change.table, reference, gone, context)
        else {
          const follows = await takeAction(reference, { event, action, gone, becomes }, context)
          if (follows !== undefined) await write(follows)
          // The default may be a key that is gone.
          if (action === 'set default') await requireUnreferred(reference, gone, context)
        }
      }
  // A statement that stands alone is the end of its transaction too.
  for (const late of [false, true]) {
    const isAsked = (key: ForeignKeyDef) =>
      (key.deferrable === 'deferred') === late && !transaction.defers(key)
    await requireParents(done, isAsked, context)
    for (const { reference, keys } of lost)
      if (isAsked(reference.key)) await requireUnreferred(reference, keys, context)
  }
}

/** Keys that rows of the table had before and do not have after; of an UPDATE the keys that they have now too. */
function keysLost(
  { removed = [], replaced = [] }: Changed,
  { parentColumns }: ForeignKeyDef,
  event: 'delete' | 'update',
): { gone: Map<KeyText, Row>; becomes: NewKeys } {
  const gone = new Map<KeyText, Row>()
  const becomes = new Map<KeyText, Row>()
  const valuesOf = (row: Row) => parentColumns.map(c => row[c] ?? null)
  if (event === 'delete') {
    for (const row of removed) {
      const key = keyOf(row, parentColumns)
      if (key !== undefined) gone.set(key, valuesOf(row))
    }
    return { gone, becomes }
  }
  for (const { before, after } of replaced) {
    const key = keyOf(before, parentColumns)
    if (key === undefined || sameValues(before, after, parentColumns)) continue
    gone.set(key, valuesOf(before))
    becomes.set(key, valuesOf(after))
  }
  return { gone, becomes }
}

/** NO ACTION: a key may be another row's by now. */
export async function requireUnreferred(
  reference: Reference<Relation>,
  keys: Keys,
  context: StatementContext,
): Promise<void> {
  const { key } = reference
  const parent = context.catalogs.current.byId(key.parent)
  if (parent === undefined) return
  const present = await presentKeys(parent, key.parentColumns, keys, context)
  const left = new Map([...keys].filter(([text]) => !present.has(text)))
  await requireFree(parent, reference, left, context)
}

async function requireFree(
  parent: Relation,
  { child, key }: Reference<Relation>,
  keys: Keys,
  context: StatementContext,
): Promise<void> {
  const referred = await presentKeys(child, key.columns, keys, context)
  if (referred.size === 0) return
  const [, values] = [...keys].find(([text]) => referred.has(text))!
  throw stillReferredTo(parent, key, child, values)
}

/** Rows that came refer to some row; the first that does not is told. Those of a table that changed several times are what they became. */
async function requireParents(
  changes: readonly Changed[],
  isAsked: (key: ForeignKeyDef) => boolean,
  context: Keeping,
): Promise<void> {
  const tables = new Map(changes.map(({ table }) => [table.id, table]))
  for (const table of tables.values()) {
    const own = changes.filter(change => change.table.id === table.id)
    let first: Failure | undefined
    for (const key of foreignKeysOf(table).filter(isAsked)) {
      const asked = new AskedKeys(table, key)
      if (own.length === 1) asked.addChunks(own[0]!.changes)
      else asked.addRows(context.transaction.changed(table)?.rows ?? [])
      // Whether a key is there that rows had before is asked where it goes; one that is not valid need not be.
      for (const change of own) asked.leaveOut(keysBefore(change, key))
      const failure = await failureOf(asked, context)
      if (failure !== undefined && !(first !== undefined && first.at <= failure.at)) first = failure
    }
    if (first !== undefined) throw first.error
  }
}

/** Throws 23503 for the first of the rows that refers to none. */
export async function requireParent(asked: AskedKeys, context: StatementContext): Promise<void> {
  const failure = await failureOf(asked, context)
  if (failure !== undefined) throw failure.error
}

async function failureOf(asked: AskedKeys, context: StatementContext): Promise<Failure | undefined> {
  const { key, keys } = asked
  const parent = context.catalogs.current.byId(key.parent)
  assert(parent !== undefined, 'a table that is referred to is there')
  return asked.failure(await presentKeys(parent, key.parentColumns, keys, context), parent)
}

/** Keys of rows that were there before the change. */
function keysBefore({ changes, removed = [] }: Changed, { columns }: ForeignKeyDef): Iterable<KeyText> {
  const found = new Set(removed.flatMap(row => keyOf(row, columns) ?? []))
  for (const chunk of changes) {
    const cells = columns.map(c => chunk.columns[c]!)
    for (let at = 0; at < chunk.length; at++) {
      const text = chunk.weights[at]! < 0 ? cellKey(cells, at) : undefined
      if (text !== undefined) found.add(text)
    }
  }
  return found
}
