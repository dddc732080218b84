import { neededColumns } from '../../executor/needed-columns.ts'
import type { Relation } from '../../planner/catalog.ts'
import { columnsOf } from '../../planner/expressions.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { StatementContext } from './contract.ts'
import { viewHolds } from './view-holds.ts'

/** Tables whose rows come from statements alone, and that no sink writes into, may change their columns. */
export function requirePlainTable(
  table: Relation,
  what: string,
  { catalogs, runtime }: StatementContext,
  sinks = false,
): void {
  const { name, id } = table
  if (table.kind !== 'table') throw new SqlError('wrong_object_type', `"${name}" is not a table`)
  if (table.options['connector'] !== undefined) throw notSupported(`${what} of a table with a connector`)
  if (!sinks && catalogs.current.relations.some(r => r.into === id))
    throw new SqlError(
      'feature_not_supported',
      what === 'DROP COLUMN'
        ? 'dropping columns in target table of sinks is not supported'
        : `${what} of a table that a sink writes into is not supported yet`,
    )
  if (table.watermarks !== undefined) throw notSupported(`${what} of a table with a watermark`)
  const readers = new Set(catalogs.current.relations.filter(r => r.dependsOn.includes(id)).map(r => r.id))
  const busy = runtime.progress().find(job => job.state === 'backfilling' && readers.has(job.relation))
  if (busy !== undefined)
    throw new SqlError('object_in_use', `"${name}" is being read by a view that is not complete yet`, {
      hint: 'Try again when SHOW JOBS does not name it any more.',
    })
}

/** Position of a column. Throws 42703. */
export function requireColumn(relation: Relation, name: string): number {
  const at = relation.columns.findIndex(c => c.name === name && c.dropped !== true)
  if (at !== -1) return at
  throw new SqlError('undefined_column', `column "${name}" of relation "${relation.name}" does not exist`)
}

/** Throws 2BP01 when a generated column, a view, an index or a sink reads the column; `next` is the table without it. */
export function requireUnused(
  next: Relation,
  table: Relation,
  at: number,
  context: StatementContext,
  verb = 'drop',
): void {
  const { name } = table.columns[at]!
  const plain = table.columns.flatMap((c, i) => (c.generated === undefined ? [i] : []))
  const generated = table.columns.find(
    (c, i) => i !== at && c.generated && [...columnsOf(c.generated)].some(of => plain[of] === at),
  )
  const without = context.catalogs.current.with(next)
  const reader = context.catalogs.current.relations.find(
    r =>
      r.dependsOn.includes(table.id) &&
      (r.kind === 'view' ? !viewHolds(r, without, context) : readsColumn(r, table, at)),
  )
  const user =
    generated === undefined ? reader && `${reader.kind} ${reader.name}` : `column ${generated.name}`
  if (user === undefined) return
  throw new SqlError(
    'dependent_objects_still_exist',
    `cannot ${verb} column ${name} of table ${table.name} because other objects depend on it`,
    { detail: `${user} depends on column ${name} of table ${table.name}` },
  )
}

function readsColumn({ job }: Relation, table: Relation, at: number): boolean {
  return (job?.nodes ?? []).some(node => {
    if (node.spec.kind !== 'input' || node.spec.relation !== table.id) return false
    // A column that came later is not among those it reads.
    if (at >= node.schema.length) return false
    return neededColumns(job!, node)?.includes(at) ?? true
  })
}
