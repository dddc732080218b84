import { notSupported, SqlError } from '../../types/error.ts'
import { expressionUntil, nameList, optionList } from './create.ts'
import type { Cursor } from './cursor.ts'
import type { Fragment, IndexKeySyntax, Statement } from './statement.ts'

/** After CREATE INDEX: `[IF NOT EXISTS] [name] ON relation (keys) [INCLUDE (…)] [DISTRIBUTED BY (…)]`. */
export function createIndex(c: Cursor, unique = false): Statement {
  c.accept('concurrently')
  const ifNotExists = c.accept('if', 'not', 'exists')
  // An index is in the schema of the relation it is on.
  const position = c.token?.start ?? c.end
  const name = c.looking('on') ? undefined : { schema: undefined, name: c.identifier(), position }
  if (name === undefined && ifNotExists) throw c.error()
  c.expect('on')
  const on = c.name()
  const method = c.accept('using') ? accessMethod(c) : 'btree'
  const keys = inBrackets(c, () => key(c, method !== 'btree'))
  const include = c.accept('include') ? nameList(c) : undefined
  const distributedBy = c.accept('distributed', 'by')
    ? inBrackets(c, () => expressionUntil(c, token => token.value === ','))
    : []
  const nullsNotDistinct = unique && c.accept('nulls', 'not', 'distinct')
  if (unique && !nullsNotDistinct) c.accept('nulls', 'distinct')
  const vector = method === 'btree' ? undefined : { method, options: c.accept('with') ? optionList(c) : {} }
  if (c.looking('with')) throw notSupported('WITH options of an index', { position: c.token!.start })
  if (c.looking('where')) throw notSupported('a partial index', { position: c.token!.start })
  c.finish()
  if (unique && vector !== undefined) throw notSupported('a unique index of vectors')
  const own = unique ? { unique: { nullsNotDistinct } } : {}
  return { kind: 'create index', name, ifNotExists, on, keys, include, distributedBy, vector, ...own }
}

const ENDS = new Set(['asc', 'desc', 'nulls'])

const VECTOR_METHODS = ['flat', 'hnsw']
const OTHER_METHODS = ['hash', 'gist', 'spgist', 'gin', 'brin', 'ivfflat']

function accessMethod(c: Cursor): string {
  const { start } = c.token ?? { start: c.end }
  const method = c.identifier()
  if (method === 'btree' || VECTOR_METHODS.includes(method)) return method
  if (OTHER_METHODS.includes(method)) throw notSupported(`an index by ${method}`)
  throw new SqlError('undefined_object', `access method "${method}" does not exist`, { position: start })
}

/** Vectors have an order, but not in their indexes. */
function key(c: Cursor, isVector: boolean): IndexKeySyntax {
  const expression: Fragment = expressionUntil(
    c,
    token => token.value === ',' || (token.kind === 'word' && ENDS.has(token.value)),
  )
  if (isVector && [...ENDS].some(word => c.looking(word)))
    throw new SqlError('invalid_parameter_value', 'vector index cannot specify order', {
      position: c.token!.start,
    })
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
  const found = c.list(item)
  c.expect(')')
  return found
}
