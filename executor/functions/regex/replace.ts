import { fn } from '../registry.ts'
import { compileRegex } from './compile.ts'
import { atLeast, flagged, groupText, type Match, matchesOf, type Regex, unitsBefore } from './search.ts'

/** The nth match (0: every match) from a position in UTF-16 units on, put in the template's form. */
function replaced(text: string, regex: Regex, template: string, from: number, nth: number): string {
  const write = parseTemplate(template)
  let result = ''
  let done = 0
  let count = 0
  for (const match of matchesOf(regex, text, from)) {
    count++
    if (nth > 0 && count !== nth) continue
    result += text.slice(done, match.starts[0]) + write(text, match)
    done = match.ends[0]!
    if (nth > 0) break
  }
  return result + text.slice(done)
}

/** \1 to \9 are groups, \& is the match, \\ a backslash; other backslashes stand for themselves. */
function parseTemplate(template: string): (text: string, match: Match) => string {
  if (!template.includes('\\')) return () => template
  const parts = template.match(/\\[1-9&\\]|[^\\]+|\\/gs) ?? []
  return (text, match) =>
    parts
      .map(part => {
        if (part[0] !== '\\' || part.length === 1) return part
        if (part === '\\\\') return '\\'
        const group = part === '\\&' ? 0 : Number(part[1])
        return group < match.starts.length ? (groupText(text, match, group) ?? '') : ''
      })
      .join('')
}

fn('regexp_replace(text, text, text) -> text', {
  help: 'the first match by another text',
  call: (text: string, pattern: string, template: string) =>
    replaced(text, compileRegex(pattern), template, 0, 1),
})
fn('regexp_replace(text, text, text, text) -> text', {
  help: 'the first match, with flag g every match, by another text',
  call: (text: string, pattern: string, template: string, flags: string) => {
    const { regex, all } = flagged(pattern, flags)
    return replaced(text, regex, template, 0, all ? 0 : 1)
  },
})

function numbered(text: string, pattern: string, template: string, start: number, nth: number, flags = '') {
  atLeast(1, 'start', start)
  atLeast(0, 'n', nth)
  return replaced(text, flagged(pattern, flags).regex, template, unitsBefore(text, start), nth)
}
fn('regexp_replace(text, text, text, int4) -> text', {
  help: 'the first match from a character on by another text',
  call: (text: string, pattern: string, template: string, start: number) =>
    numbered(text, pattern, template, start, 1),
})
fn('regexp_replace(text, text, text, int4, int4) -> text', {
  help: 'the nth match from a character on, 0 for every match, by another text',
  call: numbered,
})
fn('regexp_replace(text, text, text, int4, int4, text) -> text', {
  help: 'the nth match from a character on, with flags',
  call: numbered,
})
