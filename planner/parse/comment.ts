import { notSupported } from '../../types/error.ts'
import { functionName } from './create-function.ts'
import type { Cursor } from './cursor.ts'
import { relationWord } from './relation-word.ts'
import type { Statement } from './statement.ts'

/** After COMMENT: `ON kind name IS 'text' | NULL`. */
export function parseComment(c: Cursor): Statement {
  c.expect('on')
  for (const of_ of ['function', 'aggregate'] as const)
    if (c.accept(of_))
      return { kind: 'comment on function', of: of_, function: functionName(c), text: text(c) }
  for (const of_ of ['type', 'domain'] as const)
    if (c.accept(of_)) return { kind: 'comment on type', of: of_, name: c.name(), text: text(c) }
  if (c.accept('constraint')) {
    const constraint = c.identifier()
    c.expect('on')
    if (c.looking('domain')) throw notSupported('COMMENT ON … DOMAIN', { position: c.token!.start })
    return { kind: 'comment', what: 'constraint', on: c.name(), column: constraint, text: text(c) }
  }
  if (!c.accept('column')) {
    const what = relationWord(c)
    const on = c.name()
    return { kind: 'comment', what, on, column: undefined, text: text(c) }
  }
  const position = c.token?.start ?? c.end
  const path = [c.identifier()]
  while (c.accept('.')) path.push(c.identifier())
  const column = path.pop()!
  const name = path.pop()
  if (name === undefined) throw c.error()
  return {
    kind: 'comment',
    what: 'column',
    on: { schema: path.pop(), database: path.pop(), name, position },
    column,
    text: text(c),
  }
}

function text(c: Cursor): string | undefined {
  c.expect('is')
  const found = c.accept('null') ? undefined : c.string()
  c.finish()
  return found
}
