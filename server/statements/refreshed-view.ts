import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { StreamPlan } from '../../planner/contract.ts'
import { SqlError } from '../../types/error.ts'
import { nodeAfter } from './create.ts'

/** How often a view is refreshed that is not kept current, in seconds. */
const OPTION = 'refresh.interval.sec'

/** The plan of a view WITH (refresh.interval.sec): its changes are let out so often. */
export function refreshed(
  plan: StreamPlan,
  options: Readonly<Record<string, string>>,
  catalog: Catalog,
): StreamPlan {
  const read = plan.nodes.flatMap(({ spec }) => (spec.kind === 'input' ? [catalog.byId(spec.relation)] : []))
  const refreshedInput = read.find(relation => relation !== undefined && isRefreshed(relation))
  if (refreshedInput !== undefined)
    throw new SqlError(
      'feature_not_supported',
      'creating streaming jobs on batch refresh materialized views is not supported',
      { detail: `Materialized view "${refreshedInput.name}" is refreshed from time to time.` },
    )
  const seconds = options[OPTION]
  if (seconds === undefined) return plan
  if (!/^[1-9]\d{0,6}$/.test(seconds))
    throw new SqlError('invalid_parameter_value', `invalid ${OPTION}: "${seconds}"`)
  const source = read.find(relation => relation?.kind === 'source')
  if (source !== undefined)
    throw new SqlError(
      'feature_not_supported',
      'batch refresh materialized views must not depend on sources',
      { detail: `The query reads source "${source.name}".` },
    )
  const { nodes, schema } = plan
  const spec = { kind: 'refresh', everyMs: Number(seconds) * 1000 } as const
  return { ...plan, nodes: [...nodes, nodeAfter(nodes, nodes.at(-1)!, spec, schema, 'one')] }
}

export function isRefreshed({ options }: Relation): boolean {
  return options[OPTION] !== undefined
}
