/** Fields of a text as PostgreSQL's text_to_array cuts them: no delimiter: every character; an empty one: the whole. */
export function fieldsOf(
  text: string | null,
  by: string | null,
  nulls: string | null,
): readonly (string | null)[] | null {
  if (text === null) return null
  const parts = text === '' ? [] : by === null ? [...text] : by === '' ? [text] : text.split(by)
  return parts.map(part => (part === nulls ? null : part))
}
