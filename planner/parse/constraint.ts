import { notSupported, SqlError } from '../../types/error.ts'
import { expressionUntil, nameList } from './create.ts'
import type { Cursor } from './cursor.ts'
import { foreignKey } from './foreign-key.ts'
import type { CheckSyntax, ConstraintDrop, ConstraintSyntax, UniqueSyntax } from './statement.ts'

/** `CONSTRAINT name` before a constraint; undefined: it has no name. */
export function constraintLabel(c: Cursor): string | undefined {
  return c.accept('constraint') ? c.identifier() : undefined
}

/** A constraint of a column or a table that is none of its columns' words; undefined: something else comes. */
export function constraint(
  c: Cursor,
  name: string | undefined,
  column?: string,
): ConstraintSyntax | undefined {
  if (c.looking('check')) return check(c, name)
  if (c.looking('unique')) return unique(c, name, column)
  if (column === undefined ? c.looking('foreign', 'key') : c.looking('references'))
    return foreignKey(c, name, column)
  for (const word of ['exclude using', 'exclude ('])
    if (c.looking(...word.split(' ')))
      throw notSupported(`a ${word.split(' ')[0]!.toUpperCase()} constraint`, { position: c.token!.start })
  return undefined
}

function check(c: Cursor, name: string | undefined): CheckSyntax {
  const position = c.token!.start
  c.expect('check', '(')
  const expression = expressionUntil(c, () => false)
  c.expect(')')
  return {
    kind: 'check',
    expression,
    position,
    ...attributes(c),
    ...(name !== undefined && { name }),
  }
}

function unique(c: Cursor, name: string | undefined, column: string | undefined): UniqueSyntax {
  const position = c.token!.start
  c.expect('unique')
  const nullsNotDistinct = c.accept('nulls', 'not', 'distinct')
  if (!nullsNotDistinct) c.accept('nulls', 'distinct')
  const columns = column === undefined ? nameList(c) : [column]
  plainKey(c, 'UNIQUE')
  return {
    kind: 'unique',
    columns,
    position,
    ...(name !== undefined && { name }),
    ...(nullsNotDistinct && { nullsNotDistinct }),
  }
}

/** What may stand behind the columns of a key: what is so in any case. */
export function plainKey(c: Cursor, what: string): void {
  for (const word of ['include', 'with', 'using', 'deferrable'])
    if (c.looking(word)) throw notSupported(`${what} … ${word.toUpperCase()}`, { position: c.token!.start })
  c.accept('not', 'deferrable')
  c.accept('initially', 'immediate')
}

/** After DROP CONSTRAINT. */
export function dropConstraint(c: Cursor): ConstraintDrop {
  const ifExists = c.accept('if', 'exists')
  const name = c.identifier()
  return { do: 'drop constraint', ifExists, name, cascade: c.cascades() }
}

/** What may stand behind a CHECK. No table has others below it, so NO INHERIT says nothing. */
function attributes(c: Cursor): Pick<CheckSyntax, 'notValid'> {
  let notValid = false
  for (;;) {
    const position = c.token?.start
    if (c.accept('no', 'inherit') || c.accept('not', 'deferrable') || c.accept('initially', 'immediate'))
      continue
    if (c.accept('not', 'valid')) notValid = true
    else if (c.looking('deferrable') || c.looking('initially', 'deferred'))
      throw new SqlError('feature_not_supported', 'CHECK constraints cannot be marked DEFERRABLE', {
        position,
      })
    else return notValid ? { notValid } : {}
  }
}
