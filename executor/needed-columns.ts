import type { GraphNode, Job } from '../types/job.ts'
import { columnsOf } from './expression/columns-of.ts'

/** Columns of an input node that its readers look at; undefined: perhaps all. */
export function neededColumns(job: Job, input: GraphNode): readonly number[] | undefined {
  const readers = job.nodes.filter(node => node.inputs.includes(input.id))
  if (readers.length === 0) return undefined
  const needed = new Set<number>()
  for (const { spec } of readers) {
    if (spec.kind === 'project') {
      for (const expression of spec.columns) columnsOf(expression, needed)
      if (spec.predicate !== undefined) columnsOf(spec.predicate, needed)
    } else if (spec.kind === 'aggregate') {
      for (const column of spec.groups) needed.add(column)
      for (const { args, filter, order } of spec.calls) {
        for (const column of args) needed.add(column)
        if (filter !== undefined) needed.add(filter)
        for (const { column } of order ?? []) needed.add(column)
      }
    } else return undefined
  }
  return needed.size === input.schema.length ? undefined : [...needed].sort((a, b) => a - b)
}
