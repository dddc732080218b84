import type { Fragment } from '../../planner/parse/index.ts'
import { bindQuery, planBatch } from '../../planner/query.ts'
import type { Type } from '../../types/type.ts'
import { bindContext } from './bind.ts'
import type { Prepared, StatementContext } from './contract.ts'
import { rebinding, sameResult } from './rebinding.ts'
import { sleeping } from './sleeping.ts'

/** SELECT, VALUES, WITH: rows at the latest committed epoch. */
export function prepareQuery(
  query: Fragment,
  context: StatementContext,
  types: readonly (Type | undefined)[],
): Prepared {
  const bind = rebinding(context, () => bindQuery(query.node, bindContext(context, query, 'batch', types)))
  const { schema, parameters } = bind()
  return {
    schema,
    parameters,
    async run(values) {
      const bound = bind()
      sameResult(schema, bound.schema)
      const job = planBatch(bound, values, id => context.runtime.sample(id))
      const rows = context.runtime.query(job, context.signal)
      const slow = /pg_sleep/i.test(query.text)
      return { tag: count => `SELECT ${count}`, rows: slow ? sleeping(rows, context) : rows }
    },
  }
}
