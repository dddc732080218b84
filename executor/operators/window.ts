import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { ColumnBuffer } from '../../storage/column-buffer.ts'
import { equalCells } from '../../storage/compare-cells.ts'
import { compareCellForms, hasForms } from '../../storage/same-form.ts'
import { StateTable } from '../../storage/state-table.ts'
import type { Column } from '../../types/chunk.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { boundsOf, marksOf } from '../watermarks/marks.ts'
import { columnsRead, computations } from '../windows/computations.ts'
import { partitionOf } from '../windows/partition.ts'
import { atOnce } from './in-pieces.ts'
import { orderedRows } from './kept-values.ts'

/** A partition's rows by id, each as often as it occurs, and their window columns. */
interface Computed {
  readonly ids: Int32Array
  readonly values: readonly ColumnBuffer[]
}

/**
 * Window functions over partitions. State: every row, ordered within its partition. The first touch of a partition in an
 * epoch computes it as it was, the barrier computes it again: rows that came or went are emitted, and those whose values
 * moved. An epoch costs twice the size of each partition it touches, whatever the change.
 */
export const window: OperatorKind<'window'> = {
  kind: 'window',
  create(spec, context) {
    const input = context.inputs[0]!
    const rows = orderedRows(context, input, spec.partition, spec.order)
    const ordered = rows.orderedIndex(0)
    const partitionSchema = spec.partition.map(i => input[i]!)
    const found = partitionSchema.map((_, i) => i)
    const scratch = { id: '', key: found, shard: [], indexes: [] }
    const touched = new StateTable({ ...scratch, schema: partitionSchema, mode: 'keyed' }, false)
    /** Of each partition of `touched`, how it was. */
    const before = new Map<number, Computed>()
    const computed = computations(spec.calls, rows, context)
    const read = columnsRead(spec, input.length)
    const outTypes = [...input.map(field => field.type), ...spec.calls.map(call => call.type)]

    const gathered = read.map(i => new ColumnBuffer(input[i]!.type, 64, true))

    const compute = (at: number, reports: boolean, reused?: readonly ColumnBuffer[]): Computed => {
      const list: number[] = []
      ordered.rows(touched, at, found)?.walk(id => {
        for (let n = rows.weights[id]!; n > 0; n--) list.push(id)
        return true
      })
      const ids = Int32Array.from(list)
      const columns: Column[] = []
      for (const [n, i] of read.entries()) {
        const column = cleared(gathered[n]!, ids.length)
        column.gather(0, rows.columns[i]!, ids, ids.length)
        columns[i] = column
      }
      const partition = atOnce(partitionOf(columns, ids, spec.order))
      const values = (reused ?? spec.calls).map(({ type }, i) =>
        reused === undefined ? new ColumnBuffer(type, ids.length, true) : cleared(reused[i]!, ids.length),
      )
      if (ids.length > 0)
        for (const [i, run] of computed.entries()) atOnce(run(partition, values[i]!, reports))
      return { ids, values }
    }

    const emitRow = (out: ChunkBuilder, { ids, values }: Computed, i: number, weight: number): void => {
      out.copyRow(0, rows.columns, ids[i]!)
      for (const [c, column] of values.entries()) out.columns[input.length + c]!.copy(out.length, column, i)
      out.push(weight)
    }

    return {
      tables: [rows],

      push(_port, chunk) {
        const ids = new Int32Array(chunk.length)
        // All partitions are computed before any of their rows change.
        touched.findOrAdd(chunk, spec.partition, ids, id => {
          if (context.mode === 'stream') before.set(id, compute(id, false))
        })
        for (let i = 0; i < chunk.length; i++) rows.add(chunk, i, chunk.weights[i]!)
      },

      barrier(emit: Emit) {
        const out = new ChunkBuilder(outTypes, emit)
        const values = spec.calls.map(call => new ColumnBuffer(call.type, 64, true))
        touched.forEachRow(id => {
          const now = compute(id, true, values)
          const old = before.get(id)
          if (old === undefined) for (let i = 0; i < now.ids.length; i++) emitRow(out, now, i, 1)
          else
            difference(old, now, (side, i, weight) => {
              emitRow(out, side, i, weight)
            })
        })
        touched.clear()
        before.clear()
        out.flush()
      },

      marks([marks]) {
        const own = marksOf(spec.partition, marks!)
        rows.expire(boundsOf(own))
        return own
      },
    }
  },
}

const REUSED_ROWS = 1024

/** Room for so many rows: in the buffer when they are few, as most partitions have few rows, else in a new one. */
function cleared(buffer: ColumnBuffer, length: number): ColumnBuffer {
  if (length > REUSED_ROWS) return new ColumnBuffer(buffer.type, length, true)
  buffer.clear()
  buffer.reserve(length)
  return buffer
}

/**
 * Names the rows that differ. Ids are stable until the seal, and a row that is gone keeps its columns so long; one row's
 * occurrences stand side by side, so the n-th of before is compared with the n-th of now.
 */
function difference(
  old: Computed,
  now: Computed,
  differs: (side: Computed, i: number, weight: number) => void,
): void {
  const places = new Map<number, number>()
  for (let i = old.ids.length - 1; i >= 0; i--) places.set(old.ids[i]!, i)
  const kept = new Uint8Array(old.ids.length)
  let occurrence = 0
  for (let i = 0; i < now.ids.length; i++) {
    const id = now.ids[i]!
    occurrence = i > 0 && now.ids[i - 1] === id ? occurrence + 1 : 0
    const at = (places.get(id) ?? old.ids.length) + occurrence
    if (old.ids[at] === id && sameValues(old, at, now, i)) kept[at] = 1
    else differs(now, i, 1)
  }
  for (let i = 0; i < old.ids.length; i++) if (kept[i] === 0) differs(old, i, -1)
}

function sameValues(old: Computed, i: number, now: Computed, j: number): boolean {
  for (let c = 0; c < old.values.length; c++) {
    const [a, b] = [old.values[c]!, now.values[c]!]
    if (!equalCells(a, i, b, j)) return false
    if (hasForms(a.type) && compareCellForms(a, i, b, j) !== 0) return false
  }
  return true
}
