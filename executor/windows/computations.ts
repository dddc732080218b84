import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import type { Column } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Expression, OperatorSpec, WindowCall } from '../../types/job.ts'
import type { ValuesById } from '../aggregates/contract.ts'
import type { OperatorContext, Projection } from '../contract.ts'
import { columnsOf } from '../expression/columns-of.ts'
import { aggregateOver } from './aggregate-over.ts'
import { framesOf } from './frames.ts'
import { windowKernel } from './index.ts'
import type { Partition } from './partition.ts'

/** Input columns that order, arguments, filters and frames read. */
export function columnsRead(
  spec: Extract<OperatorSpec, { kind: 'window' }>,
  width: number,
): readonly number[] {
  const used = new Set(spec.order.map(o => o.column))
  for (const { args, filter, frame } of spec.calls) {
    for (const arg of args) used.add(arg)
    if (filter !== undefined) used.add(filter)
    for (const bound of [frame.start, frame.end])
      if ('key' in bound) for (const e of [bound.key, bound.value]) columnsOf(e, used)
  }
  return Array.from({ length: width }, (_, i) => i).filter(i => used.has(i))
}

/** Fills one window column over a partition. */
export type Computation = (partition: Partition, out: ColumnBuffer, reports: boolean) => Generator<void>

/** One for each call. */
export function computations(
  calls: readonly WindowCall[],
  rows: ValuesById,
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
    const over =
      call.kind === 'aggregate'
        ? aggregateOver(
            call,
            call.args.map(i => input[i]!.type),
          )
        : undefined
    const kernel = call.kind === 'aggregate' ? undefined : windowKernel(call.fn)
    return function* (partition, out, reports) {
      const fail = (error: SqlError): void => {
        if (context.mode === 'batch') throw error
        if (reports) context.reportError(error)
      }
      try {
        if (over !== undefined) yield* over(partition, yield* framed(partition), rows, out, fail)
        else {
          const args = call.args.map(i => partition.columns[i]!)
          yield* kernel!(partition, args, () => framed(partition), out, fail, call.ignoresNulls === true)
        }
      } catch (error) {
        if (context.mode === 'batch' || !(error instanceof SqlError)) throw error
        if (reports) context.reportError(error)
        for (let i = 0; i < partition.length; i++) out.setNull(i)
      }
    }
  })
}
