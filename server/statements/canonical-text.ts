import { type Token, tokenize } from '../../planner/parse/tokens.ts'

/** Words that mean nothing else in a statement. */
const KEYWORDS =
  words(`all and any as asc between by case cast create cross desc distinct else end except exists
  false for from full group having in inner intersect into is join lateral left like ilike limit
  natural not null offset on or order outer over right select similar some
  table then true union using values when where with constraint default
  references foreign cascade restrict deferrable initially`)
/** Words that are names elsewhere, by those that stand beside them: `primary key`, `append only`. */
const PAIRS =
  `primary key,append only,nulls first,nulls last,unbounded preceding,unbounded following,current row,
  group by,order by,partition by,on conflict,do nothing,do update,format plain,format upsert,format debezium,
  encode json,encode bytes,encode avro,encode protobuf,if not,window close,emit on,time zone,without time,
  create source,create sink,create subscription,create view,create index,
  foreign key,no action,set null,set default,on delete,on update,match full,initially deferred,not valid,
  create materialized,materialized view,watermark for,filter where,distributed by,with ttl`
    .split(',')
    .map(pair => pair.trim().split(' ') as [string, string])
const TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'int',
      'bigint',
      'smallint',
      'boolean',
      'real',
      'float',
      'double',
      'precision',
      'numeric',
      'date',
      'time',
    ].map(name => [name, name.toUpperCase()]),
  ),
  timestamp: 'TIMESTAMP',
  interval: 'INTERVAL',
  bytea: 'BYTEA',
  json: 'JSON',
  jsonb: 'JSONB',
  struct: 'STRUCT',
  integer: 'INT',
  decimal: 'NUMERIC',
  bool: 'BOOLEAN',
  varchar: 'CHARACTER VARYING',
  character: 'CHARACTER',
  varying: 'VARYING',
  text: 'CHARACTER VARYING',
  string: 'CHARACTER VARYING',
}
const UNITS = words('second minute hour day month year')
const CALLED = new Set([')', ']'])

/** A CREATE statement as RisingWave shows it: one line, keywords and types in capitals, one space between words. */
export function canonicalSql(sql: string): string {
  const tokens = withoutConditions(tokenize(sql))
  const types = typePositions(tokens)
  const angles = anglePositions(tokens, types)
  let text = ''
  tokens.forEach((token, i) => {
    const before = tokens[i - 1]
    const angled = angles.has(i) || (angles.has(i - 1) && before?.text === '<')
    if (before !== undefined && !angled && spaced(before, token, tokens, i)) text += ' '
    // Names of columns and fields stay as they were written.
    const named = types.has(i + 1) && ['(', ',', '<'].includes(before?.text ?? '')
    text += named ? token.text : shown(token, i, tokens, types)
  })
  return text
}

/** CREATE OR REPLACE and IF NOT EXISTS are said of the moment, not of what is made. */
function withoutConditions(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.findIndex((token, i) => i > 6 || token.text === '(')
  const head = tokens.slice(0, end === -1 ? tokens.length : end)
  for (const phrase of [
    ['or', 'replace'],
    ['if', 'not', 'exists'],
  ]) {
    const at = head.findIndex((_, i) => phrase.every((each, k) => word(head[i + k]) === each))
    if (at > 0) return withoutConditions([...tokens.slice(0, at), ...tokens.slice(at + phrase.length)])
  }
  return tokens
}

function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/))
}

function word(token: Token | undefined): string {
  return token?.kind === 'word' ? token.value : ''
}

function isKeyword(tokens: readonly Token[], i: number): boolean {
  const [before, own, after] = [word(tokens[i - 1]), word(tokens[i]), word(tokens[i + 1])]
  if (own === '' || tokens[i - 1]?.text === '.' || tokens[i + 1]?.text === '.') return false
  if (KEYWORDS.has(own)) return true
  return PAIRS.some(([a, b]) => (own === a && after === b) || (own === b && before === a))
}

function shown(token: Token, i: number, tokens: readonly Token[], types: ReadonlySet<number>): string {
  if (token.kind !== 'word') return token.text
  // RisingWave writes `AS changelog from t` in small letters.
  if (token.value === 'changelog' || word(tokens[i - 1]) === 'changelog') return token.value
  if (types.has(i)) return TYPES[token.value] ?? token.value
  const unit =
    UNITS.has(token.value) && tokens[i - 1]?.kind === 'string' && word(tokens[i - 2]) === 'interval'
  const interval = token.value === 'interval' && tokens[i + 1]?.kind === 'string'
  return unit || interval || isKeyword(tokens, i) ? token.value.toUpperCase() : asNamed(token, tokens)
}

/** Definitions of columns are folded; a query stays as it was written. */
function asNamed(token: Token, tokens: readonly Token[]): string {
  return ['table', 'source'].includes(word(tokens[1])) ? token.value : token.text
}

/** Where the names of types stand: behind a column's name in a list of columns, behind `::`, in CAST … AS. */
function typePositions(tokens: readonly Token[]): Set<number> {
  const found = new Set<number>()
  const from = (at: number): void => {
    for (let i = at; word(tokens[i]) in TYPES; i++) found.add(i)
  }
  const open = tokens.findIndex(token => token.text === '(')
  const made = word(tokens[1])
  const lists = (made === 'table' || made === 'source') && !tokens.slice(0, open).some(t => word(t) === 'as')
  let depth = 0
  for (let i = 0; i < tokens.length; i++) {
    const { text } = tokens[i]!
    if (text === '(') depth++
    if (text === ')' && --depth === 0 && lists) break
    const column = depth === 1 && (text === ',' || (text === '(' && i === open))
    if (lists && column && !isKeyword(tokens, i + 1)) from(i + 2)
  }
  tokens.forEach((token, i) => {
    if (token.text === '::') from(i + 1)
    if (token.text === '<' && word(tokens[i - 1]) === 'struct') found.add(i - 1)
  })
  return found
}

/** Brackets of `STRUCT<a INT, …>`; types inside are added to `types`. */
function anglePositions(tokens: readonly Token[], types: Set<number>): ReadonlySet<number> {
  const found = new Set<number>()
  let depth = 0
  tokens.forEach((token, i) => {
    if (token.text === '<' && (types.has(i - 1) || depth > 0) && word(tokens[i - 1]) === 'struct') depth++
    else if (depth > 0 && /^>+$/.test(token.text)) depth = Math.max(0, depth - token.text.length)
    else {
      const field = depth > 0 && ['<', ','].includes(tokens[i - 2]?.text ?? '')
      if (field || (depth > 0 && types.has(i - 1))) if (token.value in TYPES) types.add(i)
      return
    }
    found.add(i)
  })
  return found
}

function spaced(before: Token, token: Token, tokens: readonly Token[], i: number): boolean {
  if ([',', ')', ']', '.', '::', ';'].includes(token.text)) return false
  if (['(', '[', '.', '::'].includes(before.text)) return false
  if (token.text === '[') return isKeyword(tokens, i - 1)
  if (token.text !== '(') return true
  if (CALLED.has(before.text)) return false
  const named = before.kind === 'quoted' || (before.kind === 'word' && !isKeyword(tokens, i - 1))
  // Only the list of a table's columns stands apart from a name.
  return !named || isColumnList(tokens, i)
}

function isColumnList(tokens: readonly Token[], i: number): boolean {
  const first = tokens.findIndex(token => token.text === '(')
  return i === first && ['table', 'source'].includes(word(tokens[1]))
}
