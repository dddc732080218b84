import type { Chunk, Column } from '../../types/chunk.ts'
import { TIMESTAMPTZ } from '../../types/type.ts'
import type { OperatorKind, Projection } from '../contract.ts'

/**
 * Rows that lack the last columns get them, one after the other: each is computed over the columns before it and, behind these,
 * the present time. Who writes whole rows and who wrote them before the columns were added can write side by side.
 */
export const complete: OperatorKind<'complete'> = {
  kind: 'complete',
  create({ from, defaults }, context) {
    const { schema } = context.node
    const steps: (Projection | undefined)[] = []

    const step = (width: number): Projection => {
      const known = schema.slice(0, width)
      steps[width] ??= context.compile(
        [defaults[width - from]!],
        [...known, { name: 'now', type: TIMESTAMPTZ }],
      )
      return steps[width]
    }

    const wider = ({ columns, weights, length }: Chunk, now: Column): Chunk => {
      const computed = step(columns.length)({ columns: [...columns, now], weights, length })
      return { columns: [...columns, computed!.columns[0]!], weights, length }
    }

    return {
      tables: [],
      push(_port, given, emit) {
        if (given.length === 0) return
        let chunk = given
        const data = new BigInt64Array(given.length).fill(BigInt(Math.trunc(context.now())) * 1000n)
        const now: Column = { type: TIMESTAMPTZ, data, nulls: null }
        while (chunk.columns.length < schema.length) chunk = wider(chunk, now)
        emit(chunk)
      },
      marks: ([marks]) => schema.map((_, i) => (i < from ? marks![i] : undefined)),
    }
  },
}
