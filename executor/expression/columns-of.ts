import type { Expression } from '../../types/job.ts'

/** Positions of the columns that the expression reads. */
export function columnsOf(e: Expression, found = new Set<number>()): Set<number> {
  if (e.kind === 'column') found.add(e.index)
  else if (e.kind === 'call') for (const arg of e.args) columnsOf(arg, found)
  return found
}
