import { bindScalar } from '../../planner/bind/scalar.ts'
import {
  type ColumnDef,
  type IndexDef,
  type IndexKey,
  type Relation,
  shownPositions,
} from '../../planner/catalog.ts'
import { expiryOf } from '../../planner/expiry.ts'
import { column } from '../../planner/expressions.ts'
import type { Fragment, Name } from '../../planner/parse/index.ts'
import { refuseVariantsInKey } from '../../planner/variant-keys.ts'
import { SqlError } from '../../types/error.ts'
import type { Job, OperatorSpec } from '../../types/job.ts'
import { toJson } from '../../types/json.ts'
import { fieldsOf } from '../../types/type.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { backfillPace } from './backfill-pace.ts'
import { bindContext, requireRelation, targetSchema } from './bind.ts'
import type { Result, StatementContext } from './contract.ts'
import { createRelation, firstNode, materialized, nodeAfter, type StatementOf } from './create.ts'
import { tellingColumns } from './row-id-column.ts'
import { keepUnique, requireUniqueable } from './unique-index.ts'
import { checkVectorIndex } from './vector-index.ts'
import { whenAllowed } from './while-allowed.ts'

type Syntax = StatementOf<'create index'>

/**
 * CREATE INDEX: a relation of the keys and the columns included, kept as a view is, whose rows are found by the keys. It is
 * in the schema of the relation it is on.
 */
export async function createIndex(
  statement: Syntax,
  sql: string,
  context: StatementContext,
): Promise<Result> {
  const on = requireRelation(context, statement.on)
  requireOwner(rightsOf(context.session, context.catalogs.current), on.kind, on)
  if (on.kind !== 'table' && on.kind !== 'materialized view')
    throw new SqlError('wrong_object_type', `cannot create index on relation "${on.name}"`, {
      detail: `This operation is not supported for ${on.kind === 'index' ? 'indexes' : `${on.kind}s`}.`,
      position: statement.on.position,
    })
  await whenAllowed([on.id], 'share', context)
  const name: Name = statement.name ?? {
    name: freeName(statement, on, context),
    schema: undefined,
    position: 0,
  }
  const target = { ...name, schema: on.schema }
  const { unique } = statement
  if (unique !== undefined) requireUniqueable(on, statement, context)
  const { nextId } = context.catalogs.current
  const result = await createRelation(context, target, statement.ifNotExists, 'CREATE INDEX', id => {
    const uses = new Set<number>()
    const index = definition(statement, on, context, uses)
    if (statement.vector !== undefined) checkVectorIndex(statement.vector, on, index.keys)
    const columns = ownColumns(index, on, statement.include)
    const held = [...index.columns, ...index.include]
    const key = rowKey(on).map(k => held.indexOf(k))
    const job = indexJob(id, on, index, columns, key)
    const pace = backfillPace({}, job, context)
    return {
      ...(pace && { pace }),
      kind: 'index',
      sql,
      columns,
      key,
      declaredKey: false,
      appendOnly: on.appendOnly,
      options: {},
      dependsOn: [on.id, ...uses],
      index,
      job,
    }
  })
  const made = context.catalogs.current.byName(on.database, on.schema, target.name)
  const isNew = made !== undefined && made.id >= nextId && context.explained !== true
  if (unique !== undefined && isNew) await keepUnique(made, unique.nullsNotDistinct, context)
  return result
}

