import { compileProjection } from '../../executor/expression/compile.ts'
import type { Relation } from '../../planner/catalog.ts'
import type { Reference, ReferentialAction } from '../../planner/constraint-def.ts'
import { defaultOf, generate } from '../../planner/dml/columns.ts'
import { defaultValue } from '../../planner/domain.ts'
import { everyColumn } from '../../planner/expressions.ts'
import { withLiterals } from '../../planner/query.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { SqlError } from '../../types/error.ts'
import { fieldsOf } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { holdRows } from '../statements/hold-rows.ts'
import type { Changed, Replaced } from '../statements/write-effects.ts'
import type { Keeping } from './keep-references.ts'
import { asType, type KeyText, keyOf, type Row } from './key-values.ts'
import { everyPosition, type Keys, rowsByKey } from './rows-by-key.ts'

/** What keys have become, by those that they were. */
export type NewKeys = ReadonlyMap<KeyText, Row>

interface Asked {
  readonly event: 'delete' | 'update'
  readonly action: Exclude<ReferentialAction, 'no action' | 'restrict'>
  readonly gone: Keys
  readonly becomes: NewKeys
}

/** What becomes of the rows that refer to keys which are gone; undefined: there are none. */
export async function takeAction(
  { child, key }: Reference<Relation>,
  asked: Asked,
  context: Keeping,
): Promise<Changed | undefined> {
  const rows: Row[] = []
  for await (const row of rowsByKey(child, key.columns, asked.gone, everyPosition(child), context))
    rows.push(row)
  if (rows.length === 0) return undefined
  const references = context.catalogs.current.referencesTo(child.id)
  const types = child.columns.map(({ type }) => type)
  const gone = rows.map(() => -1)
  if (asked.event === 'delete' && asked.action === 'cascade')
    return { table: child, changes: [chunkOf(types, rows, gone)], removed: rows, references }
  const sets = asked.event === 'delete' ? (key.deleteSets ?? key.columns) : key.columns
  const next = rows.map(row => changedRow(row, sets, { child, key }, asked))
  const after = settledRows(child, asked.action === 'set default' ? sets : [], next, context)
  await holdRows(child, chunkOf(types, after), { added: after, removed: rows }, context)
  const replaced: Replaced[] = rows.map((before, i) => ({ before, after: after[i]! }))
  const weights = [...gone, ...after.map(() => 1)]
  return { table: child, changes: [chunkOf(types, [...rows, ...after], weights)], replaced, references }
}

function changedRow(
  row: Row,
  sets: readonly number[],
  { child, key }: Reference<Relation>,
  { action, becomes }: Asked,
): Row {
  const now = action === 'cascade' ? becomes.get(keyOf(row, key.columns)!)! : []
  return row.map((value, c) => {
    const at = sets.includes(c) ? key.columns.indexOf(c) : -1
    if (at === -1) return value
    const next = now[at] ?? null
    if (next === null) return null
    const { type } = child.columns[c]!
    const fits = asType(next, type)
    if (fits !== undefined) return fits
    throw new SqlError('numeric_value_out_of_range', `${typeName(type)} out of range`)
  })
}

/** The rows with the defaults of these columns, and with what is generated from others. */
function settledRows(
  table: Relation,
  defaults: readonly number[],
  rows: readonly Row[],
  { catalogs, session, now }: Keeping,
): readonly Row[] {
  if (defaults.length === 0 && table.columns.every(({ generated }) => generated === undefined)) return rows
  const plain = everyColumn(table.columns).map((value, i) => {
    const column = table.columns[i]!
    if (!defaults.includes(i)) return value
    return defaultOf(defaultValue(column, catalogs.current), column.type, { session: session.number })
  })
  const nowMicros = now()
  const schema = fieldsOf(table.columns)
  const values = generate(table, plain).map(value => withLiterals(value, [], nowMicros))
  const run = compileProjection(values, schema, {
    mode: 'batch',
    onError(error): never {
      throw error
    },
  })
  const { columns } = run(
    chunkOf(
      schema.map(({ type }) => type),
      rows,
    ),
  )!
  return rows.map((_, at) => columns.map(column => cellValue(column, at)))
}
