import { notSupported } from '../../types/error.ts'
import type { Cursor } from './cursor.ts'
import type { RelationWord } from './statement.ts'

const WORDS: readonly (readonly [RelationWord, readonly string[]])[] = [
  ['table', ['table']],
  ['source', ['source']],
  ['materialized view', ['materialized', 'view']],
  ['view', ['view']],
  ['index', ['index']],
  ['sink', ['sink']],
  ['subscription', ['subscription']],
  ['sequence', ['sequence']],
  ['schema', ['schema']],
  ['database', ['database']],
]

/** Kinds of objects that other servers have: refused by name. */
const OTHERS = [
  'aggregate',
  'cast',
  'collation',
  'connection',
  'extension',
  'foreign',
  'function',
  'group',
  'operator',
  'owned',
  'policy',
  'procedure',
  'publication',
  'role',
  'routine',
  'rule',
  'secret',
  'server',
  'statistics',
  'tablespace',
  'trigger',
  'user',
]

/** The kind of object that DROP, ALTER or COMMENT ON names. */
export function relationWord(c: Cursor): RelationWord {
  const found = WORDS.find(([, words]) => c.accept(...words))
  if (found !== undefined) return found[0]
  const [verb, { value = '', start = c.end } = {}] = [c.tokens[0]!.value, c.token]
  if (OTHERS.includes(value)) throw notSupported(`${verb} ${value}`.toUpperCase(), { position: start })
  throw c.error()
}
