import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { compareOrder } from '../../storage/ordered-index.ts'
import { StateTable } from '../../storage/state-table.ts'
import { INT8 } from '../../types/type.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { boundsOf, marksOf } from '../watermarks/marks.ts'
import { endsPiece, inPieces } from './in-pieces.ts'
import { orderedRows } from './kept-values.ts'

/**
 * Keeps every row ordered within its partition. The first touch of a partition in an epoch subtracts its present top
 * rows from the epoch's change, the barrier adds the new ones: only rows that entered or left are emitted. Append-only
 * inputs drop rows that can never come up again.
 */
export const topN: OperatorKind<'top-n'> = {
  kind: 'top-n',
  create(spec, context) {
    if (spec.limit <= 0) return { tables: [], push() {} }
    const input = context.inputs[0]!
    const rows = orderedRows(context, input, spec.partition, spec.order)
    const ordered = rows.orderedIndex(0)
    const ranked = spec.rank !== undefined
    const outSchema = ranked ? [...input, { name: 'rank', type: INT8 }] : input
    const scratch = { id: '', key: [], shard: [], indexes: [] }
    const changes = new StateTable({ ...scratch, schema: outSchema, mode: 'bag' }, false)
    const partitionSchema = spec.partition.map(i => input[i]!)
    const touched = new StateTable(
      { ...scratch, schema: partitionSchema, mode: 'keyed', key: partitionSchema.map((_, i) => i) },
      false,
    )
    /** In a query: id, weight and rank of a partition's top rows; nothing was emitted before them. */
    let picked: number[] = []
    const row = new ChunkBuilder(outSchema.map(field => field.type))
    const end = spec.offset + spec.limit
    const prunes = context.appendOnly(0) && !spec.withTies && (!ranked || spec.rank === 'row_number')

    const addRow = (id: number, weight: number, rank: number): void => {
      if (weight === 0) return
      if (context.mode === 'batch') {
        picked.push(id, weight, rank)
        return
      }
      row.length = 0
      row.copyRow(0, rows.columns, id)
      if (ranked) row.columns[input.length]!.set(0, BigInt(rank))
      changes.add(row, 0, weight)
      for (const column of row.columns) column.clear()
    }

    /** Adds the top rows of a partition to the change, `sign` times. */
    const addTop = (
      key: { readonly columns: StateTable['columns'] },
      at: number,
      columns: readonly number[],
      sign: number,
    ): void => {
      let position = 0
      let rank = 0
      let dense = 0
      let previous = -1
      ordered.rows(key, at, columns)?.walk(id => {
        const weight = rows.weights[id]!
        const tie =
          previous !== -1 && compareOrder(spec.order, rows.columns, previous, rows.columns, id) === 0
        if (!tie) {
          rank = position + 1
          dense++
        }
        previous = id
        if (spec.rank === 'row_number') {
          for (let n = 1; n <= weight; n++)
            if (position + n > spec.offset && position + n <= end) addRow(id, sign, position + n)
        } else if (ranked) {
          const number = spec.rank === 'rank' ? rank : dense
          if (number > end) return false
          if (number > spec.offset) addRow(id, sign * weight, number)
        } else {
          if (position >= end && !tie) return false
          const from = Math.max(position, spec.offset)
          const to = spec.withTies ? position + weight : Math.min(position + weight, end)
          if (to > from) addRow(id, sign * (to - from), 0)
        }
        position += weight
        return position < end || spec.withTies || (ranked && spec.rank !== 'row_number')
      })
    }

    return {
      tables: [rows],

      push(_port, chunk) {
        const ids = new Int32Array(chunk.length)
        const found = partitionSchema.map((_, i) => i)
        // All partitions are subtracted before any of their rows change.
        touched.findOrAdd(chunk, spec.partition, ids, id => addTop(touched, id, found, -1))
        for (let i = 0; i < chunk.length; i++) {
          rows.add(chunk, i, chunk.weights[i]!)
          if (!prunes) continue
          const list = ordered.rows(chunk, i, spec.partition)!
          if (list.size > end) rows.remove(list.last())
        }
      },

      ...inPieces(context.mode, emitChanges),

      marks([marks]) {
        const own = marksOf(spec.partition, marks!)
        rows.expire(boundsOf(own))
        return own
      },
    }

    function* emitChanges(emit: Emit): Generator<void> {
      const found = partitionSchema.map((_, i) => i)
      const out = new ChunkBuilder(
        outSchema.map(field => field.type),
        emit,
      )
      let done = 0
      for (let at = 0; at < touched.end; at++) {
        if (touched.weights[at] !== 0) addTop(touched, at, found, 1)
        for (let i = 0; i < picked.length; i += 3) {
          out.copyRow(0, rows.columns, picked[i]!)
          if (ranked) out.columns[input.length]!.set(out.length, BigInt(picked[i + 2]!))
          out.push(picked[i + 1]!)
          if (endsPiece(done++)) yield
        }
        picked = []
        if (endsPiece(at)) yield
      }
      touched.clear()
      changes.forEachRow(id => {
        out.copyRow(0, changes.columns, id)
        out.push(changes.weights[id]!)
      })
      changes.clear()
      out.flush()
    }
  },
}
