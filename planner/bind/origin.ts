import type { Expression } from '../../types/job.ts'

const positions = new WeakMap<Expression, number>()

/** Remembers where in the statement a constant, column or parameter stands. */
export function withOrigin(e: Expression, position: number | undefined): Expression {
  if (position !== undefined && !positions.has(e)) positions.set(e, position)
  return e
}

/** Where the expression stands in the statement; undefined: unknown, or it was computed. */
export function originOf(e: Expression): number | undefined {
  return positions.get(e)
}
