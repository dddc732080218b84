import type { Chunk } from '../types/chunk.ts'
import type { GraphNode, RelationId } from '../types/job.ts'
import type { ExecutorPort } from './engine-contract.ts'
import type { JobChange } from './runtime-contract.ts'
import { rowsOfVirtualNodes, VIRTUAL_NODES } from './select-rows.ts'
import type { ServingTables } from './serving.ts'

/** Rows that a new job reads in the same step that makes it; more are read in several steps. */
const ONE_STEP_ROWS = 200_000

/** One input of a job whose upstream relation held rows before the job came. */
export interface InputBackfill {
  readonly job: RelationId
  readonly node: number
  readonly upstream: RelationId
  /** Virtual nodes below it were read. */
  position: number
}

/** Inputs of a new job that have rows to catch up with. */
export function inputsToBackfill(change: JobChange, serving: ServingTables): readonly InputBackfill[] {
  if (change.backfill === false) return []
  return change.job.nodes.flatMap((node: GraphNode) => {
    if (node.spec.kind !== 'input' || serving.rowCount(node.spec.relation) === 0) return []
    return [{ job: change.job.relation, node: node.id, upstream: node.spec.relation, position: 0 }]
  })
}

export function fitsOneStep(inputs: readonly InputBackfill[], serving: ServingTables): boolean {
  return inputs.reduce((sum, input) => sum + serving.rowCount(input.upstream), 0) <= ONE_STEP_ROWS
}

/**
 * Posts rows of the next virtual nodes of one input and lets live changes of those through. Only called while the engine is
 * held and the serving tables are at its epoch, so that no change is missed or seen twice. `whole`: all that is left.
 */
export function postBackfill(
  input: InputBackfill,
  serving: ServingTables,
  port: ExecutorPort,
  whole: boolean,
  posted: (done: Promise<void>) => void,
): number {
  const rows = serving.rowCount(input.upstream)
  const step = whole
    ? VIRTUAL_NODES
    : Math.max(1, Math.floor((VIRTUAL_NODES * ONE_STEP_ROWS) / Math.max(1, rows)))
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
