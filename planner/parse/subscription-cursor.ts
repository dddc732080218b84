import { SqlError } from '../../types/error.ts'
import { parseInterval } from '../../types/time/interval.ts'
import { Cursor } from './cursor.ts'
import { parseSession } from './session.ts'
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

/** FETCH … WITH (timeout = '30s'); undefined: another statement. */
export function timedFetch(c: Cursor): SessionStatement | undefined {
  const at = c.tokens.findIndex(token => token.kind === 'word' && token.value === 'with')
  if (!c.looking('fetch') || at === -1) return undefined
  const options = new Cursor(c.sql, c.tokens.slice(at))
  options.expect('with', '(', 'timeout', '=')
  const token = options.token
  if (token?.kind !== 'string') throw options.error()
  options.at++
  options.expect(')')
  options.finish()
  const time = parseInterval(token.value)
  const timeoutMs = time === undefined ? -1 : Number(time.micros / 1000n) + time.days * 86_400_000
  if (timeoutMs < 0 || (time?.months ?? 0) !== 0)
    throw new SqlError('invalid_parameter_value', `invalid timeout: "${token.value}"`, {
      position: token.start,
      hint: "Write seconds, minutes or hours, as in timeout = '30s'.",
    })
  const fetch = parseSession(new Cursor(c.sql, c.tokens.slice(0, at)))
  return fetch.kind === 'fetch' ? { ...fetch, timeoutMs } : undefined
}
