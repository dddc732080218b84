import { setTimeout as sleep } from 'node:timers/promises'
import { canceled } from '../../executor/canceled.ts'
import type { ParsedStatement, SessionStatement } from '../../planner/parse/index.ts'
import { withPresentTypes } from '../../planner/type-def.ts'
import { SqlError } from '../../types/error.ts'
import { requireNoParameters } from '../statements/bind.ts'
import { prepare } from '../statements/index.ts'
import { hasChanges } from '../statements/with-changes.ts'
import { nextRows, type Rows, rowsOf } from './rows.ts'
import { mayGoBack, onlyForward, type ScrollRows, scrollRows } from './scroll-rows.ts'
import { openCursor, type Runnable, type Session } from './session.ts'
import { following, updatable } from './updatable-cursor.ts'

type Declare = SessionStatement & { readonly kind: 'declare' }
type Fetch = SessionStatement & { readonly kind: 'fetch' }

/**
 * DECLARE: the query is read at the epoch of the declaration, in portions; a cursor that may go back keeps what it has read.
 * Outside of a block it is held, as RisingWave has it.
 */
export function declareCursor(session: Session, parsed: ParsedStatement, declare: Declare): Runnable {
  if (hasChanges(declare.query))
    throw new SqlError(
      'feature_not_supported',
      'DECLARE CURSOR must not contain data-modifying statements in WITH',
    )
  const query = { ...parsed, statement: { kind: 'query', query: declare.query } as const }
  const told = prepare(query, session.context, [])
  requireNoParameters(told)
  const own = updatable(declare.query, session.context, node =>
    prepare({ ...parsed, statement: { kind: 'query', query: node } }, session.context, []),
  )
  const prepared = own?.prepared ?? told
  return {
    schema: undefined,
    parameters: [],
    async run() {
      const hold = declare.hold || session.block.status === 'I'
      const { tag, rows } = await prepared.run([])
      const read = rows && rowsOf(rows, true)
      const goesBack = declare.scroll !== false
      const kept = read && goesBack ? scrollRows(read, prepared.schema!, declare.scroll === true) : read
      const outcome = { tag, rows: kept }
      const { name, binary } = declare
      const place = own && { place: { ...own.place } }
      return openCursor(session, query, told.schema, outcome, { name, hold, binary, declared: '', ...place })
    },
  }
}

/** FETCH and MOVE. */
export function fetchCursor(session: Session, fetch: Fetch): Runnable {
  const portal = session.portal(fetch.name, 'cursor')
  const rowsLeft = (): Rows => {
    const { abort, outcome } = session.portal(fetch.name, 'cursor')
    const { signal } = session.context
    signal?.addEventListener('abort', () => abort.abort(signal.reason), { once: true })
    const rows = outcome?.rows
    if (rows === undefined)
      throw new SqlError('object_not_in_prerequisite_state', `cursor "${fetch.name}" has not been run`)
    const found = fetched(rows, abort.signal)
    const wanted = fetch.to === undefined ? Math.abs(fetch.count) : 1
    return portal.place === undefined ? found : following(found, portal.place, wanted)
  }
  const fetched = (rows: Rows, signal: AbortSignal): Rows => {
    if (mayGoBack(rows)) return scrolled(rows, fetch)
    if (fetch.to !== undefined) return rowAt(rows, fetch.to)
    if (fetch.count < 0) throw onlyForward()
    const next = nextRows(rows, fetch.count)
    const waits = fetch.timeoutMs !== undefined && portal.declared !== ''
    return waits ? patient(next, fetch.timeoutMs, signal) : next
  }
  if (fetch.move)
    return {
      schema: undefined,
      parameters: [],
      async run() {
        const rows = rowsLeft()
        let moved = 0
        while (await rows.ready()) moved += rows.take(SKIPPED_AT_ONCE, () => {})
        return { tag: `MOVE ${moved}` }
      },
    }
  return {
    // A subscription's rows may have labels that came after the cursor.
    schema: withPresentTypes(portal.statement.runnable.schema, session.context.catalogs.current),
    parameters: [],
    run: async () => ({ tag: sent => `FETCH ${sent}`, rows: rowsLeft() }),
  }
}

function scrolled(rows: ScrollRows, { to, count }: Fetch): Rows {
  if (to === undefined) return rows.move(count)
  return to.from === 'here' ? rows.further(to.row) : rows.at(to.row)
}

const LOOK_AGAIN_MS = 50

/** Waits for the first row, so long at most. */
function patient(rows: Rows, timeoutMs: number, signal: AbortSignal): Rows {
  const until = Date.now() + timeoutMs
  let taken = 0
  return {
    ...rows,
    async ready() {
      while (!(await rows.ready())) {
        const left = until - Date.now()
        if (taken > 0 || left <= 0) return false
        await sleep(Math.min(left, LOOK_AGAIN_MS))
        if (signal.aborted) throw canceled(signal)
      }
      return true
    },
    take(most, each) {
      const count = rows.take(most, each)
      taken += count
      return count
    },
  }
}

const SKIPPED_AT_ONCE = 1024

/** The one row at a position that lies ahead; those before it are passed over. */
function rowAt(rows: Rows, to: NonNullable<Fetch['to']>): Rows {
  const here = rows.position?.() ?? 0
  const wanted = to.from === 'here' ? here + to.row : to.row
  if (wanted <= here) throw onlyForward()
  const before = nextRows(rows, wanted - here - 1)
  const one = nextRows(rows, 1)
  return {
    async ready() {
      while (await before.ready()) before.take(SKIPPED_AT_ONCE, () => {})
      return one.ready()
    },
    take: (most, each) => one.take(most, each),
    close() {},
  }
}

/** CLOSE; undefined: all cursors. */
export function closeCursor(session: Session, name: string | undefined): string {
  if (name === undefined) {
    session.closePortals(portal => portal.name !== '')
    return 'CLOSE CURSOR ALL'
  }
  session.portal(name, 'cursor')
  session.closePortals(portal => portal.name === name)
  return 'CLOSE CURSOR'
}
