import type { Emit, Operator } from '../contract.ts'

/** So many rows are gone through before other work may get its turn. */
export const PIECE_ROWS = 2048

/** Whether work that goes through many rows lets others go on behind this one. */
export function endsPiece(row: number): boolean {
  return (row & (PIECE_ROWS - 1)) === PIECE_ROWS - 1
}

/** What an operator does at a barrier: at once in a stream, piece by piece in a query, so that other work gets its turn. */
export function inPieces(
  mode: 'stream' | 'batch',
  work: (emit: Emit) => Generator<void>,
): Pick<Operator, 'barrier' | 'resume'> {
  if (mode === 'stream')
    return {
      barrier(emit) {
        atOnce(work(emit))
      },
    }
  let rest: Generator<void> | undefined
  return {
    barrier(emit) {
      rest = work(emit)
    },
    resume() {
      if (rest === undefined) return false
      if (rest.next().done !== true) return true
      rest = undefined
      return false
    },
  }
}

/** Does all of it now. */
export function atOnce<R>(work: Generator<void, R>): R {
  let step = work.next()
  while (step.done !== true) step = work.next()
  return step.value
}
