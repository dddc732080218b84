import { quoteText } from '../../types/sql-text.ts'
import { lambda } from './lambda.ts'
import { map } from './map.ts'
import { subscript } from './subscript.ts'
import { type Token, tokenize } from './tokens.ts'

/** What RisingWave's grammar has more than PostgreSQL's, written as PostgreSQL's grammar reads it. */
export interface Rewritten {
  readonly text: string
  /** UTF-16 offset in the text -> offset in what was written. */
  origin(offset: number): number
}

interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** A statement without any of these is PostgreSQL's already. */
const MAYBE = new RegExp(
  [
    String.raw`\bexcept\s*\(`,
    String.raw`\basof\b`,
    String.raw`\baggregate\s*:`,
    String.raw`\barray\s*\[`,
    String.raw`\)\s*\[\s*[^\]\s]`,
    String.raw`\bcorresponding\b`,
    String.raw`\bas\s+changelog\b`,
    String.raw`\bsystem_time\b`,
    String.raw`\bsession\s+with\s+gap\b`,
    String.raw`\b(ignore|respect)\s+nulls\b`,
    String.raw`\bstruct\s*<`,
    String.raw`\bmap\s*[({]`,
    String.raw`\|\s*\w+\s*(,\s*\w+\s*)?\|`,
  ].join('|'),
  'i',
)

/**
 * - `* EXCEPT (a, b)`, `t.* EXCEPT (a)`: a call of the function "*" (of t).
 * - `AGGREGATE:f(a)`: `"$aggregate".f(a)`.
 * - `a ASOF [LEFT] JOIN b ON c`: a join ON "asof"() AND c.
 * - `a JOIN b FOR SYSTEM_TIME AS OF PROCTIME() c ON d`: a join with `b c` ON "temporal"() AND d.
 * - `t FOR SYSTEM_TIME AS OF now() - '5' second a`: `t a TABLESAMPLE "as of"(now() - INTERVAL '5' second)`.
 * - `… UNION CORRESPONDING [BY (a)] SELECT b`: `… UNION SELECT "corresponding"(a), b`.
 * - `a AS CHANGELOG FROM b`: `a AS (SELECT "changelog"() FROM b)`.
 * - `SESSION WITH GAP g` in a window: `GROUPS "session"(g) PRECEDING`.
 * - `f(x IGNORE NULLS) OVER`, `f(x) IGNORE NULLS OVER`: `f(x) FILTER (WHERE "ignore nulls"()) OVER`.
 * - `ARRAY[…][1]`: `(ARRAY[…])[1]`; `f(x)[1]`: `(f(x))[1]`.
 * - `… :: STRUCT<a int>`: `… :: STRUCT ('a int')`.
 * - `MAP {k: v}`: `("$map"(k, v))`; `… :: MAP(a, b)`: `… :: MAP('a, b')`.
 * - `array_transform(a, |x| b)`: `array_transform(a, "$lambda"('x', b))`; `|k, v|` has both names before the body.
 */
export function rewriteDialect(sql: string): Rewritten {
  if (!MAYBE.test(sql)) return { text: sql, origin: offset => offset }
  const tokens = tokenize(sql)
  const edits = tokens.flatMap((token, i) => [
    ...starExcept(tokens, i, token),
    ...asofJoin(tokens, i, token),
    ...aggregatePrefix(tokens, i, token),
    ...temporalJoin(tokens, i, token),
    ...asOfTime(sql, tokens, i, token),
    ...corresponding(sql, tokens, i, token),
    ...changelogFrom(tokens, i, token),
    ...sessionFrame(tokens, i, token),
    ...ignoredNulls(tokens, i, token),
    ...subscript(tokens, i, token),
    ...structType(sql, tokens, i, token),
    ...map(sql, tokens, i, token),
    ...lambda(tokens, i, token, (from, found) => closing(tokens, from, found)),
  ])
  return apply(sql, edits)
}

function apply(sql: string, unsorted: readonly Edit[]): Rewritten {
  const edits = [...unsorted].sort((a, b) => a.start - b.start)
  let text = ''
  let at = 0
  /** Where pieces of the new text begin, and where they are in the old. */
  const pieces: { readonly to: number; readonly from: number }[] = [{ to: 0, from: 0 }]
  for (const edit of edits) {
    text += sql.slice(at, edit.start) + edit.text
    at = edit.end
    pieces.push({ to: text.length, from: at })
  }
  text += sql.slice(at)
  const origin = (offset: number): number => {
    const i = pieces.findLastIndex(p => p.to <= offset)
    const next = pieces[i + 1]
    const found = pieces[i]!.from + offset - pieces[i]!.to
    return next === undefined ? found : Math.min(found, next.from)
  }
  return { text, origin }
}

