import { evaluate } from '../../executor/expression/compile.ts'
import { limitedSchema } from '../../planner/modifiers.ts'
import type { Fragment } from '../../planner/parse/index.ts'
import { type PointRead, pointRead } from '../../planner/point-read.ts'
import { bindQuery, planBatch, withLiterals } from '../../planner/query.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Expression } from '../../types/job.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { marked } from '../sequences.ts'
import { lockRows } from '../transaction/locking-clause.ts'
import { bindContext } from './bind.ts'
import type { Prepared, StatementContext } from './contract.ts'
import { rebinding, sameResult } from './rebinding.ts'
import { sleeping } from './sleeping.ts'
import { whenAllowed } from './while-allowed.ts'

/** SELECT, VALUES, WITH: rows at the latest committed epoch, or at that of the read-only block. */
export function prepareQuery(
  query: Fragment,
  context: StatementContext,
  types: readonly (Type | undefined)[],
): Prepared {
  const bind = rebinding(context, () => {
    const bound = bindQuery(query.node, bindContext(context, query, 'batch', types))
    return { ...bound, point: pointRead(bound.plan) }
  })
  const { schema, parameters, plan } = bind()
  return {
    schema: limitedSchema(schema, plan, context.catalogs.current),
    parameters,
    async run(values) {
      if (!context.locks.idle) await whenAllowed(bind().dependsOn, 'access share', context)
      const { transaction } = context
      const binding = () => bindContext(context, query, 'batch', types)
      if (transaction !== undefined && !(await lockRows(query.node, binding, context)))
        return { tag: 'SELECT 0', rows: [] }
      const bound = bind()
      sameResult(schema, bound.schema)
      const tag = (rows: number): string => `SELECT ${rows}`
      const lenient = context.session.settings.get('batch_expr_strict_mode') === 'false'
      const found = bound.point === undefined || lenient ? undefined : readPoint(bound.point, values, context)
      if (found !== undefined) return { tag, rows: found }
      const job = { ...planBatch(bound, values, id => context.runtime.sample(id), context.now()), lenient }
      const rows = context.runtime.query(job, context.signal, undefined, context.snapshot?.())
      const slow = /pg_sleep|pg_advisory/i.test(query.text)
      const awake = slow ? sleeping(rows, context) : rows
      const draws = context.catalogs.current.relations.some(r => r.kind === 'sequence')
      return { tag, rows: draws ? marked(awake, context) : awake }
    },
  }
}

/** The row that has the key, without a plan; undefined: it takes one to find it. */
function readPoint(
  { relation, key, columns }: PointRead,
  parameters: readonly Value[],
  { runtime, snapshot, now }: StatementContext,
): readonly Chunk[] | undefined {
  const equals = key.map(({ value }) => constant(value, parameters, now))
  if (equals.includes(null)) return []
  const by = { columns: key.map(({ column }) => column), equals }
  return runtime.readRow(relation, by, columns, snapshot?.())
}

function constant(e: Expression, parameters: readonly Value[], now: () => bigint): Value {
  if (e.kind === 'literal') return e.value
  if (e.kind === 'parameter' && e.index >= 0) return parameters[e.index] ?? null
  return evaluate(withLiterals(e, parameters, now()))
}
