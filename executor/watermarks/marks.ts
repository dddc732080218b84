import type { Bound, RowBound } from '../../storage/row-bounds.ts'

/**
 * What an operator's output holds no more after a barrier: by column, no later row, whether it comes or goes, has a cell
 * below the mark (a watermark; Akidau et al., "The Dataflow Model", VLDB 2015, section 2.3). NULL is never below.
 */
export type Marks = readonly (Bound | undefined)[]

export const NO_MARKS: Marks = []

/** The mark of rows of both kinds: the lower one; undefined: one of them has none. */
export function lowerMark(a: Bound | undefined, b: Bound | undefined): Bound | undefined {
  return a === undefined || b === undefined ? undefined : a < b ? a : b
}

/** The stronger of two bounds that both hold. */
export function higherMark(a: Bound | undefined, b: Bound | undefined): Bound | undefined {
  return a === undefined ? b : b === undefined ? a : a > b ? a : b
}

/** Marks of the union of inputs with the same columns. */
export function marksOfUnion(inputs: readonly Marks[]): Marks {
  const [first, ...rest] = inputs
  return (first ?? NO_MARKS).map((mark, i) =>
    rest.reduce<Bound | undefined>((lowest, other) => lowerMark(lowest, other[i]), mark),
  )
}

/** The marks there are, as bounds of a table's first columns. */
export function boundsOf(marks: Marks): readonly RowBound[] {
  return marks.flatMap((bound, column) => (bound === undefined ? [] : [{ column, bound }]))
}

/** The marks of these columns; the others have none. */
export function marksOf(columns: readonly number[], marks: Marks): Marks {
  return marks.map((mark, i) => (columns.includes(i) ? mark : undefined))
}