const is = (token: Token | undefined, value: string): boolean =>
  token !== undefined && token.kind !== 'quoted' && token.kind !== 'string' && token.value === value

const QUERY_WORDS = ['select', 'with', 'values', 'table', '(']

function starExcept(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  const star = tokens[i - 1]
  if (!is(token, 'except') || !is(star, '*') || !is(tokens[i + 1], '(')) return []
  if (QUERY_WORDS.some(word => is(tokens[i + 2], word))) return []
  return [
    { start: star!.start, end: star!.end, text: '"*"' },
    { start: token.start, end: token.end, text: '' },
  ]
}

function asofJoin(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  if (!is(token, 'asof')) return []
  let next = i + 1
  if (is(tokens[next], 'left') || is(tokens[next], 'inner')) next++
  if (is(tokens[next], 'outer')) next++
  if (!is(tokens[next], 'join')) return []
  const on = closing(tokens, next + 1, t => is(t, 'on'))
  if (on === undefined) return []
  return [
    { start: token.start, end: token.end, text: '' },
    { start: on.end, end: on.end, text: ' "asof"() AND' },
  ]
}

function aggregatePrefix(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  const colon = tokens[i + 1]
  if (!is(token, 'aggregate') || !is(colon, ':') || !is(tokens[i + 3], '(')) return []
  return [{ start: token.start, end: colon!.end, text: '"$aggregate".' }]
}

function changelogFrom(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  if (!is(token, 'changelog') || !is(tokens[i - 1], 'as') || !is(tokens[i + 1], 'from')) return []
  if (!inWith(tokens, i)) return []
  let last = i + 2
  while (is(tokens[last + 1], '.')) last += 2
  const name = tokens[last]
  if (name === undefined) return []
  return [
    { start: token.start, end: token.end, text: '(SELECT "changelog"()' },
    { start: name.end, end: name.end, text: ')' },
  ]
}

/** The token stands in a list of WITH: of its word and SELECT, that is the nearer one outside parentheses. */
function inWith(tokens: readonly Token[], from: number): boolean {
  let depth = 0
  for (let i = from; i >= 0 && depth >= 0; i--) {
    if (is(tokens[i], ')')) depth++
    else if (is(tokens[i], '(')) depth--
    else if (depth === 0 && is(tokens[i], 'with')) return true
    else if (depth === 0 && is(tokens[i], 'select')) return false
  }
  return false
}

const AS_OF_NOW = ['for', 'system_time', 'as', 'of', 'proctime', '(', ')']

function temporalJoin(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  if (!AS_OF_NOW.every((word, n) => is(tokens[i + n], word))) return []
  const after = i + AS_OF_NOW.length
  const gone = { start: token.start, end: tokens[after - 1]!.end, text: '' }
  const cross = crossJoin(tokens, i)
  if (cross !== undefined) {
    const { end } = tokens[pastAlias(tokens, after) - 1]!
    return [
      gone,
      { start: cross.start, end: cross.end, text: '' },
      { start: end, end, text: ' ON "temporal"() AND TRUE' },
    ]
  }
  const on = closing(tokens, after, t => is(t, 'on'))
  return on === undefined ? [] : [gone, { start: on.end, end: on.end, text: ' "temporal"() AND' }]
}

/** Of a time: `now()`, perhaps `- [INTERVAL] '5' second`, a text or seconds since 1970. */
function asOfTime(sql: string, tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  if (!['for', 'system_time', 'as', 'of'].every((word, n) => is(tokens[i + n], word))) return []
  const first = tokens[i + 4]
  let after = i + 5
  let time: string
  if (first?.kind === 'number') time = `to_timestamp(${first.text})`
  else if (first?.kind === 'string') time = `timestamptz ${first.text}`
  else if (is(first, 'now') && is(tokens[i + 5], '(') && is(tokens[i + 6], ')')) {
    after = i + 7
    time = 'now()'
    if (is(tokens[after], '-')) {
      const from = is(tokens[after + 1], 'interval') ? after + 2 : after + 1
      if (tokens[from]?.kind !== 'string') return []
      after = from + 1
      const unit = tokens[after]
      const named = unit?.kind === 'word' && UNITS.test(unit.value)
      if (named) after++
      time += ` - INTERVAL ${sql.slice(tokens[from]!.start, tokens[after - 1]!.end)}`
    }
  } else return []
  const past = pastAlias(tokens, after)
  const { end } = tokens[past - 1]!
  return [
    { start: token.start, end: tokens[after - 1]!.end, text: '' },
    { start: end, end, text: ` TABLESAMPLE "as of"(${time})` },
  ]
}

const UNITS = /^(second|minute|hour|day|week|month|year)s?$/

