import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { byteLengths, ColumnBuffer } from '../../storage/column-buffer.ts'
import { compareOrder } from '../../storage/ordered-index.ts'
import type { Column } from '../../types/chunk.ts'
import type { OperatorSpec } from '../../types/job.ts'
import type { Emit, Operator, OperatorContext } from '../contract.ts'
import { columnsRead, computations } from '../windows/computations.ts'
import { partitionOf } from '../windows/partition.ts'
import { GroupIndex } from './group-index.ts'
import { endsPiece, inPieces, PIECE_ROWS } from './in-pieces.ts'
import { rowsByGroup } from './rows-by-group.ts'
import { sortedIds } from './sorted-ids.ts'

type Spec = Extract<OperatorSpec, { kind: 'window' }>

/**
 * Window functions of a query over rows that are never taken back: rows are collected with the number of their partition,
 * and when all have come each partition is sorted, computed and emitted, piece by piece.
 */
export function batchWindow(spec: Spec, context: OperatorContext): Operator | undefined {
  if (!context.appendOnly(0)) return undefined
  const input = context.inputs[0]!
  const rows = new ChunkBuilder(input.map(field => field.type))
  const partitions = new GroupIndex(spec.partition.map(i => input[i]!))
  const table = { valueAt: (id: number, column: number) => rows.columns[column]!.get(id) }
  const calls = computations(spec.calls, table, context)
  const read = columnsRead(spec, input.length)
  const gathered = read.map(i => new ColumnBuffer(input[i]!.type, 64, true))
  const values = spec.calls.map(({ type }) => new ColumnBuffer(type, 64, true))
  const outTypes = [...input.map(field => field.type), ...spec.calls.map(call => call.type)]
  let numbers = new Int32Array(4096)
  let partitionIds = new Int32Array(4096)

  /** The columns that the calls read, row by row in order. */
  const columnsOf = (ids: Int32Array): Column[] => {
    const columns: Column[] = []
    for (const [n, i] of read.entries()) {
      const column = gathered[n]!
      column.clear()
      column.reserve(ids.length)
      column.gather(0, rows.columns[i]!, ids, ids.length)
      columns[i] = column
    }
    return columns
  }

  function* emitPartition(ids: Int32Array, out: ChunkBuilder): Generator<void> {
    const partition = yield* partitionOf(columnsOf(ids), ids, spec.order)
    for (const [i, run] of calls.entries()) {
      values[i]!.clear()
      values[i]!.reserve(ids.length)
      yield* run(partition, values[i]!, true)
    }
    for (let i = 0; i < ids.length; i++) {
      out.copyRow(0, rows.columns, ids[i]!)
      for (let c = 0; c < values.length; c++) out.columns[input.length + c]!.copy(out.length, values[c]!, i)
      out.push(1)
      if (endsPiece(i)) yield
    }
  }

  return {
    tables: [],

    push(_port, chunk) {
      if (numbers.length < chunk.length) numbers = new Int32Array(chunk.length)
      partitions.findOrAdd(chunk, spec.partition, numbers)
      for (let row = 0; row < chunk.length; row++)
        for (let n = chunk.weights[row]!; n > 0; n--) {
          if (rows.length === partitionIds.length) partitionIds = doubled(partitionIds)
          partitionIds[rows.length] = numbers[row]!
          rows.copyRow(0, chunk.columns, row)
          rows.push(1)
        }
    },

    bytes: () =>
      partitions.bytes + partitionIds.byteLength + byteLengths([...rows.columns, ...gathered, ...values]),

    ...inPieces('batch', function* (emit: Emit) {
      const { ids, starts } = rowsByGroup(partitionIds.subarray(0, rows.length), partitions.count)
      yield
      const out = new ChunkBuilder(outTypes, emit)
      const compare = (a: number, b: number) =>
        compareOrder(spec.order, rows.columns, a, rows.columns, b) || a - b
      let seen = 0
      for (let p = 0; p < partitions.count; p++) {
        const own = ids.subarray(starts[p]!, starts[p + 1]!)
        const ordered = spec.order.length === 0 || own.length < 2 ? own : yield* sortedIds(own, compare)
        yield* emitPartition(ordered, out)
        if ((seen += own.length) < PIECE_ROWS) continue
        seen = 0
        yield
      }
      out.flush()
    }),
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(array.length * 2)
  wider.set(array)
  return wider
}
