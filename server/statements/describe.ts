import { type Catalog, type ColumnDef, type Relation, ROW_TIME_COLUMN } from '../../planner/catalog.ts'
import { SqlError } from '../../types/error.ts'
import { ROW_ID_COLUMN } from '../../types/row-id.ts'
import { quoteIdent } from '../../types/sql-text.ts'
import { TIMESTAMPTZ, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import type { Value } from '../../types/value.ts'
import { findByName, requireRelation } from './bind.ts'
import type { Prepared, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { indexText } from './index-words.ts'
import { isRowId, tellingColumns } from './row-id-column.ts'
import { rowsOf } from './rows-of.ts'

/** DESCRIBE relation and SHOW COLUMNS FROM relation. */
export function prepareDescribe(
  statement: StatementOf<'show' | 'describe'>,
  context: StatementContext,
): Prepared {
  return rowsOf(['Name', 'Type', 'Is Hidden', 'Description'], () => {
    const name = statement.name
    if (name === undefined) throw new SqlError('syntax_error', 'SHOW COLUMNS needs FROM and a relation')
    const system = findByName(context, name)
      ? undefined
      : context.systemRelation(name.schema ?? 'pg_catalog', name.name)
    if (system !== undefined) {
      const columns = system.columns.map(c => [c.name, typeName(c.type), 'false', null])
      return statement.kind === 'describe' ? [...columns, described(system.name, null)] : columns
    }
    const relation = requireRelation(context, name)
    const columns: Value[][] = [
      ...columnsOf(relation).flatMap(c => [
        [c.name, wordOf(c.type), String(c.hidden ?? false), c.comment ?? null],
        ...partsOf(c.name, c.type),
      ]),
      ...sinkRowIds(relation, context.catalogs.current).map(id => [`"${id}"`, 'serial', 'true', null]),
    ]
    return statement.kind === 'describe' ? [...columns, ...facts(relation, context)] : columns
  })
}

/** Hidden ones last. */
function columnsOf(relation: Relation): readonly ColumnDef[] {
  const { columns, kind, appendOnly } = relation
  const kept = kind === 'table' || kind === 'materialized view'
  const timed = kept && (appendOnly || tellingColumns(relation).length > 0)
  const shown = columns.filter(c => c.hidden !== true)
  const hidden = columns.filter(c => c.hidden === true && c.dropped !== true)
  const time: ColumnDef = { name: ROW_TIME_COLUMN, type: TIMESTAMPTZ, notNull: false, hidden: true }
  return [...shown, ...hidden, ...(timed ? [time] : [])]
}

function wordOf(type: Type): string {
  if (type.user === undefined && type.name === 'struct') return 'struct'
  return type.name === 'array' && type.element!.name === 'struct' ? 'struct[]' : typeName(type)
}

/** A line for each field inside, as RisingWave shows them. */
function partsOf(path: string, type: Type): Value[][] {
  const line = (name: string, of: Type): Value[][] => [
    [name, wordOf(of), 'false', null],
    ...partsOf(name, of),
  ]
  if (type.name === 'array' && type.element!.name === 'struct') return line(`${path}[1]`, type.element!)
  if (type.name !== 'struct') return []
  return type.fields!.flatMap(field => line(`${path}.${quoteIdent(field.name)}`, field.type))
}

/** What DESCRIBE tells besides the columns. */
function facts(relation: Relation, { catalogs }: StatementContext): Value[][] {
  if (relation.kind === 'sink') return sinkFacts(relation, catalogs.current)
  const unique = tellingColumns(relation)
  const key = unique.map(i => relation.columns[i]!.name).join(', ')
  const keyed = unique.length > 0 && (relation.kind === 'table' || relation.kind === 'materialized view')
  const indexes = catalogs.current.relations.filter(r => r.index?.on === relation.id)
  return [
    ...(keyed
      ? [
          ['primary key', key, null, null],
          ['distribution key', key, null, null],
        ]
      : []),
    ...indexes.map(index => [index.name, indexText(index, relation), null, null]),
    described(relation.name, relation.comment ?? null),
  ]
}

function sinkFacts(sink: Relation, catalog: Catalog): Value[][] {
  const key = sink.key.map(i => sink.columns[i]!.name).join(', ')
  const spread = sinkRowIds(sink, catalog).join(', ') || key
  const target = sink.into === undefined ? undefined : catalog.byId(sink.into)
  return [
    ...(sink.declaredKey ? [['primary key', key, null, null]] : []),
    ...(spread === '' ? [] : [['distribution key', spread, null, null]]),
    described(sink.name, sink.comment ?? null),
    ...(target === undefined ? [] : [['target table name', target.name, null, null]]),
  ]
}

/** Row numbers, as RisingWave names them, that tell a sink's rows apart where each is a row of a table without a key. */
function sinkRowIds({ kind, job }: Relation, catalog: Catalog): readonly string[] {
  if (kind !== 'sink' || job === undefined) return []
  const kept = ['input', 'project', 'filter', 'sink']
  if (job.nodes.some(node => !kept.includes(node.spec.kind))) return []
  return job.nodes.flatMap(({ spec }) => {
    const table = spec.kind === 'input' ? catalog.byId(spec.relation) : undefined
    return table?.columns.some(isRowId) === true ? [`${table.name}.${ROW_ID_COLUMN}`] : []
  })
}

function described(name: string, comment: string | null): Value[] {
  return ['table description', name, null, comment]
}