/** The word CROSS of `CROSS JOIN a.b` that ends before the token. */
function crossJoin(tokens: readonly Token[], end: number): Token | undefined {
  let i = end - 1
  while (is(tokens[i - 1], '.')) i -= 2
  return is(tokens[i - 1], 'join') && is(tokens[i - 2], 'cross') ? tokens[i - 2] : undefined
}

/** Words that follow an item of FROM and are no alias of it. */
const AFTER_ITEM = (
  'where join left right full inner cross natural on using group having window order limit offset fetch ' +
  'for union intersect except emit asof with'
).split(' ')

/** Past `[AS] name [(a, b)]`, if that follows. */
function pastAlias(tokens: readonly Token[], from: number): number {
  const at = is(tokens[from], 'as') ? from + 1 : from
  const name = tokens[at]
  if (
    name === undefined ||
    (name.kind !== 'quoted' && (name.kind !== 'word' || AFTER_ITEM.includes(name.value)))
  )
    return from
  const close = is(tokens[at + 1], '(') ? closing(tokens, at + 2, t => is(t, ')')) : undefined
  return close === undefined ? at + 1 : tokens.indexOf(close) + 1
}

function sessionFrame(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  const gap = tokens[i + 2]
  if (!is(token, 'session') || !is(tokens[i + 1], 'with') || !is(gap, 'gap')) return []
  const end = closing(tokens, i + 3, t => is(t, 'exclude') || is(t, ')'))
  if (end === undefined) return []
  return [
    { start: token.start, end: gap!.end, text: 'GROUPS "session"(' },
    { start: end.start, end: end.start, text: ') PRECEDING ' },
  ]
}

function ignoredNulls(tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  const nulls = tokens[i + 1]
  const ignores = is(token, 'ignore')
  if ((!ignores && !is(token, 'respect')) || !is(nulls, 'nulls')) return []
  const inside = is(tokens[i + 2], ')') && is(tokens[i + 3], 'over')
  if (!inside && !(is(tokens[i - 1], ')') && is(tokens[i + 2], 'over'))) return []
  const { end } = inside ? tokens[i + 2]! : nulls!
  const gone = { start: token.start, end: nulls!.end, text: '' }
  return ignores ? [gone, { start: end, end, text: ' FILTER (WHERE "ignore nulls"())' }] : [gone]
}

function corresponding(sql: string, tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  const before = tokens[is(tokens[i - 1], 'all') || is(tokens[i - 1], 'distinct') ? i - 2 : i - 1]
  if (!is(token, 'corresponding') || !['union', 'intersect', 'except'].some(word => is(before, word)))
    return []
  let next = i + 1
  let columns = ''
  let end = token.end
  if (is(tokens[next], 'by') && is(tokens[next + 1], '(')) {
    const close = closing(tokens, next + 2, t => is(t, ')'))
    if (close === undefined) return []
    columns = sql.slice(tokens[next + 1]!.end, close.start)
    end = close.end
    next = tokens.indexOf(close) + 1
  }
  while (is(tokens[next], '(')) next++
  if (!is(tokens[next], 'select')) return []
  if (is(tokens[next + 1], 'distinct') || is(tokens[next + 1], 'all')) next++
  const select = tokens[next]!
  return [
    { start: token.start, end, text: '' },
    { start: select.end, end: select.end, text: ` "corresponding"(${columns}),` },
  ]
}

function structType(sql: string, tokens: readonly Token[], i: number, token: Token): readonly Edit[] {
  const open = tokens[i + 1]
  if (!is(token, 'struct') || (!is(tokens[i - 1], '::') && !is(tokens[i - 1], 'as'))) return []
  if (open?.kind !== 'symbol' || !open.text.startsWith('<')) return []
  let depth = 0
  for (const { kind, text, start } of tokens.slice(i + 1)) {
    if (kind !== 'symbol') continue
    for (const [at, c] of [...text].entries()) {
      if (c === '<') depth++
      else if (c === '>') depth--
      if (depth > 0 || (c !== '<' && c !== '>')) continue
      const inner = sql.slice(open.start + 1, start + at)
      return [{ start: open.start, end: start + at + 1, text: ` (${quoteText(inner)})` }]
    }
  }
  return []
}

/** The first such token at the depth of parentheses and brackets where `from` stands. */
function closing(
  tokens: readonly Token[],
  from: number,
  found: (token: Token) => boolean,
): Token | undefined {
  let depth = 0
  for (const token of tokens.slice(from)) {
    if (depth === 0 && found(token)) return token
    if (is(token, '(') || is(token, '[')) depth++
    else if ((is(token, ')') || is(token, ']')) && --depth < 0) return undefined
  }
  return undefined
}
