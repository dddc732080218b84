import type { Relation } from '../../planner/catalog.ts'
import { type UniqueDef, uniquesOf } from '../../planner/constraint-def.ts'
import { qualified } from '../../planner/rewrite-references.ts'
import { compareValues } from '../../types/compare.ts'
import { SqlError } from '../../types/error.ts'
import { quote, quoteIdent } from '../../types/sql-text.ts'
import { formatText } from '../../types/text-io.ts'
import type { Value } from '../../types/value.ts'
import type { StatementContext } from './contract.ts'
import { heldRows } from './held-rows.ts'
import { tellingColumns } from './row-id-column.ts'

type Row = readonly Value[]

/** With more keys than this all rows are read. */
const LOOKED_UP_MAX = 1000

/**
 * UNIQUE: throws 23505 when rows that a statement adds hold what another row of the table will hold. The caller has the table's
 * lock until they are written: what is committed is all that there is. A row whose primary key is there takes that row's place.
 */
export async function rejectTaken(
  table: Relation,
  added: readonly Row[],
  removed: readonly Row[],
  context: StatementContext,
): Promise<void> {
  if (added.length === 0) return
  const rows = lastOfEachKey(added, table)
  const tells = tellingColumns(table)
  const gone = sorted(table.key.length > 0 ? [...removed, ...rows] : removed, tells, table)
  for (const unique of uniquesOf(table)) {
    const { columns } = unique
    const counted = rows.filter(row => unique.nullsNotDistinct || columns.every(c => row[c] !== null))
    const keys = sorted(counted, columns, table)
    keys.forEach((row, i) => {
      if (i > 0 && compareRows(row, keys[i - 1]!, columns, table) === 0) throw taken(table, unique, row)
    })
    if (keys.length === 0) continue
    for await (const held of holders(table, unique, keys, context))
      for (const row of held) {
        const own = among(keys, row, columns, table)
        if (own !== undefined && among(gone, row, tells, table) === undefined) throw taken(table, unique, own)
      }
  }
}

/** Rows of the table, of which the unique and the telling columns are read: those with the keys, or all. */
function holders(
  table: Relation,
  { columns, nullsNotDistinct }: UniqueDef,
  keys: readonly Row[],
  context: StatementContext,
): AsyncGenerator<readonly Row[]> {
  const read = [...new Set([...columns, ...tellingColumns(table)])]
  const list = read.map(i => `t.${quote(table.columns[i]!.name)}`).join(', ')
  const all = `SELECT ${list} FROM ${qualified(table)} t`
  if (keys.length > LOOKED_UP_MAX) return heldRows(all, read, context)
  const equal = nullsNotDistinct ? 'IS NOT DISTINCT FROM' : '='
  const names = columns.map((_, i) => `k${i}`)
  const values = keys.map(
    (_, n) => `(${columns.map((_c, i) => `$${n * columns.length + i + 1}`).join(', ')})`,
  )
  const on = columns.map((c, i) => `t.${quote(table.columns[c]!.name)} ${equal} k.${names[i]}`)
  const joined = ` JOIN (VALUES ${values.join(', ')}) k (${names.join(', ')}) ON ${on.join(' AND ')}`
  const given = keys.flatMap(row => columns.map(c => ({ type: table.columns[c]!.type, value: row[c]! })))
  return heldRows(all + joined, read, context, given)
}

/** Of rows with one primary key the last one stays. */
function lastOfEachKey(rows: readonly Row[], table: Relation): readonly Row[] {
  if (table.key.length === 0) return rows
  const all = sorted(rows, table.key, table)
  return all.filter((row, i) => i === all.length - 1 || compareRows(row, all[i + 1]!, table.key, table) !== 0)
}

function sorted(rows: readonly Row[], columns: readonly number[], table: Relation): readonly Row[] {
  return rows.toSorted((a, b) => compareRows(a, b, columns, table))
}

function compareRows(a: Row, b: Row, columns: readonly number[], { columns: defs }: Relation): number {
  for (const c of columns) {
    const order = compareValues(defs[c]!.type, a[c] ?? null, b[c] ?? null)
    if (order !== 0) return order
  }
  return 0
}

/** The one of the sorted rows that has the row's values in these columns. */
function among(rows: readonly Row[], row: Row, columns: readonly number[], table: Relation): Row | undefined {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareRows(rows[middle]!, row, columns, table) < 0) low = middle + 1
    else high = middle
  }
  const found = rows[low]
  return found !== undefined && compareRows(found, row, columns, table) === 0 ? found : undefined
}

function taken(table: Relation, { name, columns }: UniqueDef, row: Row): SqlError {
  return new SqlError('unique_violation', `duplicate key value violates unique constraint "${name}"`, {
    detail: `Key ${keyText(table, columns, row)} already exists.`,
  })
}

/** `(a, b)=(1, x)`. PostgreSQL quotes no name where it tells of foreign keys. */
export function keyText(
  table: Relation,
  columns: readonly number[],
  row: Row,
  nameOf: (name: string) => string = quoteIdent,
): string {
  const names = columns.map(c => nameOf(table.columns[c]!.name)).join(', ')
  const values = columns.map(c => {
    const value = row[c] ?? null
    return value === null ? 'null' : formatText(table.columns[c]!.type, value)
  })
  return `(${names})=(${values.join(', ')})`
}
