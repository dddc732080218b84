import { formatTimestamp } from '../../types/datetime.ts'
import { instantToLocal } from '../../types/time-zone.ts'
import type { Type } from '../../types/type.ts'
import type { BindContext } from '../contract.ts'

const DAYS: Readonly<Record<string, bigint>> = { yesterday: -1n, today: 0n, tomorrow: 1n }
const DAY = 86_400_000_000n

/**
 * PostgreSQL's words for moments near now (`today`, `tomorrow`, `yesterday`, `now`) as the moment's text; any other text as it is.
 * A view's query keeps its constants for ever, so there they stay no dates.
 */
export function momentOf(text: string, type: Type, context: BindContext, zone: string): string {
  if (context.mode === 'stream' || !/^(date|time|timestamp|timestamptz)$/.test(type.name)) return text
  const word = text.trim().toLowerCase()
  const local = instantToLocal(context.nowMicros, zone)
  if (word === 'now') return formatTimestamp(local).slice(type.name === 'time' ? 11 : 0)
  const days = type.name === 'time' ? undefined : DAYS[word]
  if (days === undefined) return text
  return formatTimestamp((local / DAY + days) * DAY)
}
