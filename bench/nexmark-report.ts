import { runFlink } from './flink.ts'
import { type NexmarkOptions, runNexmark } from './nexmark.ts'
import { marks, nexmarkQueries } from './nexmark-queries.ts'
import { count, megabytes, milliseconds, printTable } from './table.ts'

export interface ReportOptions extends NexmarkOptions {
  readonly besideFlink: boolean
}

const HEADS = [
  'query',
  'events',
  'events/s',
  'mark',
  'CPU s',
  'peak RSS',
  'barrier p50',
  'p99',
  'epochs',
].concat('written/epoch', 'other cores')

/** Runs the queries one after the other and prints one line each. */
export async function reportNexmark(queries: readonly string[], options: ReportOptions): Promise<void> {
  const names = queries.length === 0 ? Object.keys(nexmarkQueries) : queries
  const heads = options.besideFlink ? [...HEADS, 'Flink events/s', 'weir / Flink'] : HEADS
  const rows: string[][] = []
  for (const query of names) {
    const r = await runNexmark(query, options)
    const row = [
      query,
      count(r.events),
      count(r.eventsPerSecond),
      `${(r.eventsPerSecond / marks[query]!).toFixed(2)}x`,
      r.cpuSeconds.toFixed(1),
      megabytes(r.rssPeakBytes),
      milliseconds(r.barrierP50Ms),
      milliseconds(r.barrierP99Ms),
      String(r.epochs),
      megabytes(r.bytesPerEpoch),
      r.otherCores.toFixed(2),
    ]
    if (options.besideFlink) {
      const flink = runFlink(query, Math.min(r.events, FLINK_EVENTS[query] ?? 3_000_000))
      row.push(count(flink.eventsPerSecond), `${(r.eventsPerSecond / flink.eventsPerSecond).toFixed(1)}x`)
    }
    console.error(`${query}: ${count(r.eventsPerSecond)} events/s in ${r.seconds.toFixed(1)} s`)
    rows.push(row)
  }
  printTable(heads, rows)
}

/** Flink is given fewer events where it is slow; ten seconds are enough for a rate. */
const FLINK_EVENTS: Readonly<Record<string, number>> = {
  q0: 5_000_000,
  q1: 5_000_000,
  q2: 5_000_000,
  q3: 4_000_000,
  q4: 1_000_000,
  q5: 2_000_000,
  q7: 1_000_000,
  q8: 4_000_000,
}
