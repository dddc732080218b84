import type { Catalog, Relation } from '../../planner/catalog.ts'
import { explainLines } from '../../planner/explain/text.ts'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { FLOAT8, TEXT } from '../../types/type.ts'
import { requireRelation } from './bind.ts'
import type { Prepared, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { factOf } from './explain.ts'
import { pause } from './sleeping.ts'

const SCHEMA = [
  { name: 'identity', type: TEXT },
  { name: 'actor_ids', type: TEXT },
  { name: 'output_rps', type: FLOAT8 },
  { name: 'avg_output_pending_ratio', type: FLOAT8 },
]

/**
 * EXPLAIN ANALYZE of a running job, with RisingWave's columns: its plan, and the rows a second that each node emitted while it
 * was watched. Nodes hand rows on synchronously, so none are ever pending between them.
 */
export function prepareExplainJob(
  { what, job, seconds }: StatementOf<'explain job'>,
  context: StatementContext,
): Prepared {
  const { catalogs, runtime, signal } = context
  const relation = typeof job === 'number' ? catalogs.current.byId(job) : requireRelation(context, job)
  if (relation === undefined) throw new SqlError('undefined_object', `job ${job} does not exist`)
  if (what !== undefined && relation.kind !== what)
    throw new SqlError(
      'wrong_object_type',
      `"${relation.name}" is not ${/^[aei]/.test(what) ? 'an' : 'a'} ${what}`,
    )
  if (relation.job === undefined) throw notSupported(`EXPLAIN ANALYZE of a ${relation.kind}`)
  const emitted = (): ReadonlyMap<number, number> =>
    new Map(
      runtime
        .stats()
        .operators.flatMap(o => (o.relation === relation.id ? [[o.node, o.rowsOut] as const] : [])),
    )
  return {
    schema: SCHEMA,
    parameters: [],
    async run() {
      const before = emitted()
      const started = performance.now()
      if (seconds > 0) await pause(seconds * 1000, signal)
      const passed = (performance.now() - started) / 1000
      const after = emitted()
      const rate = (node: number): number =>
        seconds === 0 ? 0 : ((after.get(node) ?? 0) - (before.get(node) ?? 0)) / passed
      return {
        tag: 'EXPLAIN',
        rows: [
          chunkOf(
            SCHEMA.map(c => c.type),
            rowsOf(relation, catalogs.current, rate),
          ),
        ],
      }
    },
  }
}

function rowsOf(relation: Relation, catalog: Catalog, rate: (node: number) => number) {
  const { nodes } = relation.job!
  const fragments = new Map(nodes.map(node => [node.id, node.fragment]))
  return explainLines({ nodes, stream: true }, id => factOf(id, catalog, new Map()), false).flatMap(
    ({ text, node }) =>
      node === undefined ? [] : [[text, String(fragments.get(node)), Math.round(rate(node) * 100) / 100, 0]],
  )
}
