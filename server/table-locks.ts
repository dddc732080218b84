import { canceled } from '../executor/canceled.ts'
import type { LockModeName } from '../planner/parse/index.ts'
import { SqlError } from '../types/error.ts'
import type { RelationId } from '../types/job.ts'
import { TIMER_MAX_MS } from './session/cancellation.ts'

/**
 * What is asked of a table: one of PostgreSQL's modes, or to change rows of it that were read, and nobody else does meanwhile; or
 * that keys which foreign keys refer to stay, or to take them away.
 */
export type LockMode = LockModeName | 'row changes' | 'key reads' | 'key changes'

/** The modes in the order of PostgreSQL's numbers, from 1 on, and the numbers of those that each keeps others from. */
const CONFLICTS = {
  'access share': [8],
  'row share': [7, 8],
  'row exclusive': [5, 6, 7, 8],
  'share update exclusive': [4, 5, 6, 7, 8],
  share: [3, 4, 6, 7, 8],
  'share row exclusive': [3, 4, 5, 6, 7, 8],
  exclusive: [2, 3, 4, 5, 6, 7, 8],
  'access exclusive': [1, 2, 3, 4, 5, 6, 7, 8],
  'row changes': [9],
  'key reads': [11],
  'key changes': [10],
} as const satisfies Record<LockMode, readonly number[]>

const MODES = Object.keys(CONFLICTS) as readonly LockMode[]

const OF_STATEMENTS: ReadonlySet<LockMode> = new Set(['row changes', 'key reads', 'key changes'])

function conflict(a: LockMode, b: LockMode): boolean {
  const conflicts: readonly number[] = CONFLICTS[a]
  return conflicts.includes(MODES.indexOf(b) + 1)
}

interface Request {
  readonly session: number
  readonly mode: LockMode
  /** LOCK TABLE asked for it; else a statement did, for what it does. */
  readonly explicit: boolean
  /** It stays until the session's block ends. */
  readonly untilEnd: boolean
  granted: boolean
  readonly grant: () => void
}

export interface Wait {
  /** undefined: it may wait. */
  readonly nowait?: { readonly name: string }
  readonly signal?: AbortSignal | undefined
  /** 0: as long as it takes. */
  readonly timeoutMs?: number
}

/**
 * Who may do what with a table while blocks have locked it. Each table has its requests in the order of their arrival. One waits for
 * those before it, of other sessions, that it conflicts with; but not behind those which wait for its own session themselves.
 * PostgreSQL's modes are for LOCK TABLE: statements keep each other waiting by row changes and keys only, else their epoch orders them.
 */
export class TableLocks {
  readonly #requests = new Map<RelationId, Request[]>()
  /** What each session waits for. */
  readonly #waiting = new Map<number, { readonly table: RelationId; readonly request: Request }>()
  /** LOCK TABLEs that are granted or wait. */
  #explicit = 0

  /** No block has locked anything, or wants to. */
  get idle(): boolean {
    return this.#explicit === 0
  }

  /** Until the session's block ends. Throws 40P01, 55P03, 57014. */
  async lock(table: RelationId, session: number, mode: LockMode, wait: Wait): Promise<void> {
    await this.#request(table, { session, mode, explicit: true, untilEnd: true }, wait)
  }

  /** While a statement runs, or until its block ends; yields what ends it. Throws 40P01, 55P03, 57014. */
  async take(
    table: RelationId,
    session: number,
    mode: LockMode,
    wait: Wait,
    untilEnd: boolean,
  ): Promise<() => void> {
    const isKept = (has: Request) => has.session === session && has.untilEnd && has.mode === mode
    if (untilEnd && this.#requests.get(table)?.some(isKept)) return () => {}
    const request = await this.#request(table, { session, mode, explicit: false, untilEnd }, wait)
    return () => {
      if (!untilEnd) this.#remove(table, request)
    }
  }

  /** The session's block has ended. */
  release(session: number): void {
    for (const [table, requests] of [...this.#requests])
      for (const request of [...requests])
        if (request.session === session && request.untilEnd) this.#remove(table, request)
  }

  async #request(
    table: RelationId,
    asked: Pick<Request, 'session' | 'mode' | 'explicit' | 'untilEnd'>,
    wait: Wait,
  ): Promise<Request> {
    const { session } = asked
    const { promise, resolve } = Promise.withResolvers<void>()
    const request: Request = { ...asked, granted: false, grant: resolve }
    const requests = this.#requests.get(table) ?? []
    requests.push(request)
    this.#requests.set(table, requests)
    if (request.explicit) this.#explicit++
    if (this.#isFree(requests, request)) {
      request.granted = true
      return request
    }
    try {
      if (wait.nowait !== undefined)
        throw new SqlError('lock_not_available', `could not obtain lock on relation "${wait.nowait.name}"`)
      this.#waiting.set(session, { table, request })
      if (this.#waitsFor(session, session, new Set())) throw deadlock()
      await granted(promise, wait)
    } catch (error) {
      this.#remove(table, request)
      throw error
    } finally {
      this.#waiting.delete(session)
    }
    return request
  }

  #remove(table: RelationId, request: Request): void {
    const requests = (this.#requests.get(table) ?? []).filter(other => other !== request)
    if (request.explicit) this.#explicit--
    if (requests.length === 0) this.#requests.delete(table)
    else this.#requests.set(table, requests)
    for (const next of requests)
      if (!next.granted && this.#isFree(requests, next)) {
        next.granted = true
        next.grant()
      }
  }

  #isFree(requests: readonly Request[], of: Request): boolean {
    return this.#blockers(requests, of).next().done === true
  }

  /** Those that a request waits for. */
  *#blockers(requests: readonly Request[], of: Request): Generator<Request> {
    const own = requests.filter(({ session, granted: has }) => session === of.session && has)
    if (own.some(({ mode }) => mode === of.mode)) return
    let before = true
    for (const other of requests) {
      if (other === of) before = false
      if (other.session === of.session || !clash(other, of)) continue
      if (other.granted || (before && !own.some(mine => clash(mine, other)))) yield other
    }
  }

  /** Whether the session waits, perhaps through others, for that one. */
  #waitsFor(session: number, target: number, seen: Set<number>): boolean {
    if (seen.has(session)) return false
    seen.add(session)
    const waiting = this.#waiting.get(session)
    if (waiting === undefined || waiting.request.granted) return false
    const requests = this.#requests.get(waiting.table) ?? []
    for (const blocker of this.#blockers(requests, waiting.request))
      if (blocker.session === target || this.#waitsFor(blocker.session, target, seen)) return true
    return false
  }
}

function clash(a: Request, b: Request): boolean {
  return (a.explicit || b.explicit || OF_STATEMENTS.has(a.mode)) && conflict(a.mode, b.mode)
}

function deadlock(): SqlError {
  return new SqlError('deadlock_detected', 'deadlock detected', {
    detail: 'Sessions wait for tables that each of them has locked, or changed and not committed.',
    hint: 'Run the transaction again, and let all transactions take tables in the same order.',
  })
}

/** Throws 57014 when the statement is canceled, 55P03 when it has waited long enough. */
async function granted(promise: Promise<void>, { signal, timeoutMs = 0 }: Wait): Promise<void> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(canceled(signal!))
  if (signal?.aborted) onAbort()
  signal?.addEventListener('abort', onAbort, { once: true })
  const late = () => reject(new SqlError('lock_not_available', 'canceling statement due to lock timeout'))
  const timer = timeoutMs > 0 ? setTimeout(late, Math.min(timeoutMs, TIMER_MAX_MS)) : undefined
  try {
    await Promise.race([promise, ended])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
