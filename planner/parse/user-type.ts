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
  const made = c.accept('enum')
    ? ({ kind: 'enum', labels: inBrackets(c, () => c.string()) } as const)
    : ({ kind: 'composite', fields: inBrackets(c, () => attribute(c)) } as const)
  c.finish()
  return { kind: 'create type', name, made }
}

function inBrackets<T>(c: Cursor, item: () => T): T[] {
  c.expect('(')
  if (c.accept(')')) return []
  const items = c.list(item)
  c.expect(')')
  return items
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
  const cascade = c.cascades()
  c.finish()
  return { kind: 'drop type', of, names, ifExists, cascade }
}

/** ALTER TYPE, after that word. */
export function alterType(c: Cursor): Statement {
  const name = c.name()
  const action = placeAction(c) ?? typeAction(c)
  if (c.looking(',')) throw notSupported('several actions in one ALTER', { position: c.token!.start })
  c.finish()
  return { kind: 'alter type', name, action }
}

function typeAction(c: Cursor): TypeAction {
  const { start } = c.token ?? { start: c.end }
  if (c.accept('add', 'value')) {
    const ifNotExists = c.accept('if', 'not', 'exists')
    const label = c.string()
    const before = c.accept('before')
    if (!before && !c.accept('after')) return { do: 'add value', ifNotExists, label }
    return { do: 'add value', ifNotExists, label, beside: { label: c.string(), before } }
  }
  if (c.accept('rename', 'value')) {
    const from = c.string()
    c.expect('to')
    return { do: 'rename value', from, to: c.string() }
  }
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
  c.cascades()
  return action
}
