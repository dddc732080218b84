import type { Cursor } from './cursor.ts'
import type { LikeSyntax } from './statement.ts'

/** What INCLUDING may name; what tables do not have here says nothing. */
const PARTS = [
  'comments',
  'compression',
  'constraints',
  'defaults',
  'generated',
  'identity',
  'indexes',
  'statistics',
  'storage',
] as const

/** After LIKE: `table [{INCLUDING | EXCLUDING} part …]`; `at`: so many columns stand before. */
export function like(c: Cursor, at: number): LikeSyntax {
  const name = c.name()
  const including = new Set<string>()
  for (;;) {
    const adds = c.accept('including')
    if (!adds && !c.accept('excluding')) return { name, including, at }
    const parts = c.accept('all') ? PARTS : PARTS.filter(part => c.looking(part))
    if (parts.length === 0) throw c.error()
    if (parts.length === 1) c.at++
    for (const part of parts) {
      if (adds) including.add(part)
      else including.delete(part)
    }
  }
}
