import type { Expression, WindowCall } from '../../types/job.ts'
import { column, equal } from '../expressions.ts'
import { withColumns } from '../join-on.ts'
import { frameExpressions, mapFrame, type Plan, schemaOf } from '../plan.ts'
import {
  type Pending,
  type PendingWindow,
  type PlaceholderKind,
  placeholderIndex,
  replaceCalls,
} from './environment.ts'

/** A plan and expressions over its columns. */
export interface Step {
  readonly plan: Plan
  readonly expressions: readonly Expression[]
}

/** Computes the pending window calls, those over equal windows in one node, and puts their columns in. */
export function windowPlan(input: Plan, expressions: readonly Expression[], pending: Pending): Step {
  let plan = input
  const { windows } = pending
  const at: number[] = []
  for (const [first, w] of windows.entries()) {
    if (at[first] !== undefined) continue
    const same = [...windows.keys()].filter(
      i => equal(windows[i]!.partition, w.partition) && equal(windows[i]!.order, w.order),
    )
    const needed = withColumns(
      plan,
      same.flatMap(i => inputsOf(windows[i]!)),
    )
    const start = schemaOf(needed.plan).length
    let next = 0
    const take = (count: number): readonly number[] => needed.at.slice(next, (next += count))
    let shared: { partition: readonly number[]; order: readonly number[] } | undefined
    const calls = same.map((i): WindowCall => {
      const { kind, fn, type, frame, filter, ignoresNulls, args, partition, order } = windows[i]!
      const columns = { partition: take(partition.length), order: take(order.length) }
      shared ??= columns
      const places = take(args.length)
      return {
        kind,
        fn,
        args: places,
        ...(filter === undefined ? {} : { filter: take(1)[0]! }),
        ...(ignoresNulls === true && { ignoresNulls }),
        frame,
        type,
      }
    })
    for (const [n, i] of same.entries()) at[i] = start + n
    const order = w.order.map(({ descending, nullsFirst }, i) => ({
      column: shared!.order[i]!,
      descending,
      nullsFirst,
    }))
    plan = { op: 'window', input: needed.plan, partition: shared!.partition, order, calls }
  }
  return { plan, expressions: replaceAll(expressions, '$window', at) }
}

/** What becomes a column below the window. */
function inputsOf(w: PendingWindow): readonly Expression[] {
  return [...w.partition, ...w.order.map(o => o.by), ...w.args, ...(w.filter === undefined ? [] : [w.filter])]
}

/** Every expression of a pending window over the input. */
export function windowExpressions(w: PendingWindow): readonly Expression[] {
  return [...inputsOf(w), ...frameExpressions(w.frame)]
}

/** Puts grouped expressions back into pending windows and sets, in the order they were listed. */
export function putBack(pending: Pending, rewritten: readonly Expression[]): void {
  let next = 0
  const take = (): Expression => rewritten[next++]!
  pending.windows.forEach((w, i) => {
    const partition = w.partition.map(take)
    const order = w.order.map(o => ({ ...o, by: take() }))
    const args = w.args.map(take)
    const filter = w.filter === undefined ? {} : { filter: take() }
    pending.windows[i] = { ...w, partition, order, args, ...filter, frame: mapFrame(w.frame, take) }
  })
  pending.sets.forEach((_, i) => {
    pending.sets[i] = take()
  })
}

/** Placeholders of that kind become the columns at these places; those without a place stay. */
export function replaceAll(
  expressions: readonly Expression[],
  kind: PlaceholderKind,
  at: readonly (number | undefined)[],
): readonly Expression[] {
  return expressions.map(e =>
    replaceCalls(e, inner => {
      const index = placeholderIndex(inner, kind)
      const place = index === undefined ? undefined : at[index]
      return place === undefined ? undefined : column(place, inner.type)
    }),
  )
}
