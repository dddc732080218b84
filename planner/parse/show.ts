import type { Cursor } from './cursor.ts'
import type { Name, Statement } from './statement.ts'

/** After SHOW: a setting, a list `… [FROM schema or relation] [LIKE 'pattern']`, or CREATE kind name. */
export function parseShow(c: Cursor): Statement {
  if (c.accept('create')) {
    const words = ['create', c.identifier()]
    if (words[1] === 'materialized') words.push(c.identifier())
    const name = c.name()
    c.finish()
    return { kind: 'show', words, name, like: undefined }
  }
  const words: string[] = []
  while (c.token !== undefined && !c.looking('from') && !(words.length > 0 && c.looking('like'))) {
    words.push(c.identifier())
    while (c.accept('.')) words.push(`${words.pop()}.${c.identifier()}`)
  }
  if (words.length === 0) throw c.error()
  const name: Name | undefined = c.accept('from') ? c.name() : undefined
  const like = c.accept('like') ? c.string() : undefined
  c.finish()
  return { kind: 'show', words, name, like }
}
