import type { RelationId } from '../types/job.ts'
import type { OperatorCounter } from './engine-contract.ts'

const WINDOW_MS = 10_000
/** Nodes by which rows enter a job. */
const ENTRANCES: ReadonlySet<string> = new Set(['input', 'source'])

interface Sample {
  readonly atMs: number
  readonly rows: ReadonlyMap<RelationId, number>
}

/** How many rows a second enter each job, over the last ten seconds. */
export class RowRates {
  /** In order of time; the first may lie before the window. */
  readonly #samples: Sample[] = []

  add(atMs: number, counters: readonly OperatorCounter[]): void {
    const rows = new Map<RelationId, number>()
    for (const { relation, kind, rowsOut } of counters)
      if (ENTRANCES.has(kind)) rows.set(relation, (rows.get(relation) ?? 0) + rowsOut)
    this.#samples.push({ atMs, rows })
    while ((this.#samples[1]?.atMs ?? atMs) <= atMs - WINDOW_MS) this.#samples.shift()
  }

  perSecond(relation: RelationId, nowMs: number): number {
    const last = this.#samples.at(-1)
    const before = this.#samples.findLast(sample => sample.atMs <= nowMs - WINDOW_MS) ?? this.#samples[0]
    if (last === undefined || before === undefined || nowMs <= before.atMs) return 0
    const rows = (last.rows.get(relation) ?? 0) - (before.rows.get(relation) ?? 0)
    return (Math.max(0, rows) * 1000) / (nowMs - before.atMs)
  }
}
