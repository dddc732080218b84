import { CHANGELOG_COLUMNS } from '../../executor/operators/changelog.ts'
import { type Relation, shownPositions } from '../../planner/catalog.ts'
import type { StreamPlan } from '../../planner/contract.ts'
import { rejectDuplicates } from '../../planner/dml/columns.ts'
import { column } from '../../planner/expressions.ts'
import type { Name } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import type { GraphNode, Job } from '../../types/job.ts'
import { plainName, quoteText } from '../../types/sql-text.ts'
import { fieldsOf, type Schema } from '../../types/type.ts'
import { requireRelationRight, rightsOf } from '../access/rights.ts'
import { requireRelation } from './bind.ts'
import type { Result, StatementContext } from './contract.ts'
import { createRelation, materialized, nodeAfter, type StatementOf, takenName } from './create.ts'
import { changesOf } from './create-sink.ts'
import { retentionMs } from './retention.ts'
import { tellingColumns } from './row-id-column.ts'

const READABLE = new Set<Relation['kind']>(['table', 'materialized view', 'index'])

/** CREATE SUBSCRIPTION: the changes of a relation from now on, kept for a while, which cursors read. */
export async function createSubscription(
  statement: StatementOf<'create subscription'>,
  context: StatementContext,
): Promise<Result> {
  const { name, options, ifNotExists } = statement
  const tag = 'CREATE SUBSCRIPTION'
  const taken = takenName(context, name, ifNotExists, tag)
  if (taken !== undefined) return taken
  const from = requireRelation(context, statement.from)
  if (!READABLE.has(from.kind))
    throw new SqlError('wrong_object_type', `cannot create a subscription from ${from.kind} "${from.name}"`)
  const { current } = context.catalogs
  requireRelationRight(rightsOf(context.session, current), current, 'select', from)
  const unknown = Object.keys(options).find(option => option !== 'retention')
  if (unknown !== undefined)
    throw new SqlError('invalid_parameter_value', `unknown option "${unknown}" of a subscription`)
  const { retention } = options
  if (retention === undefined)
    throw new SqlError('invalid_parameter_value', 'the subscription needs to set retention', {
      hint: "WITH (retention = '1 day')",
    })
  const keepMs = retentionMs(retention)
  const shown = shownPositions(from)
  const { nodes, schema, key } = numberedChanges(from)
  const columns = [...shown.map(i => from.columns[i]!), ...CHANGELOG_COLUMNS].map(
    ({ name: column, type }) => ({
      name: column,
      type,
      notNull: false,
      ...(column === '_rw_sequence' && { hidden: true }),
    }),
  )
  rejectDuplicates(columns.map(column => column.name))
  return createRelation(context, name, ifNotExists, tag, id => {
    const sequence = columns.length - 1
    const fields = fieldsOf(columns)
    const whole = [...schema, ...CHANGELOG_COLUMNS]
    const keep = nodeAfter(nodes, nodes.at(-1)!, { kind: 'changelog', key, keepMs }, whole, 'one')
    const rows = materialized(id, fields, [sequence], false)
    const all: GraphNode[] = [...nodes, keep]
    if (whole.length > fields.length) all.push(withoutHidden(all, shown, whole, fields))
    return {
      kind: 'subscription',
      sql: subscriptionSql(name.name, statement.from, retention),
      columns,
      key: [sequence],
      declaredKey: false,
      appendOnly: false,
      options: { retention },
      dependsOn: [from.id],
      job: { relation: id, nodes: [...all, nodeAfter(all, all.at(-1)!, rows.spec, fields, rows.shard)] },
    }
  })
}

/** The changes of a relation; rows that have nothing but numbers to tell them apart come with these. */
function numberedChanges(from: Relation): Pick<StreamPlan, 'nodes' | 'schema' | 'key'> {
  const plan = changesOf(from)
  const [input] = plan.nodes
  if (plan.key.length > 0 || from.appendOnly || tellingColumns(from).length === 0) return plan
  return { nodes: [input!], schema: input!.schema, key: tellingColumns(from) }
}

function withoutHidden(
  nodes: readonly GraphNode[],
  shown: readonly number[],
  whole: Schema,
  fields: Schema,
): GraphNode {
  const own = whole.length - CHANGELOG_COLUMNS.length
  const kept = [...shown, ...CHANGELOG_COLUMNS.map((_, i) => own + i)]
  const columns = kept.map(i => column(i, whole[i]!.type))
  return nodeAfter(nodes, nodes.at(-1)!, { kind: 'project', columns }, fields, 'any')
}

/** The subscription with another retention; the changes it has are kept by the new one. */
export function retained(subscription: Relation, retention: string): Relation {
  if (subscription.kind !== 'subscription' || subscription.job === undefined)
    throw new SqlError('wrong_object_type', `"${subscription.name}" is not a subscription`)
  const keepMs = retentionMs(retention)
  const nodes = subscription.job.nodes.map(node =>
    node.spec.kind === 'changelog' ? { ...node, spec: { ...node.spec, keepMs } } : node,
  )
  const job: Job = { ...subscription.job, nodes }
  const sql = subscription.sql.replace(/'(?:[^']|'')*'\)$/, `${quoteText(retention)})`)
  return { ...subscription, sql, options: { retention }, job }
}

function subscriptionSql(name: string, from: Name, retention: string): string {
  const path =
    from.schema === undefined ? plainName(from.name) : `${plainName(from.schema)}.${plainName(from.name)}`
  return `CREATE SUBSCRIPTION ${plainName(name)} FROM ${path} WITH (retention = ${quoteText(retention)})`
}
