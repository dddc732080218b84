import type { Relation } from '../../planner/catalog.ts'
import { column, literal } from '../../planner/expressions.ts'
import { optimize } from '../../planner/optimize.ts'
import type { Plan } from '../../planner/plan.ts'
import { settled } from '../../planner/query.ts'
import { batchJob } from '../../planner/recursions.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Scan } from '../../types/job.ts'
import { fieldsOf } from '../../types/type.ts'
import type { ChangedRows, StatementContext } from '../statements/contract.ts'
import { placedRow } from '../statements/held-rows.ts'
import { tellingColumns } from '../statements/row-id-column.ts'
import { asType, cellKey, type KeyText, keyOf, type Row } from './key-values.ts'

/** Keys, each with its values in the order of its columns; these may be of another width than those of the table asked. */
export type Keys = ReadonlyMap<KeyText, Row>

/** With more keys than this all rows are read once. */
const LOOKED_UP_MAX = 1000

/**
 * The keys that rows of the table have in these columns, as the table is with what the transaction has changed: those that are
 * committed and that it has not touched, and its own.
 */
export async function presentKeys(
  table: Relation,
  columns: readonly number[],
  keys: Keys,
  context: StatementContext,
): Promise<ReadonlySet<KeyText>> {
  const found = new Set<KeyText>()
  if (keys.size === 0) return found
  const own = context.transaction?.changed(table)
  const values = lookedUp(keys, columns, table)
  if (own !== undefined)
    for (const row of ownRows(own, table, columns, keys, values)) found.add(keyOf(row, columns)!)
  if (found.size === keys.size || values?.length === 0) return found
  const tells = own === undefined ? [] : tellingColumns(table)
  const read = [...new Set([...columns, ...tells])]
  for await (const chunk of committed(table, columns, values, read, context)) {
    const cells = columns.map(c => chunk.columns[read.indexOf(c)]!)
    for (let at = 0; at < chunk.length; at++) {
      const key = cellKey(cells, at)
      if (key === undefined || !keys.has(key)) continue
      if (own?.touches(placedRow(chunk.columns, read, at)) !== true) found.add(key)
    }
    if (found.size === keys.size) break
  }
  return found
}

/** Rows that have one of the keys, as above. Of what is committed only `needed` columns are there. */
export async function* rowsByKey(
  table: Relation,
  columns: readonly number[],
  keys: Keys,
  needed: readonly number[],
  context: StatementContext,
): AsyncGenerator<Row> {
  if (keys.size === 0) return
  const own = context.transaction?.changed(table)
  const values = lookedUp(keys, columns, table)
  if (own !== undefined) yield* ownRows(own, table, columns, keys, values)
  if (values?.length === 0) return
  const tells = own === undefined ? [] : tellingColumns(table)
  const read = [...new Set([...columns, ...needed, ...tells])]
  for await (const chunk of committed(table, columns, values, read, context)) {
    const cells = columns.map(c => chunk.columns[read.indexOf(c)]!)
    for (let at = 0; at < chunk.length; at++) {
      const key = cellKey(cells, at)
      if (key === undefined || !keys.has(key)) continue
      const row = placedRow(chunk.columns, read, at)
      if (own?.touches(row) === true) continue
      for (let n = chunk.weights[at]!; n > 0; n--) yield row
    }
  }
}

/** Those of the transaction that have one of the keys. */
function* ownRows(
  own: ChangedRows,
  { key: primary }: Relation,
  columns: readonly number[],
  keys: Keys,
  values: readonly Row[] | undefined,
): Generator<Row> {
  if (values !== undefined && isKey(primary, columns)) {
    for (const each of values) {
      const row = own.rowAt(inOrder(primary, columns, each))
      if (row !== undefined) yield row
    }
    return
  }
  for (const row of own.rows) {
    const key = keyOf(row, columns)
    if (key !== undefined && keys.has(key)) yield row
  }
}

/** The keys as values of the columns, without those that no row can have; undefined: they are too many. */
function lookedUp(keys: Keys, columns: readonly number[], table: Relation): readonly Row[] | undefined {
  if (keys.size > LOOKED_UP_MAX) return undefined
  return [...keys.values()].flatMap(key => {
    const values = columns.map((c, i) => asType(key[i]!, table.columns[c]!.type))
    return values.includes(undefined) ? [] : [values as Row]
  })
}

function committed(
  table: Relation,
  columns: readonly number[],
  keys: readonly Row[] | undefined,
  read: readonly number[],
  { runtime, signal }: StatementContext,
): AsyncIterable<Chunk> | Iterable<Chunk> {
  if (keys?.length === 1) {
    const point = keyScan(table, columns, keys[0]!)
    const found = point && runtime.readRow(table.id, point, read)
    if (found !== undefined) return found
  }
  const schema = fieldsOf(table.columns)
  const { id: relation, key, appendOnly } = table
  const scan: Plan = { op: 'scan', relation, schema, key, appendOnly }
  const asked = columns.map(c => schema[c]!)
  const input: Plan =
    keys === undefined
      ? scan
      : {
          op: 'join',
          type: 'semi',
          left: scan,
          right: {
            op: 'values',
            schema: asked,
            rows: keys.map(row => row.map((value, i) => literal(value, asked[i]!.type))),
          },
          leftKeys: columns,
          rightKeys: columns.map((_, i) => i),
          nullSafe: columns.map(() => false),
        }
  const shown: Plan = {
    op: 'project',
    input,
    columns: read.map(c => column(c, schema[c]!.type)),
    names: read.map(c => schema[c]!.name),
  }
  return runtime.query(batchJob(settled(optimize(shown)), settled), signal)
}

/** The read of the one row that has this primary key; undefined: it is none. */
function keyScan({ key }: Relation, columns: readonly number[], values: Row): Scan | undefined {
  return isKey(key, columns) ? { columns: key, equals: inOrder(key, columns, values) } : undefined
}

function isKey(key: readonly number[], columns: readonly number[]): boolean {
  return key.length > 0 && key.length === columns.length && key.every(k => columns.includes(k))
}

/** Values of the columns in the order of the key's. */
function inOrder(key: readonly number[], columns: readonly number[], values: Row): Row {
  return key.map(k => values[columns.indexOf(k)]!)
}

/** All of a table's columns. */
export function everyPosition({ columns }: Pick<Relation, 'columns'>): readonly number[] {
  return columns.map((_, i) => i)
}
