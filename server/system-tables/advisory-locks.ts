import type { CatalogHolder } from '../statements/contract.ts'
import type { SystemSession } from './sessions.ts'

/** A lock that a statement waits for before it goes on. */
export interface PendingLock {
  readonly granted: Promise<void>
  /** Nobody waits for it any more. */
  cancel(): void
}

interface Lock {
  /** How often each session has it. */
  readonly holders: Map<SystemSession, { exclusive: number; shared: number }>
  /** In the order in which they asked. */
  waiting: { readonly session: SystemSession; readonly shared: boolean; readonly grant: () => void }[]
}

const servers = new WeakMap<CatalogHolder, Map<string, Lock>>()

function locksOf({ catalogs }: SystemSession): Map<string, Lock> {
  const found = servers.get(catalogs) ?? new Map<string, Lock>()
  servers.set(catalogs, found)
  return found
}

/** Invariant: a lock that nobody has and nobody waits for is not kept. */
function lockOf(session: SystemSession, key: string): Lock {
  const locks = locksOf(session)
  const found = locks.get(key) ?? { holders: new Map(), waiting: [] }
  locks.set(key, found)
  return found
}

function isFree({ holders }: Lock, session: SystemSession, shared: boolean): boolean {
  for (const [other, held] of holders)
    if (other !== session && !(shared && held.exclusive === 0)) return false
  return true
}

function take({ holders }: Lock, session: SystemSession, shared: boolean): void {
  const held = holders.get(session) ?? { exclusive: 0, shared: 0 }
  held[shared ? 'shared' : 'exclusive']++
  holders.set(session, held)
}

/** Takes the lock when it can be had at once. */
export function tryLock(session: SystemSession, key: string, shared: boolean): boolean {
  const lock = lockOf(session, key)
  const free = isFree(lock, session, shared)
  if (free) take(lock, session, shared)
  return free
}

/** Takes the lock now or later; undefined: it has it. */
export function lock(session: SystemSession, key: string, shared: boolean): PendingLock | undefined {
  if (tryLock(session, key, shared)) return undefined
  const wanted = lockOf(session, key)
  const { promise, resolve } = Promise.withResolvers<void>()
  const waiter = { session, shared, grant: resolve }
  wanted.waiting.push(waiter)
  return {
    granted: promise,
    cancel() {
      wanted.waiting = wanted.waiting.filter(other => other !== waiter)
      settle(session, key, wanted)
    },
  }
}

/** Gives the lock back once; false: the session does not have it. */
export function unlock(session: SystemSession, key: string, shared: boolean): boolean {
  const held = locksOf(session).get(key)?.holders.get(session)
  const kind = shared ? 'shared' : 'exclusive'
  if (held === undefined || held[kind] === 0) return false
  held[kind]--
  settle(session, key, lockOf(session, key))
  return true
}

/** The session gives back all it has. */
export function unlockAll(session: SystemSession): void {
  for (const [key, held] of [...locksOf(session)]) {
    if (!held.holders.delete(session)) continue
    settle(session, key, held)
  }
}

/** Those that wait get what has become free. */
function settle(server: SystemSession, key: string, of: Lock): void {
  for (const [session, held] of of.holders) if (held.exclusive + held.shared === 0) of.holders.delete(session)
  for (let next = of.waiting[0]; next !== undefined; next = of.waiting[0]) {
    if (!isFree(of, next.session, next.shared)) break
    take(of, next.session, next.shared)
    of.waiting.shift()
    next.grant()
  }
  if (of.holders.size + of.waiting.length === 0) locksOf(server).delete(key)
}
