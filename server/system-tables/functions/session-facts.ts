import { createHash } from 'node:crypto'
import { fn } from '../../../executor/functions/registry.ts'
import { numberOf } from '../../sequences.ts'
import { existingObject, relationByOid } from '../lookup.ts'
import { system } from './system.ts'

system('current_query() -> text', 'what the client sent', session => session.query)
system('pg_sequence_last_value(regclass) -> int8', 'number a sequence gave last', (session, oid: number) => {
  const relation = relationByOid(session, oid)
  if (relation?.sequence === undefined) return null
  const { last, called } = numberOf(session.catalogs, relation)
  return called ? last : null
})
system('row_security_active(oid) -> bool', 'always false: there are no row policies', () => false)
system(
  'row_security_active(text) -> bool',
  'always false: there are no row policies',
  (session, name: string) => {
    existingObject(session, name)
    return false
  },
)
system('rw_cluster_id() -> text', 'a UUID (version 8) of the bucket', session => {
  const digits = createHash('sha256').update(session.runtime.bucketId).digest('hex')
  const [a, b, c, d, e] = [0, 8, 13, 17, 20].map((at, i) => digits.slice(at, at + [8, 4, 3, 3, 12][i]!))
  return `${a}-${b}-8${c}-8${d}-${e}`
})
fn('pg_trigger_depth() -> int4', { help: 'always 0: there are no triggers', call: () => 0 })
fn('pg_collation_for(any) -> text', {
  help: 'collation of a text',
  strict: false,
  make:
    ([type]) =>
    () =>
      type?.name === 'text' ? '"default"' : null,
})
fn('timeofday() -> text', {
  help: 'the present time, as text',
  volatility: 'volatile',
  call: () => {
    const now = new Date()
    const [day, month] = now
      .toUTCString()
      .replace(',', '')
      .split(' ')
      .filter((_, i) => i === 0 || i === 2)
    const date = String(now.getUTCDate()).padStart(2, '0')
    const micros = `${String(now.getUTCMilliseconds()).padStart(3, '0')}000`
    return `${day} ${month} ${date} ${now.toISOString().slice(11, 19)}.${micros} ${now.getUTCFullYear()} UTC`
  },
})