function definition(statement: Syntax, on: Relation, context: StatementContext, uses: Set<number>): IndexDef {
  const bind = (fragment: Fragment) => {
    const shown = fieldsOf(on.columns)
    return bindScalar(fragment.node, shown, bindContext(context, fragment, 'stream'), uses)
  }
  const keys: IndexKey[] = []
  for (const { expression, descending, nullsFirst } of statement.keys) {
    const bound = bind(expression)
    if (keys.some(key => toJson(key.expression) === toJson(bound))) continue
    keys.push({
      sql: expression.text,
      expression: bound,
      order: { column: keys.length, descending, nullsFirst },
    })
  }
  refuseVariantsInKey(
    keys.map((_, i) => i),
    keys.map(key => ({ name: key.sql, type: key.expression.type })),
  )
  const columns = keys.map(({ expression }) => (expression.kind === 'column' ? expression.index : -1))
  const prefix = statement.distributedBy.map(fragment => toJson(bind(fragment)))
  if (prefix.some((text, i) => keys[i] === undefined || toJson(keys[i].expression) !== text))
    throw new SqlError(
      'invalid_parameter_value',
      'Distributed by columns should be a prefix of index columns',
    )
  const wanted = statement.include?.map(name => columnAt(on, name)) ?? shownPositions(on)
  // A row of the index can be told from others by the key of the relation.
  const include = [...new Set([...wanted, ...rowKey(on)])].filter(i => !columns.includes(i))
  return { on: on.id, columns, include, keys, distributedBy: prefix.length || 1 }
}

/** What tells rows apart that may change; rows of an append-only table do not. */
function rowKey(on: Relation): readonly number[] {
  return on.appendOnly ? on.key : tellingColumns(on)
}

function columnAt(on: Relation, name: string): number {
  const found = on.columns.findIndex(column => column.name === name)
  if (found !== -1) return found
  throw new SqlError('undefined_column', `column "${name}" does not exist`)
}

/** Columns that are there for the key alone are hidden. */
function ownColumns(
  { keys, columns, include }: IndexDef,
  on: Relation,
  named: readonly string[] | undefined,
): ColumnDef[] {
  let unnamed = 0
  const of = (i: number): ColumnDef => ({
    name: on.columns[i]!.name,
    type: on.columns[i]!.type,
    notNull: false,
  })
  return [
    ...columns.map((at, i): ColumnDef => {
      if (at !== -1) return of(at)
      const name = unnamed++ === 0 ? 'expr' : `expr${unnamed - 1}`
      return { name, type: keys[i]!.expression.type, notNull: false }
    }),
    ...include.map((i): ColumnDef => {
      const column = of(i)
      const shown = on.columns[i]!.hidden !== true && (named === undefined || named.includes(column.name))
      return shown ? column : { ...column, hidden: true }
    }),
  ]
}

function indexJob(
  relation: number,
  on: Relation,
  index: IndexDef,
  columns: readonly ColumnDef[],
  key: readonly number[],
): Job {
  const upstream = fieldsOf(on.columns)
  const schema = fieldsOf(columns)
  const include = index.include.map(i => column(i, upstream[i]!.type))
  const input = firstNode('input', on.id, upstream)
  const project: OperatorSpec = {
    kind: 'project',
    columns: [...index.keys.map(k => k.expression), ...include],
  }
  const nodes = [input, nodeAfter([input], input, project, schema, 'any')]
  const expires = expiryOf(on) !== undefined
  const { spec, shard } = materialized(relation, schema, key, on.appendOnly && !expires)
  const ordered = { ...spec, order: index.keys.map(k => k.order) }
  nodes.push(nodeAfter(nodes, nodes.at(-1)!, ordered, schema, shard))
  return { relation, nodes }
}

/** PostgreSQL's: relation_column_idx, and a number when it is taken. */
function freeName({ keys, on: { schema } }: Syntax, on: Relation, context: StatementContext): string {
  targetSchema(context, { name: on.name, schema: schema ?? on.schema, position: 0 })
  const words = keys.map(({ expression }) => (/^\w+$/.test(expression.text) ? expression.text : 'expr'))
  const base = [on.name, ...words, 'idx'].join('_')
  const { current } = context.catalogs
  for (let i = 0; ; i++) {
    const name = i === 0 ? base : `${base}${i}`
    if (current.byName(on.database, on.schema, name) === undefined) return name
  }
}
