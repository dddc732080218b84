import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { areInsertions, type Chunk, type Column, insertions } from '../../types/chunk.ts'
import { assert } from '../../types/error.ts'
import { ROW_ID } from '../../types/type.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { rowNumbers } from './row-numbers.ts'

/**
 * Numbers the rows of a table without a key. A row that has its number (an UPDATE, a table written anew) keeps it; a reader's
 * rows may lack the column, which is then the last one.
 */
export const rowId: OperatorKind<'row-id'> = {
  kind: 'row-id',
  create({ column }, context) {
    const numbers = rowNumbers(context)

    const numbered = (chunk: Chunk, others: readonly Column[]): Chunk => {
      const data = new BigInt64Array(chunk.length)
      const first = numbers.take(chunk.length)
      for (let row = 0; row < chunk.length; row++) data[row] = first + BigInt(row)
      const ids: Column = { type: ROW_ID, data, nulls: null }
      const columns = [...others.slice(0, column), ids, ...others.slice(column)]
      const { length, owned } = chunk
      return owned === true
        ? { columns, weights: chunk.weights, length, owned }
        : { columns, weights: insertions(length), length }
    }

    /** Some rows have their number, or there are several of one. */
    const rowByRow = (chunk: Chunk, emit: Emit): void => {
      const out = new ChunkBuilder(
        chunk.columns.map(c => c.type),
        emit,
      )
      const { data, nulls } = chunk.columns[column]!
      for (let row = 0; row < chunk.length; row++) {
        const weight = chunk.weights[row]!
        const known = nulls === null || nulls[row] !== 1
        if (known) numbers.passed((data as BigInt64Array)[row]!)
        assert(known || weight > 0, 'a row that leaves has its number')
        for (let n = 0; n < (known ? 1 : weight); n++) {
          out.copyRow(0, chunk.columns, row)
          if (!known) out.columns[column]!.set(out.length, numbers.take(1))
          out.push(known ? weight : 1)
        }
      }
      out.flush()
    }

    return {
      tables: [numbers.table],
      push(_port, chunk, emit) {
        const { columns, weights, length } = chunk
        const lacking = columns.length === column
        if (areInsertions(chunk) && (lacking || allNull(columns[column]!, length)))
          emit(numbered(chunk, lacking ? columns : columns.toSpliced(column, 1)))
        else if (!lacking) rowByRow(chunk, emit)
        else {
          const ids: Column = {
            type: ROW_ID,
            data: new BigInt64Array(length),
            nulls: new Uint8Array(length).fill(1),
          }
          rowByRow({ columns: [...columns, ids], weights, length }, emit)
        }
      },
      barrier: numbers.keep,
      restored: numbers.restored,
      marks: ([marks]) => (marks!.length === column ? [...marks!, undefined] : marks!),
    }
  },
}

function allNull({ nulls }: Column, length: number): boolean {
  if (nulls === null) return false
  for (let row = 0; row < length; row++) if (nulls[row] !== 1) return false
  return true
}
