import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { INT2, ROW_ID, type Schema } from '../../types/type.ts'
import type { OperatorKind } from '../contract.ts'
import { type Change, eachChange, epochChange } from './changes-by-key.ts'
import { rowNumbers } from './row-numbers.ts'

/** What `changes` has after the columns of its input. */
export const CHANGES_COLUMNS: Schema = [
  { name: 'changelog_op', type: INT2 },
  { name: '_changelog_row_id', type: ROW_ID },
]

/** RisingWave's numbers of the operations. */
const OPERATIONS: Readonly<Record<Change, number>> = {
  insert: 1,
  delete: 2,
  'update to': 3,
  'update from': 4,
}

/**
 * The input's net change of each epoch as rows that stay: what happened to the row, and a number that rises. Of the rows
 * nothing is state, because the change is emitted in the epoch in which it came.
 */
export const changes: OperatorKind<'changes'> = {
  kind: 'changes',
  create({ key }, context) {
    const input = context.inputs[0]!
    const numbers = rowNumbers(context)
    const change = epochChange(input, key)
    const [op, id] = [input.length, input.length + 1]
    const out = new ChunkBuilder([...input, ...CHANGES_COLUMNS].map(field => field.type))

    return {
      tables: [numbers.table],
      push(_port, chunk) {
        change.collect(chunk)
      },
      barrier(emit) {
        if (change.size === 0) return
        eachChange(change, key, (from, row, what) => {
          out.copyRow(0, from.columns, row)
          out.columns[op]!.set(out.length, OPERATIONS[what])
          out.push(1)
        })
        change.seal()
        const first = numbers.take(out.length)
        for (let row = 0; row < out.length; row++) out.columns[id]!.set(row, first + BigInt(row))
        numbers.keep()
        const chunk = out.take()
        if (chunk !== undefined) emit(chunk)
      },
      restored: numbers.restored,
      marks: ([marks]) => [...marks!.slice(0, op), undefined, undefined],
    }
  },
}
