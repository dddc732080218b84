import { notSupported } from '../../types/error.ts'
import { expressionUntil, nameList } from './create.ts'
import type { Cursor } from './cursor.ts'
import type { Fragment, IndexKeySyntax, Statement } from './statement.ts'

/** After CREATE INDEX: `[IF NOT EXISTS] [name] ON relation (keys) [INCLUDE (…)] [DISTRIBUTED BY (…)]`. */
export function createIndex(c: Cursor): Statement {
  c.accept('concurrently')
  const ifNotExists = c.accept('if', 'not', 'exists')
  // An index is in the schema of the relation it is on.
  const position = c.token?.start ?? c.end
  const name = c.looking('on') ? undefined : { schema: undefined, name: c.identifier(), position }
  if (name === undefined && ifNotExists) throw c.error()
  c.expect('on')
  const on = c.name()
  if (c.accept('using')) {
    const method = c.identifier()
    if (method !== 'btree') throw notSupported(`an index by ${method}`)
  }
  const keys = inBrackets(c, () => key(c))
  const include = c.accept('include') ? nameList(c) : undefined
  const distributedBy = c.accept('distributed', 'by')
    ? inBrackets(c, () => expressionUntil(c, token => token.value === ','))
    : []
  if (c.looking('with')) throw notSupported('WITH options of an index', { position: c.token!.start })
  if (c.looking('where')) throw notSupported('a partial index', { position: c.token!.start })
  c.finish()
  return { kind: 'create index', name, ifNotExists, on, keys, include, distributedBy }
}

const ENDS = new Set(['asc', 'desc', 'nulls'])

function key(c: Cursor): IndexKeySyntax {
  const expression: Fragment = expressionUntil(
    c,
    token => token.value === ',' || (token.kind === 'word' && ENDS.has(token.value)),
  )
  const descending = c.accept('desc')
  if (!descending) c.accept('asc')
  let nullsFirst = descending
  if (c.accept('nulls')) {
    nullsFirst = c.accept('first')
    if (!nullsFirst) c.expect('last')
  }
  return { expression, descending, nullsFirst }
}

function inBrackets<T>(c: Cursor, item: () => T): T[] {
  c.expect('(')
  const found = [item()]
  while (c.accept(',')) found.push(item())
  c.expect(')')
  return found
}
