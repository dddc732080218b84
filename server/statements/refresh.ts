import { notSupported, SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { requireRelation } from './bind.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'
import { isRefreshed } from './refreshed-view.ts'

/** REFRESH MATERIALIZED VIEW: a view is never stale for longer than an epoch, so what is under way is committed. */
export async function refresh(
  { view: name }: StatementOf<'refresh'>,
  context: StatementContext,
): Promise<Result> {
  const view = requireRelation(context, name)
  if (view.kind !== 'materialized view')
    throw new SqlError('wrong_object_type', `"${view.name}" is not a materialized view`, {
      position: name.position,
    })
  requireOwner(rightsOf(context.session, context.catalogs.current), view.kind, view)
  if (isRefreshed(view)) throw notSupported('REFRESH of a view WITH (refresh.interval.sec)')
  await context.runtime.flush()
  return { tag: 'REFRESH MATERIALIZED VIEW' }
}
