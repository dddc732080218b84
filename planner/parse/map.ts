import { quoteText } from '../../types/sql-text.ts'
import type { Token } from './tokens.ts'

type Edit = { readonly start: number; readonly end: number; readonly text: string }

const isSymbol = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text
const isMap = (token: Token | undefined): boolean => token?.kind === 'word' && token.value === 'map'

/** `MAP {k: v}`: `("$map"(k, v))`; `:: MAP(a, b)`, `AS MAP(a, b)`: `:: MAP('a, b')`. */
export function map(sql: string, tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  if (!isMap(token)) return []
  const open = tokens[i + 1]
  if (isSymbol(open, '{')) return literal(tokens, i, token)
  const [before, close] = [tokens[i - 1], isSymbol(open, '(') ? ending(tokens, i + 1) : undefined]
  const typed = isSymbol(before, '::') || (before?.kind === 'word' && before.value === 'as')
  if (close === undefined || !typed) return []
  const inside = sql.slice(open!.end, close.start)
  return [{ start: open!.start, end: close.end, text: `(${quoteText(inside)})` }]
}

function literal(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  const edits: Edit[] = [{ start: token.start, end: tokens[i + 1]!.end, text: '("$map"(' }]
  let depth = 0
  for (const at of tokens.slice(i + 1)) {
    if (at.kind !== 'symbol') continue
    if ('{(['.includes(at.text)) depth++
    else if ('})]'.includes(at.text)) {
      if (--depth > 0) continue
      return [...edits, { start: at.start, end: at.end, text: '))' }]
    } else if (depth === 1 && at.text === ':') edits.push({ start: at.start, end: at.end, text: ',' })
  }
  return []
}

function ending(tokens: readonly Token[], open: number): Token | undefined {
  let depth = 0
  for (const token of tokens.slice(open)) {
    if (isSymbol(token, '(')) depth++
    else if (isSymbol(token, ')') && --depth === 0) return token
  }
  return undefined
}
