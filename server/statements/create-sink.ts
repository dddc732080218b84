import { realHost } from '../../executor/host.ts'
import type { Privilege } from '../../planner/access.ts'
import { type Relation, shownPositions } from '../../planner/catalog.ts'
import type { StreamPlan } from '../../planner/contract.ts'
import { column } from '../../planner/expressions.ts'
import { bindQuery, planStream } from '../../planner/query.ts'
import { closeWindows } from '../../planner/window-close.ts'
import type { FormatSpec } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { OperatorSpec } from '../../types/job.ts'
import { fieldsOf, type Schema } from '../../types/type.ts'
import { requireRelationRight, rightsOf } from '../access/rights.ts'
import { backfillPace, rateOf } from './backfill-pace.ts'
import { bindContext, requireRelation } from './bind.ts'
import { checkIntoOptions, checkOptions } from './connector-options.ts'
import type { Result, StatementContext } from './contract.ts'
import {
  createRelation,
  firstNode,
  nodeAfter,
  queryColumns,
  type StatementOf,
  shardOf,
  streamJob,
  takenName,
} from './create.ts'
import { optionsWithSecrets } from './secret.ts'
import { type SinkInput as Input, intoTable } from './sink-target.ts'

/** CREATE SINK: the changes of a relation or a query, delivered outside or into a table. */
export async function createSink(
  statement: StatementOf<'create sink'>,
  sql: string,
  context: StatementContext,
): Promise<Result> {
  const { name, into } = statement
  const { shown, whole: options, secrets } = optionsWithSecrets(statement.options, context)
  const taken = takenName(context, name, statement.ifNotExists, 'CREATE SINK')
  if (taken !== undefined) return taken
  const read =
    statement.from === undefined ? queryInput(statement, context) : relationInput(statement, context)
  checkSnapshot(options, read.plan)
  checkAppendOnly(options, read.plan)
  const dropping = options['force_append_only'] === 'true' || options['ignore_delete'] === 'true'
  const forced = into !== undefined && dropping && !read.plan.appendOnly
  const input = forced ? { ...read, plan: insertionsOf(read.plan) } : read
  const target = into === undefined ? undefined : requireRelation(context, into)
  if (target !== undefined) {
    authorize(context, target, 'insert')
    checkIntoOptions(statement)
  }
  const written = target === undefined ? input.plan : intoTable(input, target, statement.intoColumns, context)
  const { schema } = written
  const columns = queryColumns(schema)
  const format = statement.format ?? legacyFormat(options)
  const key = sinkKey(options['primary_key'], schema, written.key, format.format)
  const connector = target === undefined ? context.connectors.get(options['connector'] ?? '') : undefined
  if (target === undefined) {
    if (connector?.sink === undefined)
      throw new SqlError(
        'invalid_parameter_value',
        `unsupported sink type ${options['connector'] ?? '(none)'}`,
        {
          hint: `Known connectors: ${[...context.connectors.values()]
            .filter(c => c.sink)
            .map(c => c.name)
            .join(', ')}.`,
        },
      )
    if (context.explained !== true) {
      checkOptions(connector, options)
      const { appendOnly } = input.plan
      const parts = { id: 'validation', schema, key, appendOnly, format, host: realHost() }
      await connector.sink(options, parts).validate()
    }
  }
  const asked = options['sink_rate_limit'] ?? context.session.settings.get('sink_rate_limit')
  const limit = target === undefined ? rateOf(asked, 'sink_rate_limit') : undefined
  return createRelation(context, name, statement.ifNotExists, 'CREATE SINK', id => {
    const merges = target?.conflict === 'update-if-not-null' && { merged: target.key }
    const terminal = { kind: 'sink', relation: id, schema, key, ...merges } as const
    const job = streamJob(id, written, terminal, shardOf(key))
    const pace = backfillPace(options, job, context)
    return {
      kind: 'sink',
      sql,
      ...(statement.query !== undefined && { query: statement.query.text }),
      columns,
      key,
      declaredKey: options['primary_key'] !== undefined,
      appendOnly: input.plan.appendOnly,
      options: limit === undefined ? shown : { ...shown, sink_rate_limit: String(limit) },
      ...secrets,
      format,
      dependsOn: input.dependsOn,
      ...(target !== undefined && { into: target.id }),
      ...(pace && { pace }),
      job,
    }
  })
}

