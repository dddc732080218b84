import type { Token } from './tokens.ts'

type Edit = { readonly start: number; readonly end: number; readonly text: string }

const isSymbol = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'symbol' && token.text === text
const isName = (token: Token | undefined): boolean => token?.kind === 'word' || token?.kind === 'quoted'

/** `numeric(10, 2)[3]` is a type. */
const TYPES = new Set(
  'numeric decimal dec float varchar varying character char nchar bpchar bit varbit time timestamp interval map vector'.split(
    ' ',
  ),
)

/** Words that can stand before a parenthesis and are no function's name. */
const NO_CALLS = new Set(
  (
    'all analyse analyze and any array as asc asymmetric between by both case collate cross default desc ' +
    'distinct do else end escape except exists fetch filter for from full group grouping having ilike in inner ' +
    'intersect into is isnull join lateral leading left like limit natural not notnull null offset on only ' +
    'or order outer over overlaps placing returning right row select set similar some symmetric table then to ' +
    'trailing union using values verbose when where window with within'
  ).split(' '),
)

/** `ARRAY[…][1]`: `(ARRAY[…])[1]`; `f(x)[1]`: `(f(x))[1]`. */
export function subscript(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  if (!isSymbol(token, '[') || isSymbol(tokens[i + 1], ']')) return []
  const close = tokens[i - 1]
  const array = isSymbol(close, ']')
  if (!array && !isSymbol(close, ')')) return []
  const open = opening(tokens, i - 1)
  if (open === undefined) return []
  const first = array ? keyword(tokens, open - 1) : called(tokens, open - 1)
  if (first === undefined) return []
  return [
    { start: first.start, end: first.start, text: '(' },
    { start: close!.end, end: close!.end, text: ')' },
  ]
}

function keyword(tokens: readonly Token[], at: number): Token | undefined {
  const token = tokens[at]
  return token?.kind === 'word' && token.value === 'array' ? token : undefined
}

/** Where the name of the function that ends at this token begins. */
function called(tokens: readonly Token[], at: number): Token | undefined {
  const name = tokens[at]
  if (!isName(name)) return undefined
  if (name!.kind === 'word' && (TYPES.has(name!.value) || NO_CALLS.has(name!.value))) return undefined
  let first = at
  while (isSymbol(tokens[first - 1], '.') && isName(tokens[first - 2])) first -= 2
  return isSymbol(tokens[first - 1], '::') ? undefined : tokens[first]
}

/** The place of the bracket that the one at `at` closes. */
function opening(tokens: readonly Token[], at: number): number | undefined {
  let depth = 0
  for (let i = at; i >= 0; i--) {
    if (isSymbol(tokens[i], ')') || isSymbol(tokens[i], ']')) depth++
    else if ((isSymbol(tokens[i], '(') || isSymbol(tokens[i], '[')) && --depth === 0) return i
  }
  return undefined
}
