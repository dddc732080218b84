import { intervalMicros } from '../../../types/compare.ts'
import { SqlError } from '../../../types/error.ts'
import type { Interval, Value } from '../../../types/value.ts'
import { rightsOf } from '../../access/rights.ts'
import { type SystemSession, sessionsBeside } from '../sessions.ts'
import { act } from './system.ts'

/** The session of that process number, which is one's own user's or anybody's for a superuser. Throws 42501. */
function other(session: SystemSession, pid: number): SystemSession | undefined {
  const found = sessionsBeside(session).find(each => each.pid === pid)
  const { superuser } = rightsOf(session, session.catalogs.current)
  if (found === undefined || found.sessionUser === session.user || superuser) return found
  throw new SqlError(
    'insufficient_privilege',
    'must be a member of the role whose query is being canceled or member of pg_signal_backend',
  )
}

act('pg_cancel_backend(int4) -> bool', 'ends the statement that a session runs', (session, pid: number) => {
  const found = other(session, pid)
  found?.cancel()
  return found !== undefined
})
act('pg_terminate_backend(int4) -> bool', 'ends a session', (session, pid: number) => {
  const found = other(session, pid)
  found?.end()
  return found !== undefined
})

const sleep = (session: SystemSession, seconds: number): Value => {
  session.sleepMs += Math.max(0, seconds * 1000)
  return ''
}
act('pg_sleep(float8) -> void', 'lets the statement take so many seconds more', sleep)
act('pg_sleep_for(interval) -> void', 'lets the statement take that much longer', (session, time: Interval) =>
  sleep(session, Number(intervalMicros(time)) / 1e6),
)
act('pg_sleep_until(timestamptz) -> void', 'lets the statement last until then', (session, until: bigint) =>
  sleep(session, Number(until) / 1e6 - Date.now() / 1000),
)
