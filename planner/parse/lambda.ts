import type { Token } from './tokens.ts'

const isBar = (token: Token | undefined): boolean => token?.kind === 'symbol' && token.text === '|'

/** `f(a, |x| body)`: the argument becomes a call `"$lambda"('x', body)`. */
export function lambda(
  tokens: readonly Token[],
  i: number,
  token: Token,
  closing: (from: number, found: (token: Token) => boolean) => Token | undefined,
): readonly { readonly start: number; readonly end: number; readonly text: string }[] {
  const [before, name, bar] = [tokens[i - 1], tokens[i + 1], tokens[i + 2]]
  const starts = before?.kind === 'symbol' && (before.text === '(' || before.text === ',')
  if (!isBar(token) || !starts || !isBar(bar)) return []
  if (name?.kind !== 'word' && name?.kind !== 'quoted') return []
  const end = closing(i + 3, t => t.kind === 'symbol' && (t.text === ')' || t.text === ','))
  if (end === undefined) return []
  return [
    { start: token.start, end: bar!.end, text: `"$lambda"('${name.value.replaceAll("'", "''")}', ` },
    { start: end.start, end: end.start, text: ')' },
  ]
}
