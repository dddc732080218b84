import type { BackfillPace } from '../../executor/runtime-contract.ts'
import { tokenize } from '../../planner/parse/tokens.ts'
import { SqlError } from '../../types/error.ts'
import type { Job, RelationId } from '../../types/job.ts'
import { requireRelation } from './bind.ts'
import type { StatementContext } from './contract.ts'

type Edge = readonly [RelationId, RelationId]

/** How a new job reads what its inputs hold, by its options and the session's; undefined: as fast as it can, in any order. */
export function backfillPace(
  options: Readonly<Record<string, string>>,
  { nodes }: Pick<Job, 'nodes'>,
  context: StatementContext,
): BackfillPace | undefined {
  const limit = options['backfill_rate_limit'] ?? context.session.settings.get('backfill_rate_limit')
  const rate = rateOf(limit, 'backfill_rate_limit')
  const read = new Set(nodes.flatMap(({ spec }) => (spec.kind === 'input' ? [spec.relation] : [])))
  const order = backfillOrder(options['backfill_order'], read, context)
  if (rate === undefined && order.length === 0) return undefined
  return { ...(rate !== undefined && { rate }), ...(order.length > 0 && { order }) }
}

/** Rows a second, as a setting says it; undefined: no limit. */
export function rateOf(limit: string, setting: string): number | undefined {
  if (limit === 'default') return undefined
  if (!/^\d{1,9}$/.test(limit))
    throw new SqlError('invalid_parameter_value', `invalid ${setting}: "${limit}"`)
  return Number(limit)
}

/** `FIXED(a -> b, …)`: a is read before b. */
function backfillOrder(
  text: string | undefined,
  read: ReadonlySet<RelationId>,
  context: StatementContext,
): readonly Edge[] {
  const [first, ...tokens] = tokenize(text ?? 'none')
  if (tokens.length === 0 && ['none', 'auto', 'default'].includes(first?.value ?? '')) return []
  let at = 0
  const value = () => tokens[at]?.value
  const expect = (symbol: string): void => {
    if (value() !== symbol) throw invalid(text!)
    at++
  }
  const relation = (): RelationId => {
    const names: string[] = []
    do {
      const token = tokens[at]
      if (token?.kind !== 'word' && token?.kind !== 'quoted') throw invalid(text!)
      names.push(token.value)
      at++
    } while (value() === '.' && at++ > 0)
    const [name, schema] = names.reverse()
    const found = requireRelation(context, { name: name!, schema, position: 0 })
    if (!read.has(found.id))
      throw new SqlError(
        'invalid_parameter_value',
        `relation "${name}" of backfill_order is not read by the query`,
      )
    return found.id
  }
  if (first?.value !== 'fixed') throw invalid(text!)
  const edges: Edge[] = []
  expect('(')
  do {
    const before = relation()
    expect('->')
    edges.push([before, relation()])
  } while (value() === ',' && at++ > 0)
  expect(')')
  refuseCycles(edges)
  return edges
}

function invalid(text: string): SqlError {
  return new SqlError('invalid_parameter_value', `invalid backfill_order: "${text}"`, {
    hint: 'Say it as FIXED(first -> then, …).',
  })
}

function refuseCycles(edges: readonly Edge[]): void {
  const reaches = (from: RelationId, to: RelationId, seen: ReadonlySet<RelationId>): boolean =>
    edges.some(
      ([a, b]) => a === from && (b === to || (!seen.has(b) && reaches(b, to, new Set([...seen, b])))),
    )
  if (edges.some(([from]) => reaches(from, from, new Set())))
    throw new SqlError('invalid_parameter_value', 'backfill_order goes in a circle')
}
