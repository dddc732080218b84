import { notSupported } from '../../types/error.ts'
import type { Field } from '../../types/type.ts'
import { columnType } from './create.ts'
import type { Cursor } from './cursor.ts'
import { placeAction } from './place-action.ts'
import type { Statement, TypeAction, TypeWord } from './statement.ts'

/** CREATE TYPE, after that word. */
export function createType(c: Cursor): Statement {
  const name = c.name()
  const { start } = c.token ?? { start: c.end }
  if (!c.accept('as')) throw notSupported('CREATE TYPE of a base type', { position: start })
  if (c.looking('range')) throw notSupported('CREATE TYPE AS RANGE', { position: start })
  c.expect('(')
  const fields: Field[] = c.accept(')') ? [] : c.list(() => attribute(c))
  if (fields.length > 0) c.expect(')')
  c.finish()
  return { kind: 'create type', name, of: 'composite', fields }
}

const ATTRIBUTE_WORDS = new Set(['collate', 'cascade', 'restrict'])

/** `name type`. */
function attribute(c: Cursor): Field {
  const name = c.identifier()
  const { type, modifier } = columnType(c, ATTRIBUTE_WORDS)
  if (c.accept('collate')) c.identifier()
  return { name, type, ...(modifier !== undefined && { modifier }) }
}

/** DROP TYPE, after that word. */
export function dropType(c: Cursor, of: TypeWord): Statement {
  const ifExists = c.accept('if', 'exists')
  const names = c.list(() => c.name())
  const cascade = c.accept('cascade')
  if (!cascade) c.accept('restrict')
  c.finish()
  return { kind: 'drop type', of, names, ifExists, cascade }
}

/** ALTER TYPE, after that word. */
export function alterType(c: Cursor, of: TypeWord): Statement {
  const name = c.name()
  const action = placeAction(c) ?? typeAction(c)
  if (c.looking(',')) throw notSupported('several actions in one ALTER', { position: c.token!.start })
  c.finish()
  return { kind: 'alter type', of, name, action }
}

function typeAction(c: Cursor): TypeAction {
  const { start } = c.token ?? { start: c.end }
  if (c.accept('rename', 'attribute')) {
    const from = c.identifier()
    c.expect('to')
    return sure(c, { do: 'rename attribute', from, to: c.identifier() })
  }
  if (c.accept('add', 'attribute')) return sure(c, { do: 'add attribute', attribute: attribute(c) })
  if (c.accept('drop', 'attribute')) {
    const ifExists = c.accept('if', 'exists')
    return sure(c, { do: 'drop attribute', ifExists, name: c.identifier() })
  }
  if (c.accept('alter', 'attribute')) {
    const name = c.identifier()
    c.accept('set', 'data')
    c.expect('type')
    const { type, modifier } = columnType(c, ATTRIBUTE_WORDS)
    const attribute = { name, type, ...(modifier !== undefined && { modifier }) }
    return sure(c, { do: 'alter attribute', attribute })
  }
  if (c.looking('set', '(')) throw notSupported('ALTER TYPE … SET', { position: start })
  throw c.error()
}

/** No typed table follows the type, so CASCADE says nothing. */
function sure(c: Cursor, action: TypeAction): TypeAction {
  if (!c.accept('cascade')) c.accept('restrict')
  return action
}