/** An append-only sink of rows that may be taken back drops what is, when it is told to. */
function checkAppendOnly(options: Readonly<Record<string, string>>, plan: StreamPlan): void {
  const force = options['force_append_only']
  if (force !== undefined && force !== 'true' && force !== 'false')
    throw new SqlError(
      'invalid_parameter_value',
      `invalid value for option "force_append_only": "${force}"`,
      { hint: 'Use true or false.' },
    )
  if (options['type'] === 'append-only' && force !== 'true' && !plan.appendOnly)
    throw new SqlError('invalid_parameter_value', 'The sink cannot be append-only.', {
      hint: "Add force_append_only = 'true' to drop what takes rows back.",
    })
}

function insertionsOf(plan: StreamPlan): StreamPlan {
  const { nodes, schema } = plan
  const last = nodeAfter(nodes, nodes.at(-1)!, { kind: 'insertions' }, schema, 'any')
  return { nodes: [...nodes, last], schema, key: [], appendOnly: true }
}

/** Without the rows that are there a query with state would retract rows that were never sent. */
function checkSnapshot({ snapshot }: Readonly<Record<string, string>>, { nodes }: StreamPlan): void {
  if (snapshot === undefined || snapshot === 'true') return
  if (snapshot !== 'false')
    throw new SqlError('invalid_parameter_value', `invalid value for option "snapshot": "${snapshot}"`, {
      hint: 'Use true or false.',
    })
  const [inputs, rest] = [
    nodes.filter(n => n.spec.kind === 'input'),
    nodes.filter(n => n.spec.kind !== 'input'),
  ]
  if (inputs.length !== 1 || rest.some(n => n.spec.kind !== 'project' && n.spec.kind !== 'changes'))
    throw new SqlError(
      'invalid_parameter_value',
      '`snapshot = false` only support `CREATE SINK FROM MV or TABLE` and queries that choose rows and columns of one',
    )
}

function queryInput(statement: StatementOf<'create sink'>, context: StatementContext): Input {
  const query = statement.query!
  const bound = bindQuery(query.node, bindContext(context, query, 'stream'))
  const plan = planStream(bound)
  const closed = statement.onWindowClose ? closeWindows(plan, context.catalogs.current) : plan
  return { plan: closed, dependsOn: bound.dependsOn }
}

function relationInput(statement: StatementOf<'create sink'>, context: StatementContext): Input {
  const relation = requireRelation(context, statement.from!)
  authorize(context, relation, 'select')
  if (relation.kind === 'view' || relation.kind === 'sink' || relation.kind === 'index')
    throw new SqlError('wrong_object_type', `cannot create a sink from ${relation.kind} "${relation.name}"`)
  return { plan: changesOf(relation), dependsOn: [relation.id] }
}

/** The changes of a relation, without its hidden columns. */
export function changesOf(relation: Relation): StreamPlan {
  const schema = fieldsOf(relation.columns)
  return visible(relation, {
    nodes: [firstNode('input', relation.id, schema)],
    schema,
    key: relation.key,
    appendOnly: relation.appendOnly,
  })
}

/** The plan without hidden columns; a key among them is none. */
function visible(relation: Relation, plan: StreamPlan): StreamPlan {
  const shown = shownPositions(relation)
  if (shown.length === relation.columns.length) return plan
  const { nodes, key, appendOnly } = plan
  const schema = shown.map(i => plan.schema[i]!)
  const project: OperatorSpec = {
    kind: 'project',
    columns: shown.map(i => column(i, plan.schema[i]!.type)),
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

function authorize({ session, catalogs }: StatementContext, relation: Relation, privilege: Privilege): void {
  const { current } = catalogs
  requireRelationRight(rightsOf(session, current), current, privilege, relation)
}
