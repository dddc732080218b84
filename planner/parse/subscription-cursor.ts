import { SqlError } from '../../types/error.ts'
import type { Cursor } from './cursor.ts'
import type { SessionStatement } from './statement.ts'

type Since = (SessionStatement & { readonly kind: 'declare subscription' })['since']

/** DECLARE name SUBSCRIPTION CURSOR FOR subscription [SINCE time | FULL]; undefined: another statement. */
export function subscriptionCursor(c: Cursor): SessionStatement | undefined {
  const words = c.tokens.map(token => (token.kind === 'word' ? token.value : undefined))
  if (words[0] !== 'declare' || words[2] !== 'subscription' || words[3] !== 'cursor') return undefined
  c.at++
  const name = c.identifier()
  c.expect('subscription', 'cursor', 'for')
  const subscription = c.name()
  const since = c.accept('full') ? 'full' : c.accept('since') ? sinceOf(c) : 'now'
  c.finish()
  return { kind: 'declare subscription', name, subscription, since }
}

function sinceOf(c: Cursor): Since {
  if (c.accept('now', '(', ')') || c.accept('proctime', '(', ')')) return 'now'
  if (c.accept('begin', '(', ')')) return 'begin'
  const token = c.token
  if (token?.kind !== 'number' || !/^\d+$/.test(token.value))
    throw new SqlError('syntax_error', 'SINCE takes now(), proctime(), begin() or milliseconds since 1970', {
      position: token?.start ?? c.end,
    })
  c.at++
  return BigInt(token.value)
}
