import { notSupported } from '../../types/error.ts'
import { optionList } from './create.ts'
import type { Cursor } from './cursor.ts'
import { placeAction } from './place-action.ts'
import type { Name, Statement } from './statement.ts'

/** Before the name in an option's value: `option = SECRET name`. No text of a statement has it. */
const MARK = '\u0000secret'

/** After `option =`: the value that stands for a secret; undefined: something else is there. */
export function secretReference(c: Cursor): string | undefined {
  const next = c.tokens[c.at + 1]?.kind
  if (!c.looking('secret') || (next !== 'word' && next !== 'quoted')) return undefined
  c.expect('secret')
  const name = c.name()
  if (c.looking('as')) throw notSupported('a secret as a file', { position: c.token!.start })
  return MARK + JSON.stringify(name)
}

/** The secret that an option's value names; undefined: it is a plain value. */
export function namedSecret(value: string): Name | undefined {
  return value.startsWith(MARK) ? (JSON.parse(value.slice(MARK.length)) as Name) : undefined
}

/** After CREATE SECRET: `[IF NOT EXISTS] name [WITH (backend = 'meta')] AS 'value'`. */
export function createSecret(c: Cursor): Statement {
  const ifNotExists = c.accept('if', 'not', 'exists')
  return { kind: 'create secret', ifNotExists, ...rest(c) }
}

/** After ALTER SECRET: `name [WITH (…)] AS 'value'`, or what is said of its name, its schema and its owner. */
export function alterSecret(c: Cursor): Statement {
  const next = c.tokens[c.at + (c.tokens[c.at + 1]?.text === '.' ? 3 : 1)]?.value
  if (next === 'with' || next === 'as') return { kind: 'alter secret', ...rest(c) }
  const name = c.name()
  const action = placeAction(c)
  if (action === undefined) throw c.error()
  c.finish()
  return { kind: 'alter secret place', name, action }
}

function rest(c: Cursor): { name: Name; backend: string; value: string } {
  const name = c.name()
  const { backend = 'meta' } = c.accept('with') ? optionList(c) : {}
  c.expect('as')
  const value = c.string()
  c.finish()
  return { name, backend, value }
}

/** After DROP SECRET. */
export function dropSecret(c: Cursor): Statement {
  const ifExists = c.accept('if', 'exists')
  const names = c.list(() => c.name())
  c.finish()
  return { kind: 'drop secret', names, ifExists }
}
