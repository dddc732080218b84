import type { Runtime } from '../../executor/runtime-contract.ts'
import { notSupported } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { Channels } from '../session/channels.ts'
import type { BlockStatus } from '../session/transaction-block.ts'
import type { CatalogHolder, SessionState } from '../statements/contract.ts'
import type { PendingLock } from './advisory-locks.ts'

/** The other end of a session's connection. */
export interface ClientEnd {
  readonly address: string
  readonly port: number
  /** How it is encrypted; undefined: not at all. */
  readonly tls?: { readonly version: string; readonly cipher: string; readonly bits: number } | undefined
}

export interface SessionCursor {
  readonly name: string
  readonly subscription: string
  readonly text: string
  readonly hold: boolean
  readonly binary: boolean
  /** It may go back. */
  readonly scrollable: boolean
}

export interface SessionPrepared {
  readonly name: string
  readonly text: string
  readonly parameters: readonly Type[]
}

/** A session as the system tables and functions see it. */
export interface SystemSession extends Omit<SessionState, 'number'> {
  readonly catalogs: CatalogHolder
  readonly runtime: Runtime
  /** Its process number for clients; 0 until it is known. */
  pid: number
  /** undefined: nobody is connected. */
  client: ClientEnd | undefined
  readonly startedAtMs: number
  /** The statement that runs or ran last. */
  query: string
  queryStartedAtMs: number
  active: boolean
  /** As ReadyForQuery tells it: idle or in a transaction block. */
  blockStatus(): BlockStatus
  /** 0: no block is open. */
  blockStartedAtMs: number
  stateChangedAtMs: number
  /** Time that pg_sleep has asked for since it was last waited for. */
  sleepMs: number
  /** Locks that the statement that runs waits for. */
  locks: PendingLock[]
  /** What it listens to and says. */
  readonly channels: Channels
  /** Its declared cursors; `subscription`: '' for those of queries. */
  cursors(): readonly SessionCursor[]
  /** Its prepared statements that have names. */
  prepared(): readonly SessionPrepared[]
  /** Ends the statement that runs. */
  cancel(): void
  /** Ends the session. */
  end(): void
}

const sessions = new Map<number, SystemSession>()
let last = 0

/** Makes a session known to system tables and functions, by a number of its own in this process. */
export function enrol(session: SystemSession): number {
  last++
  sessions.set(last, session)
  return last
}

export function dismiss(number: number): void {
  sessions.delete(number)
}

export function sessionByNumber(number: number): SystemSession {
  const session = sessions.get(number)
  if (session === undefined) throw notSupported('a system function without a session')
  return session
}

/** The sessions of the same server. */
export function sessionsBeside(session: SystemSession): readonly SystemSession[] {
  return [...sessions.values()].filter(other => other.catalogs === session.catalogs)
}
