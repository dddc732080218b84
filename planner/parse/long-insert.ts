import type { PgNode } from '../contract.ts'
import { type Cursor, parsePostgres } from './cursor.ts'
import type { Fragment } from './statement.ts'
import type { Token } from './tokens.ts'

/** With fewer rows there is nothing to gain. */
const ROWS_MIN = 16
/** Before VALUES stand a name and columns. */
const HEAD_TOKENS = 4000
/** Locations of nodes made here: offsets in the session's text, above all that the grammar gives. */
const OWN = 2 ** 40
const INT4_MAX = 2147483647

/**
 * An INSERT of many rows of constants: the grammar reads it with the first row alone, and the nodes of the others are made from
 * their tokens, as it would make them; that takes a fifth of the time. undefined: it is another statement, or is not sure to be one.
 */
export function longInsert({ sql, tokens, at, end }: Cursor): Fragment | undefined {
  const first = firstRow(tokens, at)
  if (first === -1) return undefined
  const lists: PgNode[] = []
  let next = first
  let firstEnd = 0
  for (;;) {
    const items: PgNode[] = []
    next = readRow(tokens, next, items)
    if (next === -1) return undefined
    if (lists.length === 0) firstEnd = tokens[next - 1]!.end
    lists.push({ List: { items } })
    if (!isSymbol(tokens[next], ',')) break
    next++
  }
  if (lists.length < ROWS_MIN) return undefined
  const from = tokens[at]!.start
  const lastEnd = tokens[next - 1]!.end
  const head = sql.slice(from, firstEnd)
  const { stmts, position } = parsePostgres(head + sql.slice(lastEnd, end), offset =>
    offset <= head.length ? from + offset : lastEnd + offset - head.length,
  )
  const node = stmts.length === 1 ? withRows(stmts[0]!, lists) : undefined
  if (node === undefined) return undefined
  return {
    node,
    text: sql.slice(from, end),
    position: location => (location !== undefined && location >= OWN ? location - OWN : position(location)),
  }
}

/** The statement with these lists in place of its one list of values. */
function withRows(statement: PgNode, lists: readonly PgNode[]): PgNode | undefined {
  const insert = statement['InsertStmt'] as { readonly selectStmt?: PgNode } | undefined
  const select = insert?.selectStmt?.['SelectStmt'] as
    | { readonly valuesLists?: readonly PgNode[] }
    | undefined
  if (insert === undefined || select?.valuesLists?.length !== 1) return undefined
  return { InsertStmt: { ...insert, selectStmt: { SelectStmt: { ...select, valuesLists: lists } } } }
}

/** Index of the token that opens the first row; -1: there is none. */
function firstRow(tokens: readonly Token[], at: number): number {
  const last = Math.min(tokens.length - 1, at + HEAD_TOKENS)
  let depth = 0
  for (let i = at; i < last; i++) {
    const token = tokens[i]!
    if (isSymbol(token, '(')) depth++
    else if (isSymbol(token, ')')) depth--
    else if (depth === 0 && token.kind === 'word' && token.value === 'values') return i + 1
  }
  return -1
}

/** Reads the row at `at`; returns the index behind it, -1: it has something else than constants. */
function readRow(tokens: readonly Token[], at: number, items: PgNode[]): number {
  if (!isSymbol(tokens[at], '(')) return -1
  let i = at + 1
  for (;;) {
    const sign = tokens[i]
    const negative = isSymbol(sign, '-')
    if (negative) i++
    const token = tokens[i++]
    const fields = token === undefined ? undefined : constant(token, negative)
    if (fields === undefined) return -1
    const location = OWN + sign!.start
    items.push(fields === 'default' ? { SetToDefault: { location } } : { A_Const: { ...fields, location } })
    if (isSymbol(tokens[i], ')')) return i + 1
    if (!isSymbol(tokens[i++], ',')) return -1
  }
}

function isSymbol(token: Token | undefined, value: string): boolean {
  return token !== undefined && token.kind === 'symbol' && token.value === value
}

/** As libpg-query writes them: what is zero, or false, is left out. */
function constant({ kind, text, value }: Token, negative: boolean): PgNode | 'default' | undefined {
  if (kind === 'number') return numberConstant(text, negative)
  if (negative) return undefined
  if (kind === 'string') return text.startsWith("'") ? { sval: { sval: value } } : undefined
  if (kind !== 'word') return undefined
  switch (value) {
    case 'null':
      return { isnull: true }
    case 'true':
      return { boolval: { boolval: true } }
    case 'false':
      return { boolval: {} }
    case 'default':
      return 'default'
    default:
      return undefined
  }
}

function numberConstant(text: string, negative: boolean): PgNode {
  const whole = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (whole <= INT4_MAX) return { ival: whole === 0 ? {} : { ival: negative ? -whole : whole } }
  return { fval: { fval: negative ? `-${text}` : text } }
}
