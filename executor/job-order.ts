import { assert } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import type { EngineJob } from './engine-contract.ts'

/** Jobs with each after those whose changes it reads. */
export function jobOrder<J extends { readonly spec: EngineJob }>(
  jobs: ReadonlyMap<RelationId, J>,
): readonly J[] {
  const upstream = new Map<RelationId, RelationId[]>([...jobs.keys()].map(id => [id, []]))
  for (const [id, { spec }] of jobs) {
    for (const node of spec.job.nodes)
      if (node.spec.kind === 'input') upstream.get(id)!.push(node.spec.relation)
    if (spec.into !== undefined) upstream.get(spec.into)?.push(id)
  }
  const order: J[] = []
  const state = new Map<RelationId, 'open' | 'done'>()
  const visit = (id: RelationId): void => {
    const job = jobs.get(id)
    if (job === undefined || state.get(id) === 'done') return
    assert(state.get(id) !== 'open', `relation ${id} reads itself`)
    state.set(id, 'open')
    for (const other of upstream.get(id)!) visit(other)
    state.set(id, 'done')
    order.push(job)
  }
  for (const id of jobs.keys()) visit(id)
  return order
}
