import { bindScalar } from '../../planner/bind/scalar.ts'
import type { ColumnDef, Relation } from '../../planner/catalog.ts'
import type { WatermarkSyntax } from '../../planner/parse/index.ts'
import { isBounded } from '../../storage/row-bounds.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { plainName } from '../../types/sql-text.ts'
import { sameType } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { isOn } from '../session/setting-checks.ts'
import { bindContext } from './bind.ts'
import type { Alteration } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import { changeOf } from './jobs.ts'
import { sqlWithWatermark } from './statement-text.ts'

type Watermark = NonNullable<Relation['watermarks']>[number]

/** WATERMARK FOR column AS expression [WITH TTL], over the relation's columns. */
export function watermarkOf(
  { column: name, expression: fragment, ttl }: WatermarkSyntax,
  columns: readonly ColumnDef[],
  context: StatementContext,
): Watermark {
  const { node, text } = fragment
  const column = columns.findIndex(c => c.name === name && c.dropped !== true)
  if (column === -1) throw new SqlError('undefined_column', `column "${name}" of WATERMARK does not exist`)
  const { type } = columns[column]!
  if (!isBounded(type))
    throw new SqlError(
      'datatype_mismatch',
      `WATERMARK is for columns of whole numbers and times, not ${typeName(type)}`,
    )
  const expression = bindScalar(node, columns, bindContext(context, fragment, 'stream'))
  if (!sameType(expression.type, type))
    throw new SqlError(
      'datatype_mismatch',
      `the return value type of the watermark expression must be ${typeName(type)}, as column "${name}", not ${typeName(expression.type)}`,
    )
  return { column, expression, sql: text, ...(ttl && { ttl }) }
}

/** The expression alone changes; the watermark itself stays where it is and never falls, and so do the rows. */
export function changeWatermark(
  table: Relation,
  syntax: WatermarkSyntax,
  context: StatementContext,
): Alteration {
  const [present] = table.watermarks ?? []
  if (present === undefined || (table.kind !== 'table' && table.kind !== 'source'))
    throw new SqlError('invalid_table_definition', `"${table.name}" has no watermark`)
  if (table.options['connector'] !== undefined)
    throw notSupported('ALTER WATERMARK of a relation with a connector')
  const next = watermarkOf(syntax, table.columns, context)
  if (next.column !== present.column)
    throw new SqlError('invalid_table_definition', `no watermark defined on column "${syntax.column}"`)
  if (next.ttl !== present.ttl)
    throw new SqlError('invalid_table_definition', 'toggling WITH TTL of a watermark is not supported')
  const nodes = table.job!.nodes.map(node =>
    node.spec.kind === 'watermark' ? { ...node, spec: { ...node.spec, expression: next.expression } } : node,
  )
  const changed = { ...table, watermarks: [next], job: { ...table.job!, nodes } }
  const text = `WATERMARK FOR ${plainName(syntax.column)} AS ${next.sql}${next.ttl ? ' WITH TTL' : ''}`
  const catalog = context.catalogs.current.with({ ...changed, sql: sqlWithWatermark(table.sql, text) })
  return { catalog, command: { revise: [changeOf(changed, catalog)!] } }
}

const RETENTION = 'Defining retention seconds on table requires the table to be append only.'

/** Throws where rows of the relation cannot expire as it says. */
export function checkExpiry(
  relation: Pick<Relation, 'kind' | 'options' | 'watermarks' | 'appendOnly'>,
  context: StatementContext,
): void {
  const { kind, options, watermarks = [], appendOnly } = relation
  if (watermarks.length > 1) throw notSupported('several watermarks of a relation')
  const ttl = watermarks.some(watermark => watermark.ttl === true)
  if (kind === 'source' && ttl)
    throw new SqlError('invalid_table_definition', 'WITH TTL is only for the watermark of a table')
  if (watermarks.length > 0 && kind === 'table' && !appendOnly && !ttl)
    throw notSupported('a watermark without TTL of a table that is not APPEND ONLY')
  const seconds = options['retention_seconds']
  if (seconds === undefined || kind !== 'table') return
  if (!/^[1-9]\d{0,8}$/.test(seconds))
    throw new SqlError('invalid_parameter_value', `invalid retention_seconds: "${seconds}"`)
  if (ttl) throw notSupported('retention_seconds beside a watermark WITH TTL')
  const unsafe = context.session.settings.get('unsafe_enable_storage_retention_for_non_append_only_tables')
  if (!appendOnly && !isOn(unsafe)) throw new SqlError('invalid_table_definition', RETENTION)
}
