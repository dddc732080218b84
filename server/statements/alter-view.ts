import type { Relation } from '../../planner/catalog.ts'
import type { StreamPlan } from '../../planner/contract.ts'
import { withFragments } from '../../planner/distribution.ts'
import { everyColumn } from '../../planner/expressions.ts'
import type { Fragment } from '../../planner/parse/index.ts'
import { bindQuery, planStream } from '../../planner/query.ts'
import { assert, notSupported, SqlError } from '../../types/error.ts'
import type { Job, OperatorSpec } from '../../types/job.ts'
import { fieldsOf, sameType } from '../../types/type.ts'
import { bindContext, requireNoParameters } from './bind.ts'
import type { Alteration } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import { firstNode, materialized, nodeAfter, queryColumns } from './create.ts'
import { changeOf } from './jobs.ts'
import { isRefreshed } from './refreshed-view.ts'
import { refuseItself } from './replace-view.ts'
import { renumbered } from './rewritten-table.ts'

/** Operators whose output depends on the row before them alone. */
const STATELESS: ReadonlySet<string> = new Set(['input', 'project', 'union', 'hop', 'project-set'])

/**
 * ALTER MATERIALIZED VIEW … AS, as RisingWave has it: the rows that the view has stay, and changes that come from now on go through
 * the new query. What takes back a row that the view does not have is dropped. Those who read the view go on.
 */
export function changeQuery(view: Relation, query: Fragment, context: StatementContext): Alteration {
  const { current } = context.catalogs
  if (context.runtime.isBackfilling(view.id))
    throw new SqlError('object_in_use', `"${view.name}" is not complete yet`)
  if (isRefreshed(view))
    throw new SqlError(
      'feature_not_supported',
      'ALTER MATERIALIZED VIEW is not supported for batch refresh materialized views',
    )
  if (view.watermarks !== undefined) throw notSupported('ALTER … AS of a view with a watermark')
  const bound = bindQuery(query.node, bindContext(context, query, 'stream'))
  requireNoParameters(bound, query.position(0))
  requireColumnsOf(view, queryColumns(bound.schema))
  refuseItself(view, bound.dependsOn, current)
  const plan = planStream(bound)
  if (plan.nodes.some(node => !STATELESS.has(node.spec.kind)) || hasState(view))
    throw notSupported('ALTER MATERIALIZED VIEW … AS of a query that joins, groups or orders')
  const { job, query: text, sql } = view
  assert(job !== undefined && text !== undefined, 'a materialized view has a job and a query')
  const next: Relation = {
    ...view,
    sql: sql.replace(text, () => query.text),
    query: query.text,
    dependsOn: bound.dependsOn,
    job: renumbered(jobOver(view, plan), job),
  }
  const catalog = current.with(next)
  const change = changeOf(next, catalog)
  assert(change !== undefined, 'a view has a job')
  const columns = everyColumn(next.columns)
  return { catalog, command: { replace: [{ change, stages: [columns] }] } }
}

/** The rows that are there come in by a source of their own, beside those of the query. */
function jobOver(view: Relation, plan: StreamPlan): Job {
  const { id: relation, key, appendOnly } = view
  const schema = fieldsOf(view.columns)
  if (appendOnly && !plan.appendOnly)
    throw notSupported('ALTER … AS that takes rows back from a view that never did')
  if (key.length > 0 && key.join() !== plan.key.join())
    throw notSupported('ALTER … AS that changes the key of a view')
  const last = plan.nodes.at(-1)!
  const id = Math.max(...plan.nodes.map(node => node.id)) + 1
  const source = { ...firstNode('source', relation, schema), id, fragment: last.fragment }
  const nodes = [...plan.nodes, source]
  const { spec: terminal, shard } = materialized(relation, schema, key, appendOnly)
  const add = (spec: OperatorSpec, inputs: readonly number[]): void => {
    nodes.push({ ...nodeAfter(nodes, nodes.at(-1)!, spec, schema, shard), inputs })
  }
  add({ kind: 'union' }, [last.id, source.id])
  if (key.length > 0) add({ kind: 'upsert', key, conflict: 'overwrite' }, [nodes.at(-1)!.id])
  else if (!appendOnly) add({ kind: 'expiring' }, [nodes.at(-1)!.id])
  add(terminal, [nodes.at(-1)!.id])
  return { relation, nodes: withFragments(nodes) }
}

/** The present query's rows could not be told from those of another. */
function hasState({ job }: Relation): boolean {
  const own = new Set([...STATELESS, 'source', 'upsert', 'expiring', 'materialize'])
  return job!.nodes.some(node => !own.has(node.spec.kind))
}

function requireColumnsOf(view: Relation, columns: Relation['columns']): void {
  const shown = view.columns.filter(c => c.hidden !== true)
  const same =
    shown.length === columns.filter(c => c.hidden !== true).length &&
    view.columns.length === columns.length &&
    view.columns.every((c, i) => c.name === columns[i]!.name && sameType(c.type, columns[i]!.type))
  if (!same)
    throw new SqlError('invalid_table_definition', `the query's columns are not those of "${view.name}"`, {
      hint: 'Names and types of the columns stay.',
    })
}
