import { SqlError } from '../../../types/error.ts'
import { fn } from '../registry.ts'

/** The regular expression of a SIMILAR TO pattern (similar_escape_internal of regexp.c). Throws 22025, 2200C. */
export function similarPattern(pattern: string, by: string): string {
  if ([...by].length > 1)
    throw new SqlError('invalid_escape_sequence', 'invalid escape string', {
      hint: 'Escape string must be empty or one character.',
    })
  let source = '^(?:'
  let separators = 0
  let depth = 0
  let classStart = 0
  const chars = [...pattern]
  for (let i = 0; i < chars.length; i++) {
    const c = chars[i]!
    if (c === by && i + 1 < chars.length) {
      const next = chars[++i]!
      if (next !== '"' || depth > 0) source += `\\${next}`
      else source += separator(separators++)
    } else if (c === by) break
    else if (depth > 0) {
      if (c === '\\') source += '\\'
      source += c
      if (c === ']' && i > classStart) depth--
      else if (c === '[') depth++
    } else if (c === '[') {
      source += c
      depth = 1
      classStart = chars[i + 1] === '^' ? i + 2 : i + 1
    } else source += PLAIN[c] ?? c
  }
  return `${source})$`
}

const PLAIN: Readonly<Record<string, string>> = {
  '%': '.*',
  _: '.',
  '(': '(?:',
  '\\': '\\\\',
  '.': '\\.',
  '^': '\\^',
  $: '\\$',
}

/** What stands for the escape and a double quote: the part between the two is the match, as long as it can be. */
function separator(nth: number): string {
  if (nth === 0) return '){1,1}?('
  if (nth === 1) return '){1,1}(?:'
  throw new SqlError(
    'invalid_use_of_escape_character',
    'SQL regular expression may not contain more than two escape-double-quote separators',
  )
}

fn('similar_to_escape(text) -> text', {
  help: 'regular expression of a SIMILAR TO pattern',
  call: (pattern: string) => similarPattern(pattern, '\\'),
})
fn('similar_escape(text, text) -> text', {
  help: 'regular expression of a SIMILAR TO pattern; NULL: the backslash escapes',
  strict: false,
  call: (pattern: string | null, by: string | null) =>
    pattern === null ? null : similarPattern(pattern, by ?? '\\'),
})
fn('similar_to_escape(text, text) -> text', {
  help: 'regular expression of a SIMILAR TO pattern with another escape character',
  call: similarPattern,
})
