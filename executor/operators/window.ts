import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { StateTable } from '../../storage/state-table.ts'
import type { Chunk, Column } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression, WindowCall } from '../../types/job.ts'
import type { OperatorContext, OperatorKind, Projection } from '../contract.ts'
import { aggregateOver } from '../windows/aggregate-over.ts'
import { framesOf } from '../windows/frames.ts'
import { windowKernel } from '../windows/index.ts'
import { type Partition, partitionOf } from '../windows/partition.ts'

/**
 * Window functions over partitions. State: every row, ordered within its partition. The first touch of a partition in an
 * epoch computes it as it was and subtracts that from the epoch's change, the barrier computes it again and adds it: only
 * rows that are new or whose values moved are emitted. An epoch costs each touched partition's size, twice.
 */
export const window: OperatorKind<'window'> = {
  kind: 'window',
  create(spec, context) {
    const input = context.inputs[0]!
    const rows = context.table('rows', {
      schema: input,
      mode: 'bag',
      key: [],
      shard: spec.partition,
      indexes: [{ kind: 'ordered', prefix: spec.partition, order: spec.order }],
    })
    const ordered = rows.orderedIndex(0)
    const outSchema = [...input, ...spec.calls.map(call => ({ name: call.fn, type: call.type }))]
    const outTypes = outSchema.map(field => field.type)
    const scratch = { id: '', key: [], shard: [], indexes: [] }
    const changes = new StateTable({ ...scratch, schema: outSchema, mode: 'bag' }, false)
    const partitionSchema = spec.partition.map(i => input[i]!)
    const found = partitionSchema.map((_, i) => i)
    const touched = new StateTable({ ...scratch, schema: partitionSchema, mode: 'keyed', key: found }, false)
    const computed = computations(spec.calls, rows, context)

    /** The partition of row `at` of `touched` with its window columns; undefined: it is empty. */
    const compute = (at: number, reports: boolean): Chunk | undefined => {
      const ids: number[] = []
      ordered.rows(touched, at, found)?.walk(id => {
        for (let n = rows.weights[id]!; n > 0; n--) ids.push(id)
        return true
      })
      if (ids.length === 0) return undefined
      const out = new ChunkBuilder(outTypes)
      const list = Int32Array.from(ids)
      out.gather(0, rows.columns, list, list.length)
      for (const column of out.columns) column.reserve(list.length)
      const partition = partitionOf(out.columns.slice(0, input.length), list, spec.order)
      for (const [i, run] of computed.entries()) run(partition, out.columns[input.length + i]!, reports)
      out.pushMany(new Int32Array(list.length).fill(1), list.length)
      return out.take()
    }
    const change = (chunk: Chunk | undefined, sign: number): void => {
      if (chunk !== undefined) for (let i = 0; i < chunk.length; i++) changes.add(chunk, i, sign)
    }

    return {
      tables: [rows],

      push(_port, chunk) {
        const ids = new Int32Array(chunk.length)
        // All partitions are subtracted before any of their rows change.
        touched.findOrAdd(chunk, spec.partition, ids, id => change(compute(id, false), -1))
        for (let i = 0; i < chunk.length; i++) rows.add(chunk, i, chunk.weights[i]!)
      },

      barrier(emit) {
        touched.forEachRow(id => {
          const chunk = compute(id, true)
          if (context.mode === 'stream') change(chunk, 1)
          else if (chunk !== undefined) emit(chunk)
        })
        touched.clear()
        const out = new ChunkBuilder(outTypes, emit)
        changes.forEachRow(id => {
          out.copyRow(0, changes.columns, id)
          out.push(changes.weights[id]!)
        })
        out.flush()
        changes.clear()
      },
    }
  },
}

type Computation = (partition: Partition, out: ChunkBuilder['columns'][number], reports: boolean) => void

function computations(
  calls: readonly WindowCall[],
  rows: StateTable,
  context: OperatorContext,
): readonly Computation[] {
  const input = context.inputs[0]!
  const compiled = new Map<Expression, Projection>()
  const evaluator =
    (partition: Partition) =>
    (e: Expression): Column => {
      let run = compiled.get(e)
      if (run === undefined) compiled.set(e, (run = context.compile([e], input)))
      const { columns, length } = partition
      return run({ columns, weights: new Int32Array(length).fill(1), length })!.columns[0]!
    }
  return calls.map((call): Computation => {
    const framed = (partition: Partition) => framesOf(call.frame, partition, evaluator(partition))
    if (call.kind === 'aggregate') {
      const over = aggregateOver(
        call,
        call.args.map(i => input[i]!.type),
      )
      return (partition, out) => over(partition, framed(partition), rows, out)
    }
    const kernel = windowKernel(call.fn)
    return (partition, out, reports) => {
      const args = call.args.map(i => partition.columns[i]!)
      const fail = (error: SqlError): void => {
        if (context.mode === 'batch') throw error
        if (reports) context.reportError(error)
      }
      try {
        kernel(partition, args, () => framed(partition), out, fail, call.ignoresNulls === true)
      } catch (error) {
        if (context.mode === 'batch' || !(error instanceof SqlError)) throw error
        if (reports) context.reportError(error)
        for (let i = 0; i < partition.length; i++) out.setNull(i)
      }
    }
  })
}
