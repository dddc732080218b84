import { realHost } from '../../executor/host.ts'
import type { Relation } from '../../planner/catalog.ts'
import { limited } from '../../planner/coerce.ts'
import type { StreamPlan } from '../../planner/contract.ts'
import { bindQuery, planStream } from '../../planner/query.ts'
import type { FormatSpec } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { GraphNode, OperatorSpec } from '../../types/job.ts'
import { type Schema, sameType } from '../../types/type.ts'
import { bindContext, requireRelation } from './bind.ts'
import { checkOptions } from './connector-options.ts'
import type { Result, StatementContext } from './contract.ts'
import { createRelation, nodeAfter, queryColumns, type StatementOf, streamJob, takenName } from './create.ts'

interface Input {
  readonly plan: StreamPlan
  readonly dependsOn: readonly number[]
}

/** CREATE SINK: the changes of a relation or a query, delivered outside or into a table. */
export async function createSink(
  statement: StatementOf<'create sink'>,
  sql: string,
  context: StatementContext,
): Promise<Result> {
  const { name, into, options } = statement
  const taken = takenName(context, name, statement.ifNotExists, 'CREATE SINK')
  if (taken !== undefined) return taken
  checkSnapshot(statement)
  const input =
    statement.from === undefined ? queryInput(statement, context) : relationInput(statement, context)
  const { schema } = input.plan
  const columns = queryColumns(schema)
  const target = into === undefined ? undefined : requireRelation(context, into)
  if (target !== undefined) checkTarget(input, target, context)
  const format = statement.format ?? legacyFormat(options)
  const key = sinkKey(options['primary_key'], schema, input.plan.key, format.format)
  const connector = target === undefined ? context.connectors.get(options['connector'] ?? '') : undefined
  if (target === undefined) {
    if (connector?.sink === undefined)
      throw new SqlError(
        'invalid_parameter_value',
        `unknown sink connector "${options['connector'] ?? ''}"`,
        {
          hint: `Known connectors: ${[...context.connectors.values()]
            .filter(c => c.sink)
            .map(c => c.name)
            .join(', ')}.`,
        },
      )
    checkOptions(connector, options)
    const { appendOnly } = input.plan
    const made = connector.sink(options, {
      id: 'validation',
      schema,
      key,
      appendOnly,
      format,
      host: realHost(),
    })
    await made.validate()
  }
  return createRelation(context, name, statement.ifNotExists, 'CREATE SINK', id => {
    const terminal = { kind: 'sink', relation: id, schema, key } as const
    return {
      kind: 'sink',
      sql,
      columns,
      key,
      declaredKey: options['primary_key'] !== undefined,
      appendOnly: input.plan.appendOnly,
      options,
      format,
      dependsOn: input.dependsOn,
      ...(target !== undefined && { into: target.id }),
      job: streamJob(id, fitted(input.plan, target), terminal, key.length > 0 ? [key] : 'one'),
    }
  })
}

/** Without the rows that are there a query's retractions would be of rows never sent. */
function checkSnapshot({ options, from }: StatementOf<'create sink'>): void {
  const { snapshot } = options
  if (snapshot === undefined || snapshot === 'true') return
  if (snapshot !== 'false')
    throw new SqlError('invalid_parameter_value', `invalid value for option "snapshot": "${snapshot}"`, {
      hint: 'Use true or false.',
    })
  if (from === undefined)
    throw new SqlError(
      'invalid_parameter_value',
      '`snapshot = false` only support `CREATE SINK FROM MV or TABLE`',
    )
}

/** The plan whose values are limited as the columns of the target are. */
function fitted(plan: StreamPlan, target: Relation | undefined): StreamPlan {
  const modifiers = target?.columns.map(column => column.modifier) ?? []
  if (modifiers.every(modifier => modifier === undefined)) return plan
  const columns = plan.schema.map(({ type }, index) =>
    limited({ kind: 'column', index, type }, modifiers[index], false),
  )
  const { nodes, schema } = plan
  return {
    ...plan,
    nodes: [...nodes, nodeAfter(nodes, nodes.at(-1)!, { kind: 'project', columns }, schema, 'any')],
  }
}

function queryInput(statement: StatementOf<'create sink'>, context: StatementContext): Input {
  const query = statement.query!
  const bound = bindQuery(query.node, bindContext(context, query, 'stream'))
  return { plan: planStream(bound), dependsOn: bound.dependsOn }
}

