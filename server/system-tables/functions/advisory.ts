import type { Value } from '../../../types/value.ts'
import { lock, tryLock, unlock, unlockAll } from '../advisory-locks.ts'
import type { SystemSession } from '../sessions.ts'
import { act } from './system.ts'

type Key = readonly (bigint | number)[]

/** A lock's name: of the session's database, by one number or by two. */
const nameOf = ({ database }: SystemSession, key: Key): string => `${key.length} ${key.join(' ')} ${database}`

for (const form of ['int8', 'int4, int4'])
  for (const shared of [false, true]) {
    const kind = shared ? '_shared' : ''
    const what = `a ${shared ? 'shared ' : ''}lock that applications agree on`
    act(`pg_advisory_lock${kind}(${form}) -> void`, `waits for ${what}`, (session, ...key) => {
      const pending = lock(session, nameOf(session, key as Key), shared)
      if (pending !== undefined) session.locks.push(pending)
      return ''
    })
    const tried = (session: SystemSession, ...key: readonly Value[]): Value =>
      tryLock(session, nameOf(session, key as Key), shared)
    act(`pg_try_advisory_lock${kind}(${form}) -> bool`, `takes ${what}, if it is free`, tried)
    act(`pg_advisory_unlock${kind}(${form}) -> bool`, `gives back ${what}`, (session, ...key) =>
      unlock(session, nameOf(session, key as Key), shared),
    )
  }
act('pg_advisory_unlock_all() -> void', 'gives back all locks that applications agree on', session => {
  unlockAll(session)
  return ''
})
