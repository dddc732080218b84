import type { Expiry } from '../types/job.ts'
import type { Relation } from './catalog.ts'

/** When rows leave a table; undefined: they stay. */
export function expiryOf({
  kind,
  options,
  watermarks,
}: Pick<Relation, 'kind' | 'options' | 'watermarks'>): Expiry | undefined {
  if (kind !== 'table') return undefined
  const marked = watermarks?.find(watermark => watermark.ttl === true)
  if (marked !== undefined) return { by: 'watermark', column: marked.column }
  const seconds = options['retention_seconds']
  return seconds === undefined ? undefined : { by: 'age', ms: Number(seconds) * 1000 }
}

/**
 * The key of a relation's changes: rows that expired unheard may come again under their key, beside those that readers kept; below
 * a watermark they do not come.
 */
export function streamKey(relation: Relation): readonly number[] {
  const { key } = relation
  const expiry = expiryOf(relation)
  if (expiry === undefined || key.length === 0) return key
  return expiry.by === 'age' ? [] : [...new Set([...key, expiry.column])]
}
