import type { Relation } from '../../planner/catalog.ts'
import { expiryOf } from '../../planner/expiry.ts'
import { timedBy } from '../../planner/expressions.ts'
import { withLiterals } from '../../planner/query.ts'
import { assert } from '../../types/error.ts'
import type { Expression, Job } from '../../types/job.ts'
import type { Alteration } from './change-catalog.ts'
import type { StatementContext } from './contract.ts'
import { tableJob } from './create-table.ts'
import { changeOf } from './jobs.ts'
import { recolumned } from './rename.ts'

/**
 * The table as it is to be, whose values are computed from those of each row. Its dataflow is a new one, with names of
 * state that were never used, and takes the place of the old one in one epoch; those who read the table go on. `written`: and
 * sinks go on writing the columns that there were, the last ones are new.
 */
export function rewritten(
  table: Relation,
  made: Relation,
  values: readonly Expression[],
  context: StatementContext,
  written = false,
): Alteration {
  const { job } = table
  assert(job !== undefined, 'a table has a job')
  const next = { ...made, job: renumbered(jobOf(table, made, written ? values : []), job) }
  const catalog = recolumned(table, next, context)
  const change = changeOf(next, catalog)
  assert(change !== undefined, 'a table has a job')
  const nowMicros = context.now()
  const computed = values.map(value => withLiterals(value, [], nowMicros))
  return { catalog, command: { replace: [{ change, stages: [computed] }] } }
}

function jobOf(table: Relation, next: Relation, values: readonly Expression[]): Job {
  const specs = table.job!.nodes.map(node => node.spec)
  const upsert = specs.find(spec => spec.kind === 'upsert')
  const before = specs.find(spec => spec.kind === 'complete')?.defaults ?? []
  const now = values.slice(table.columns.length).map((value, i) => timedBy(value, table.columns.length + i))
  const added = values.length === 0 ? [] : [...before, ...now]
  const expiry = expiryOf(next)
  return tableJob(table.id, next.columns, next.key, {
    isTable: true,
    appendOnly: next.appendOnly,
    conflict: next.conflict ?? 'overwrite',
    version: upsert?.version,
    read: false,
    ...(expiry && { expiry }),
    ...(added.length > 0 && { added }),
    ...(table.watermarks !== undefined && { watermarks: table.watermarks }),
  })
}

/** The job with numbers of nodes, and so names of state, that the other never had. */
export function renumbered(job: Job, before: Job): Job {
  const from = Math.max(...before.nodes.map(node => node.id))
  const nodes = job.nodes.map(node => ({
    ...node,
    id: node.id + from,
    inputs: node.inputs.map(i => i + from),
  }))
  return { ...job, nodes }
}
