import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { type Bound, isBounded } from '../../storage/row-bounds.ts'
import type { Expression } from '../../types/job.ts'
import type { Schema } from '../../types/type.ts'
import type { OperatorContext, Projection } from '../contract.ts'
import type { Marks } from './marks.ts'
import { risingColumn } from './monotone.ts'

/** Marks of an expression from those of the columns it reads; undefined: it has none whatever they are. */
export type MarkOf = (marks: Marks) => Bound | undefined

export function risingMark(
  e: Expression,
  input: Schema,
  compile: OperatorContext['compile'],
): MarkOf | undefined {
  const column = risingColumn(e)
  if (column === undefined || !isBounded(e.type) || !isBounded(input[column]!.type)) return undefined
  if (e.kind === 'column') return marks => marks[column]
  const types = input.map(field => field.type)
  let run: Projection | undefined
  return marks => {
    const mark = marks[column]
    if (mark === undefined) return undefined
    run ??= compile([e], input)
    const out = run(chunkOf(types, [types.map((_, i) => (i === column ? mark : null))]))
    return out === undefined ? undefined : ((cellValue(out.columns[0]!, 0) ?? undefined) as Bound | undefined)
  }
}
