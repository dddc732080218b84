import { canReshape, losesFields } from '../../executor/functions/reshape.ts'
import type { ColumnDef, IndexDef, Relation } from '../../planner/catalog.ts'
import { columnsOf, everyColumn } from '../../planner/expressions.ts'
import { jobOverRetyped, overRetyped, type Retyped, reshaped } from '../../planner/reshape.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { fieldsOf, type Type } from '../../types/type.ts'
import type { Alteration } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import { changeOf } from './jobs.ts'
import { rewritten } from './rewritten-table.ts'

/** Fields of structs come and go, also inside arrays and maps. */
export function isComposite(from: Type, to: Type): boolean {
  const holdsStruct = (type: Type): boolean =>
    type.name === 'struct' || (type.element !== undefined && holdsStruct(type.element))
  return from.name === to.name && (from.name === 'map' || (holdsStruct(from) && holdsStruct(to)))
}

/** Every row is written again; those who read the column see it as one of the type that it had when they were made. */
export function changeComposite(
  table: Relation,
  at: number,
  target: ColumnDef,
  context: StatementContext,
): Alteration {
  const { type: from, name } = table.columns[at]!
  const { type } = target
  if (!canReshape(from, type))
    throw new SqlError('datatype_mismatch', `column "${name}" cannot be changed to this type`, {
      detail: 'Fields of a struct can be added and dropped; their types stay.',
    })
  const stored = table.columns.flatMap((c, i) => (c.generated === undefined ? [i] : []))
  if (table.columns.some(c => c.generated && [...columnsOf(c.generated)].some(of => stored[of] === at)))
    throw notSupported('ALTER COLUMN TYPE of a column that a generated column reads')
  const readers = context.catalogs.current.relations.filter(
    r => r.job !== undefined && r.dependsOn.includes(table.id),
  )
  const keeps = readers.length > 0 && losesFields(from, type)
  if (keeps && table.conflict === 'update-if-not-null')
    throw notSupported('dropping a field that is read of a table ON CONFLICT DO UPDATE IF NOT NULL')
  const old = everyColumn(table.columns)
  const values = [...old.with(at, reshaped(old[at]!, type)), ...(keeps ? [old[at]!] : [])]
  const columns = [...table.columns.with(at, target), ...(keeps ? [beforeOf(table, at)] : [])]
  const { catalog, command } = rewritten(table, { ...table, columns }, values, context)
  const to = { at, type, ...(keeps && { before: table.columns.length }) }
  const schema = fieldsOf(columns)
  let next = catalog
  for (const { id } of readers) {
    const reader = catalog.byId(id)!
    const job = jobOverRetyped(reader.job!, table.id, schema, to)
    const index = reader.index && indexOverRetyped(reader.index, to)
    next = next.with({ ...reader, job, ...(index && { index }) })
  }
  const revise = readers.flatMap(({ id }) => changeOf(next.byId(id)!, next) ?? [])
  return { catalog: next, command: { ...command, revise } }
}

/** What rows had in the column before: those who read it go on to see it of the rows that are there. */
function beforeOf({ columns }: Relation, at: number): ColumnDef {
  const { type } = columns[at]!
  const name = `........weir.before.${columns.length + 1}........`
  return { name, type, notNull: false, hidden: true, dropped: true }
}

/** What it holds of the column is no longer what the column is. */
function indexOverRetyped(index: IndexDef, to: Retyped): IndexDef {
  const gone = (of: number): number => (of === to.at ? -1 : of)
  const keys = index.keys.map(key => ({ ...key, expression: overRetyped(key.expression, to) }))
  return { ...index, keys, columns: index.columns.map(gone), include: index.include.map(gone) }
}
