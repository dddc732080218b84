import type { Chunk } from '../types/chunk.ts'
import type { GraphNode, Job, RelationId } from '../types/job.ts'
import type { ExecutorPort } from './engine-contract.ts'
import type { JobChange } from './runtime-contract.ts'
import { rowsOfVirtualNodes, VIRTUAL_NODES } from './select-rows.ts'
import type { ServingTables } from './serving.ts'

/** Rows that a new job reads in the same step that makes it; more are read in several steps, of as many each. */
export const ONE_STEP_ROWS = 200_000

/** One input of a job whose upstream relation held rows before the job came. */
export interface InputBackfill {
  readonly job: RelationId
  readonly node: number
  readonly upstream: RelationId
  /** Virtual nodes below it were read. */
  position: number
}

/**
 * Inputs of a new job that have rows to catch up with, and empty ones that must not go ahead of them: a row on the left of
 * a temporal join meets the right side as it is then. The planner puts inputs of the right side first.
 */
export function inputsToBackfill(change: JobChange, serving: ServingTables): readonly InputBackfill[] {
  if (change.backfill === false) return []
  const inputs = change.job.nodes.flatMap(({ id, spec }: GraphNode) =>
    spec.kind === 'input'
      ? [{ id, upstream: spec.relation, empty: serving.rowCount(spec.relation) === 0 }]
      : [],
  )
  if (inputs.every(input => input.empty)) return []
  const patient = leftOfTemporalJoins(change.job)
  return inputs
    .filter(({ id, upstream, empty }) => !empty || (patient.has(id) && serving.has(upstream)))
    .map(({ id, upstream }) => ({ job: change.job.relation, node: id, upstream, position: 0 }))
}

/**
 * The new jobs read what is there in one step: it is little, or the left side of a temporal join is a source, whose rows are
 * nowhere to wait for the right side.
 */
export function fitsOneStep(
  inputs: readonly InputBackfill[],
  add: readonly JobChange[],
  serving: ServingTables,
): boolean {
  const limited = add.some(({ pace }) => pace?.rate !== undefined)
  const rows = inputs.reduce((sum, input) => sum + serving.rowCount(input.upstream), 0)
  if (!limited && rows <= ONE_STEP_ROWS) return true
  return add.some(({ job }) => {
    const patient = leftOfTemporalJoins(job)
    return job.nodes.some(
      ({ id, spec }) => patient.has(id) && spec.kind === 'input' && !serving.has(spec.relation),
    )
  })
}

/** Nodes whose rows reach a temporal join on its left. */
function leftOfTemporalJoins({ nodes }: Job): ReadonlySet<number> {
  const found = new Set<number>()
  for (const { id, spec, inputs } of [...nodes].reverse()) {
    if (spec.kind === 'temporal-join') found.add(inputs[0]!)
    if (found.has(id)) for (const input of inputs) found.add(input)
  }
  return found
}

/**
 * Posts rows of the next virtual nodes of one input and lets live changes of those through. Only called while the engine is
 * held and the serving tables are at its epoch, so that no change is missed or seen twice. About `most` rows, of
 * at least one virtual node.
 */
export function postBackfill(
  input: InputBackfill,
  serving: ServingTables,
  port: ExecutorPort,
  most: number,
  posted: (done: Promise<void>) => void,
): number {
  const rows = serving.rowCount(input.upstream)
  const step = Math.max(1, Math.floor((VIRTUAL_NODES * most) / Math.max(1, rows)))
  const to = Math.min(VIRTUAL_NODES, input.position + step)
  let count = 0
  if (serving.has(input.upstream))
    for (const chunk of serving.read(input.upstream)) {
      const part: Chunk | undefined = rowsOfVirtualNodes(chunk, input.position, to)
      if (part === undefined) continue
      count += part.length
      posted(port.pushInput(input.job, input.node, part))
    }
  input.position = to
  return count
}
