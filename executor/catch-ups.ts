import type { Offset } from '../types/connector.ts'
import type { RelationId } from '../types/job.ts'

/** Under which name a job's offsets keep how far it has read a source privately. */
export function catchUpKey(source: number, split: string): string {
  return `catch-up/${source}/${split}`
}

/** And where that reading ends. */
export function catchUpEndKey(source: number, split: string): string {
  return `catch-up-end/${source}/${split}`
}

/** Splits a job still has to read privately, out of its offsets: by source, from where to where. */
export function unfinishedCatchUps(
  offsets: Readonly<Record<string, Offset>> | undefined,
  source: RelationId,
):
  | { readonly from: Readonly<Record<string, Offset>>; readonly until: Readonly<Record<string, Offset>> }
  | undefined {
  const from: Record<string, Offset> = {}
  const until: Record<string, Offset> = {}
  const prefix = catchUpEndKey(source, '')
  for (const [key, end] of Object.entries(offsets ?? {})) {
    if (!key.startsWith(prefix)) continue
    const split = key.slice(prefix.length)
    const at = offsets?.[catchUpKey(source, split)]
    if (at === end) continue
    until[split] = end
    if (at !== undefined) from[split] = at
  }
  return Object.keys(until).length === 0 ? undefined : { from, until }
}
