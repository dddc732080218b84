import { byMemberNames, formatJson, type Json } from '../../types/json-text.ts'

/** A document as text: a string's own characters, NULL for null and for none. */
export function plainJsonb(json: Json | undefined): string | null {
  if (json === undefined || json === null) return null
  return typeof json === 'string' ? json : formatJson(json)
}

/** The same with members in the order of their names. */
export function plainJsonbByNames(json: Json | undefined): string | null {
  const text = plainJsonb(json)
  return text === null || typeof json === 'string' ? text : byMemberNames(text)
}

/** How documents become texts, and in which dialect; default: all. */
export const PLAIN_TEXTS = [
  { show: plainJsonb, own: {} },
  { show: plainJsonbByNames, own: { dialect: 'risingwave' } },
] as const
