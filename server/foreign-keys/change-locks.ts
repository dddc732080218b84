import type { Catalog, Relation } from '../../planner/catalog.ts'
import { foreignKeysOf } from '../../planner/constraint-def.ts'
import type { BoundDml } from '../../planner/dml/bind.ts'
import type { TableLock } from '../statements/while-allowed.ts'

/** What a statement does to a table, as far as foreign keys ask. */
interface Doing {
  readonly inserts: boolean
  readonly deletes: boolean
  /** Columns that it sets of rows that are there. */
  readonly sets: ReadonlySet<number>
}

type Change = Pick<BoundDml, 'table' | 'tag' | 'sets'>

/** What changes take besides their own tables: the keys that they look for, and what follows from them in other tables. */
export function changeLocks(changes: readonly Change[], catalog: Catalog): readonly TableLock[] {
  const locks = new Map<string, TableLock>()
  const seen = new Set<string>()
  const take = (table: number, ...modes: readonly TableLock['mode'][]) => {
    for (const mode of modes) locks.set(`${table} ${mode}`, { table, mode })
  }
  const visit = (table: Relation, doing: Doing): void => {
    const { inserts, deletes, sets } = withReplaced(doing, table)
    const what = `${table.id} ${inserts} ${deletes} ${[...sets]}`
    if (seen.has(what)) return
    seen.add(what)
    const isSet = (columns: readonly number[]) =>
      sets.size > 0 && columns.some(c => sets.has(c) || table.columns[c]?.generated !== undefined)
    for (const key of foreignKeysOf(table))
      if (inserts || isSet(key.columns)) take(key.parent, 'row share', 'key reads')
    for (const { child, key } of catalog.referencesTo(table.id)) {
      const loses = isSet(key.parentColumns)
      if (!deletes && !loses) continue
      take(table.id, 'key changes', 'row changes')
      take(child.id, 'row exclusive', 'row changes')
      if (deletes && key.onDelete === 'cascade') visit(child, { ...NOTHING, deletes: true })
      if (deletes && key.onDelete.startsWith('set'))
        visit(child, { ...NOTHING, sets: new Set(key.deleteSets ?? key.columns) })
      if (loses && !['no action', 'restrict'].includes(key.onUpdate))
        visit(child, { ...NOTHING, sets: new Set(key.columns) })
    }
  }
  for (const change of changes) visit(change.table, doingOf(change))
  return [...locks.values()]
}

const NOTHING: Doing = { inserts: false, deletes: false, sets: new Set() }

function doingOf({ tag, sets }: Change): Doing {
  const merges = tag === 'MERGE'
  return { inserts: tag === 'INSERT' || merges, deletes: tag === 'DELETE' || merges, sets: new Set(sets) }
}

/** A row whose primary key is there takes that row's place, be it a new one or one that has got another key. */
function withReplaced(doing: Doing, { key, columns }: Relation): Doing {
  if (key.length === 0 || !(doing.inserts || key.some(k => doing.sets.has(k)))) return doing
  const others = columns.flatMap((_, i) => (key.includes(i) ? [] : [i]))
  return { ...doing, sets: new Set([...doing.sets, ...others]) }
}
