import { byMemberNames, formatJson, type Json } from '../../types/json-text.ts'

/** A document as text: a string's own characters, NULL for null and for none. */
export function documentText(json: Json | undefined): string | null {
  if (json === undefined || json === null) return null
  return typeof json === 'string' ? json : formatJson(json)
}

/** The same with members in the order of their names. */
export function documentTextByNames(json: Json | undefined): string | null {
  const text = documentText(json)
  return text === null || typeof json === 'string' ? text : byMemberNames(text)
}

/** How documents become texts, and in which dialect; default: all. */
export const DOCUMENT_TEXTS = [
  { show: documentText, own: {} },
  { show: documentTextByNames, own: { dialect: 'risingwave' } },
] as const
