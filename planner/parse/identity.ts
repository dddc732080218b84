import type { Cursor } from './cursor.ts'
import { sequenceOptions } from './sequence.ts'
import type { AlterAction, IdentitySyntax, SequenceSyntax } from './statement.ts'

/** Whether GENERATED makes an identity, and no expression. */
export function isIdentity(c: Cursor): boolean {
  return (
    c.looking('generated', 'always', 'as', 'identity') ||
    c.looking('generated', 'by', 'default', 'as', 'identity')
  )
}

/** `GENERATED {ALWAYS | BY DEFAULT} AS IDENTITY [(options)]`; undefined: something else comes. */
export function identity(c: Cursor): IdentitySyntax | undefined {
  const generated = c.looking('generated', 'always') ? 'always' : 'by default'
  if (!c.accept('generated', ...generated.split(' '), 'as', 'identity')) return undefined
  return { generated, options: optionsInBrackets(c) }
}

function optionsInBrackets(c: Cursor): SequenceSyntax {
  if (!c.accept('(')) return {}
  const { from, to } = c.skipTo(() => false)
  if (from === to) throw c.error()
  c.expect(')')
  return sequenceOptions(c.sql, from, to)
}

/** After ALTER COLUMN and a name: what it does to an identity; undefined: something else. */
export function alterIdentity(c: Cursor, column: string): AlterAction | undefined {
  if (c.looking('add', 'generated')) {
    c.at++
    const made = identity(c)
    if (made === undefined) throw c.error()
    return { do: 'add identity', column, identity: made }
  }
  if (c.accept('drop', 'identity')) return { do: 'drop identity', column, ifExists: c.accept('if', 'exists') }
  if (!c.looking('restart') && !(c.looking('set') && SET_WORDS.some(word => c.looking('set', word))))
    return undefined
  let generated: IdentitySyntax['generated'] | undefined
  const words: string[] = []
  // What stands behind each SET are words of CREATE SEQUENCE.
  while (c.token !== undefined && !c.looking(',')) {
    if (c.accept('set', 'generated', 'always')) generated = 'always'
    else if (c.accept('set', 'generated', 'by', 'default')) generated = 'by default'
    else {
      if (!c.accept('set') && !c.looking('restart')) throw c.error()
      if (c.token === undefined) throw c.error()
      const { start } = c.token
      c.at++
      c.skipTo(({ value }) => value === 'set' || value === 'restart' || value === ',')
      words.push(c.sql.slice(start, c.tokens[c.at - 1]!.end))
    }
  }
  const text = words.join(' ')
  const options = text === '' ? {} : sequenceOptions(text, 0, text.length)
  return { do: 'set identity', column, generated, options }
}

const SET_WORDS = [
  'generated',
  'start',
  'increment',
  'minvalue',
  'maxvalue',
  'no',
  'cycle',
  'cache',
  'restart',
]
