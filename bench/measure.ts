import { readFileSync } from 'node:fs'
import type { Client } from 'pg'

/** Clock ticks a second in /proc: 100 on every Linux that Node runs on. */
const TICKS = 100

/** What the process has used since its start. */
export interface Usage {
  readonly cpuSeconds: number
  readonly rssBytes: number
  readonly rssPeakBytes: number
}

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s*(\\d+) kB`).exec(status)?.[1] ?? 0)
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    rssBytes: kilobytes('VmRSS') * 1024,
    rssPeakBytes: kilobytes('VmHWM') * 1024,
  }
}

/** Cores the whole machine keeps busy, counted from the first call on. */
export function machineBusySeconds(): number {
  const fields = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).map(Number)
  return (fields[1]! + fields[2]! + fields[3]! + fields[6]! + fields[7]!) / TICKS
}

export interface Epoch {
  readonly epoch: number
  readonly atMs: number
  readonly barrierMs: number
  readonly sealMs: number
  readonly uploadMs: number
  readonly rows: number
  readonly bytes: number
}

/** Committed epochs after `epoch`, oldest first. */
export async function epochsAfter(client: Client, epoch: number): Promise<readonly Epoch[]> {
  const { rows } = await client.query<Record<string, string>>(
    `SELECT epoch, extract(epoch from committed_at)::float8 * 1000 AS at_ms, barrier_ms, seal_ms, upload_ms,
       rows, bytes FROM rw_catalog.rw_epochs WHERE epoch > ${epoch} ORDER BY epoch`,
  )
  return rows.map(row => ({
    epoch: Number(row['epoch']),
    atMs: Number(row['at_ms']),
    barrierMs: Number(row['barrier_ms']),
    sealMs: Number(row['seal_ms']),
    uploadMs: Number(row['upload_ms']),
    rows: Number(row['rows']),
    bytes: Number(row['bytes']),
  }))
}

/** The smallest value that `share` of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
}
