import { checkCollation } from '../../types/collation.ts'
import { notSupported } from '../../types/error.ts'
import { constraint, constraintLabel, dropConstraint } from './constraint.ts'
import { columnType, expressionUntil } from './create.ts'
import type { Cursor } from './cursor.ts'
import { placeAction } from './place-action.ts'
import type { CheckSyntax, DomainAction, Fragment, Statement } from './statement.ts'

const WORDS = new Set([
  'default',
  'not',
  'null',
  'check',
  'constraint',
  'collate',
  'unique',
  'primary',
  'references',
])

/** CREATE DOMAIN, after that word. */
export function createDomain(c: Cursor): Statement {
  const name = c.name()
  c.accept('as')
  const { start } = c.token ?? { start: c.end }
  const { type, modifier } = columnType(c, WORDS)
  let fallback: Fragment | undefined
  let notNull: boolean | undefined
  let refused: string | undefined
  const checks: CheckSyntax[] = []
  while (c.token !== undefined) {
    if (c.accept('collate')) {
      checkCollation(c.identifier(), type, start)
      continue
    }
    if (c.accept('default')) {
      if (fallback !== undefined) refused ??= 'multiple default expressions'
      fallback = expressionUntil(c, token => token.kind === 'word' && WORDS.has(token.value))
      continue
    }
    const label = constraintLabel(c)
    const nullity = c.accept('not', 'null') ? true : c.accept('null') ? false : undefined
    if (nullity !== undefined) {
      if (notNull !== undefined && notNull !== nullity) refused ??= 'conflicting NULL/NOT NULL constraints'
      notNull = nullity
    } else {
      refused ??= impossible(c)
      if (refused !== undefined) c.at = c.tokens.length
      else checks.push(domainCheck(c, label))
    }
  }
  return {
    kind: 'create domain',
    name,
    type,
    ...(modifier !== undefined && { modifier }),
    ...(fallback && { default: fallback }),
    notNull: notNull === true,
    checks,
    ...(refused !== undefined && { refused }),
    position: start,
  }
}

/** What PostgreSQL's grammar takes and no domain can have. */
function impossible(c: Cursor): string | undefined {
  const kinds: Readonly<Record<string, string>> = { primary: 'primary key', references: 'foreign key' }
  const word = ['unique', 'primary', 'references', 'exclude'].find(each => c.looking(each))
  return word === undefined ? undefined : `${kinds[word] ?? word} constraints not possible for domains`
}

function domainCheck(c: Cursor, label: string | undefined): CheckSyntax {
  const found = constraint(c, label)
  if (found?.kind !== 'check') throw c.error()
  return found
}

/** ALTER DOMAIN, after that word. */
export function alterDomain(c: Cursor): Statement {
  const name = c.name()
  const action = placeAction(c) ?? domainAction(c)
  c.finish()
  return { kind: 'alter domain', name, action }
}

function domainAction(c: Cursor): DomainAction {
  if (c.accept('set', 'default')) return { do: 'default', value: expressionUntil(c, () => false) }
  if (c.accept('drop', 'default')) return { do: 'default', value: undefined }
  if (c.accept('set', 'not', 'null')) return { do: 'not null', on: true }
  if (c.accept('drop', 'not', 'null')) return { do: 'not null', on: false }
  if (c.accept('add')) return { do: 'add check', check: domainCheck(c, constraintLabel(c)) }
  if (c.accept('drop', 'constraint')) return dropConstraint(c)
  if (c.accept('rename', 'constraint')) {
    const from = c.identifier()
    c.expect('to')
    return { do: 'rename constraint', from, to: c.identifier() }
  }
  if (c.accept('validate', 'constraint')) return { do: 'validate constraint', name: c.identifier() }
  if (c.token?.kind !== 'word') throw c.error()
  throw notSupported('this ALTER DOMAIN', { position: c.token.start })
}