function relationInput(statement: StatementOf<'create sink'>, context: StatementContext): Input {
  const relation = requireRelation(context, statement.from!)
  if (relation.kind === 'view' || relation.kind === 'sink' || relation.kind === 'index')
    throw new SqlError('wrong_object_type', `cannot create a sink from ${relation.kind} "${relation.name}"`)
  const schema = relation.columns.map(({ name, type }) => ({ name, type }))
  const node: GraphNode = {
    id: 1,
    spec: { kind: 'input', relation: relation.id, schema },
    inputs: [],
    schema,
    shard: 'any',
    fragment: 0,
  }
  const plan = visible(relation, {
    nodes: [node],
    schema,
    key: relation.key,
    appendOnly: relation.appendOnly,
  })
  return { plan, dependsOn: [relation.id] }
}

/** The plan without hidden columns; a key among them is none. */
function visible({ columns }: Relation, plan: StreamPlan): StreamPlan {
  const shown = columns.flatMap((column, i) => (column.hidden === true ? [] : [i]))
  if (shown.length === columns.length) return plan
  const { nodes, key, appendOnly } = plan
  const schema = shown.map(i => plan.schema[i]!)
  const project: OperatorSpec = {
    kind: 'project',
    columns: shown.map(index => ({ kind: 'column', index, type: columns[index]!.type })),
  }
  const at = key.map(k => shown.indexOf(k))
  return {
    nodes: [...nodes, nodeAfter(nodes, nodes.at(-1)!, project, schema, 'any')],
    schema,
    key: at.includes(-1) ? [] : at,
    appendOnly,
  }
}

/** RisingWave's `type = 'append-only' | 'upsert' | 'debezium'` without a FORMAT clause. */
function legacyFormat(options: Readonly<Record<string, string>>): FormatSpec {
  const type = options['type'] ?? 'append-only'
  const format = { 'append-only': 'plain', upsert: 'upsert', debezium: 'debezium' }[type]
  if (format === undefined) throw notSupported(`sink type '${type}'`)
  return { format, encode: 'json', options: {} }
}

function sinkKey(
  declared: string | undefined,
  schema: Schema,
  proved: readonly number[],
  format: string,
): number[] {
  if (declared === undefined) {
    if (format === 'upsert' && proved.length === 0)
      throw new SqlError('invalid_parameter_value', 'an upsert sink needs a key', {
        hint: "WITH (…, primary_key = 'column, …')",
      })
    return [...proved]
  }
  return declared.split(',').map(word => {
    const found = schema.findIndex(field => field.name === word.trim())
    if (found === -1)
      throw new SqlError('undefined_column', `column "${word.trim()}" of primary_key does not exist`)
    return found
  })
}

/** A table takes a sink's rows when it can hold each of them and every retraction, and does not feed the sink itself. */
function checkTarget({ plan, dependsOn }: Input, target: Relation, context: StatementContext): void {
  const { name, columns } = target
  if (target.kind !== 'table')
    throw new SqlError('wrong_object_type', `cannot sink into ${target.kind} "${name}"`)
  const { schema } = plan
  const fits =
    schema.length === columns.length && schema.every((field, i) => sameType(field.type, columns[i]!.type))
  if (!fits)
    throw new SqlError('datatype_mismatch', `columns of the sink do not match those of table "${name}"`)
  if (columns.some(column => column.generated !== undefined))
    throw notSupported('a sink into a table with generated columns')
  if (target.appendOnly && !plan.appendOnly)
    throw new SqlError('wrong_object_type', `the query retracts rows and table "${name}" is append-only`)
  const nullable = columns.some((column, i) => column.notNull && !target.key.includes(i))
  if (nullable) throw notSupported('a sink into a table with NOT NULL columns')
  const seen = new Set<number>()
  const upstream = (id: number): void => {
    if (id === target.id)
      throw new SqlError('invalid_recursion', `the sink would read what it writes into table "${name}"`)
    if (seen.has(id)) return
    seen.add(id)
    const { current } = context.catalogs
    for (const before of current.byId(id)?.dependsOn ?? []) upstream(before)
    for (const sink of current.relations) if (sink.into === id) upstream(sink.id)
  }
  for (const id of dependsOn) upstream(id)
}
