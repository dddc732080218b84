import { quoteText } from '../../types/sql-text.ts'
import type { Token } from './tokens.ts'

const isBar = (token: Token | undefined): boolean => token?.kind === 'symbol' && token.text === '|'

/** `f(a, |x| body)`: the argument becomes a call `"$lambda"('x', body)`; of `|x, y| body`, `"$lambda"('x', 'y', body)`. */
export function lambda(
  tokens: readonly Token[],
  i: number,
  token: Token,
  closing: (from: number, found: (token: Token) => boolean) => Token | undefined,
): readonly { readonly start: number; readonly end: number; readonly text: string }[] {
  const two = tokens[i + 2]?.kind === 'symbol' && tokens[i + 2]?.text === ','
  const all = two ? [tokens[i + 1], tokens[i + 3]] : [tokens[i + 1]]
  const next = i + all.length * 2
  const [before, bar] = [tokens[i - 1], tokens[next]]
  const starts = before?.kind === 'symbol' && (before.text === '(' || before.text === ',')
  if (!isBar(token) || !starts || !isBar(bar)) return []
  const names = all.filter(name => name?.kind === 'word' || name?.kind === 'quoted')
  if (names.length < all.length) return []
  const end = closing(next + 1, t => t.kind === 'symbol' && (t.text === ')' || t.text === ','))
  if (end === undefined) return []
  return [
    {
      start: token.start,
      end: bar!.end,
      text: `"$lambda"(${names.map(name => `${quoteText(name!.value)}, `).join('')}`,
    },
    { start: end.start, end: end.start, text: ')' },
  ]
}
