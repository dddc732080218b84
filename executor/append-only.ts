import { assert } from '../types/error.ts'
import type { Job, RelationId } from '../types/job.ts'

/** Kinds that emit rows only, whatever comes. */
const STAYING: ReadonlySet<string> = new Set(['insertions', 'window-close', 'changes'])

/**
 * Of each node of the job by id: is no row of its output ever retracted? False when not known. `batch`: in a query, whose joins
 * and groups say each row once.
 */
export function appendOnlyNodes(
  job: Job,
  relation: (id: RelationId) => boolean,
  source: boolean,
  batch = false,
): ReadonlyMap<number, boolean> {
  const known = new Map<number, boolean>()
  for (const { id, spec, inputs } of job.nodes) {
    const all = (spec.kind === 'temporal-join' ? inputs.slice(0, 1) : inputs).every(input => {
      const found = known.get(input)
      assert(found !== undefined, `node ${input} stands before its reader ${id}`)
      return found
    })
    known.set(id, STAYING.has(spec.kind) || (all && keepsAppendOnly()))
    function keepsAppendOnly(): boolean {
      switch (spec.kind) {
        case 'input':
          return relation(spec.relation)
        case 'source':
          return source
        case 'join':
          return batch || spec.type === 'inner'
        case 'aggregate':
        case 'window':
        case 'single-row':
        case 'top-n':
        case 'set-operation':
        case 'sort':
          return batch
        case 'values':
        case 'now-series':
        case 'temporal-join':
        case 'project':
        case 'project-set':
        case 'union':
        case 'hop':
        case 'watermark':
        case 'row-id':
        case 'complete':
        case 'materialize':
        case 'sink':
          return true
        default:
          return false
      }
    }
  }
  return known
}
