import { SqlError } from './error.ts'
import type { Type } from './type.ts'
import { limitField } from './type-modifier.ts'
import type { Value } from './value.ts'

/** PostgreSQL's text of a record: `(1,,"a ""b""")`; blanks belong to the values. Throws 22P02. */
export function parseRecord(type: Type, text: string, item: (type: Type, text: string) => Value): Value[] {
  let at = text.length - text.trimStart().length
  if (text[at++] !== '(') throw malformed(text, 'Missing left parenthesis.')
  const fields = type.fields!
  const values: Value[] = []
  for (const [i, field] of fields.entries()) {
    if (i > 0) {
      if (text[at] !== ',') throw malformed(text, text[at] === ')' ? 'Too few columns.' : END)
      at++
    }
    const read = readField(text, at)
    at = read.at
    values.push(read.value === null ? null : limitField(field, item(field.type, read.value)))
  }
  if (text[at] === ',') throw malformed(text, 'Too many columns.')
  if (text[at] !== ')') throw malformed(text, fields.length === 0 ? 'Too many columns.' : END)
  if (text.slice(at + 1).trim() !== '') throw malformed(text, 'Junk after right parenthesis.')
  return values
}

const END = 'Unexpected end of input.'

/** Up to a comma or the end of the record; nothing at all is NULL. */
function readField(text: string, from: number): { readonly value: string | null; readonly at: number } {
  let at = from
  let value = ''
  let quoted = false
  for (; at < text.length; at++) {
    const c = text[at]!
    if (c === '"') {
      if (quoted && text[at + 1] === '"') value += text[++at]
      else quoted = !quoted
    } else if (!quoted && (c === ',' || c === ')')) break
    else value += c === '\\' ? (text[++at] ?? '') : c
  }
  if (at >= text.length) throw malformed(text, END)
  return { value: at === from ? null : value, at }
}

function malformed(text: string, detail: string): SqlError {
  return new SqlError('invalid_text_representation', `malformed record literal: "${text}"`, { detail })
}
