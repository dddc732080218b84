import { canceled } from '../../executor/canceled.ts'
import { SqlError } from '../../types/error.ts'
import { dataRows, type Row } from '../protocol/data-rows.ts'
import { bare, commandComplete } from '../protocol/replies.ts'
import { registeredName } from '../system-tables/lookup.ts'
import { whileRunning } from '../while-running.ts'
import { admit } from './admit.ts'
import type { Rows } from './rows.ts'
import type { Portal, Session } from './session.ts'

const FLUSH_BYTES = 1 << 16
const ROWS_AT_ONCE = 256
/** What a statement says while it runs is sent so soon. */
const NOTICES_MS = 500

/**
 * Runs a portal, or goes on with one that was suspended. `limit` 0: all rows; `isLast`: no other statement follows in the same message,
 * or before a Sync.
 */
export async function runPortal(
  session: Session,
  portal: Portal,
  limit: number,
  isLast: boolean,
): Promise<void> {
  const { out, cancellation } = session
  const { parsed, runnable } = portal.statement
  if (parsed === undefined) return bare(out, 'I')
  if (portal.outcome !== undefined && portal.outcome.rows === undefined)
    throw new SqlError('object_not_in_prerequisite_state', `portal "${portal.name}" cannot be run`)
  session.system.query = portal.statement.sql
  session.system.queryStartedAtMs = session.system.stateChangedAtMs = Date.now()
  session.system.active = true
  cancellation.start(portal.abort, session.settings.duration('statement_timeout'))
  try {
    if (!isLast && session.block.status === 'I') session.group.begin(parsed.statement)
    const succeeded = await admit(session, parsed.statement)
    portal.outcome ??= await whileRunning(runnable.run(portal.values), NOTICES_MS, async () => {
      if (out.length > 0) await session.flush()
    })
    succeeded()
    const most = limit > 0 ? limit : Number.POSITIVE_INFINITY
    const { count, more } = await sendOutcome(session, portal, most)
    if (more) return bare(out, 's')
    const { tag } = portal.outcome
    // Nobody is told that all is done before it is durable.
    if (isLast) await session.group.commit()
    commandComplete(out, typeof tag === 'string' ? tag : tag(count))
  } finally {
    session.system.active = false
    session.system.stateChangedAtMs = Date.now()
    cancellation.stop()
  }
}

interface Sent {
  readonly count: number
  /** As many rows as were wanted; there may be more. */
  readonly more: boolean
}

async function sendOutcome(session: Session, portal: Portal, most: number): Promise<Sent> {
  const { schema } = portal.statement.runnable
  const rows = portal.outcome?.rows
  if (rows === undefined || schema === undefined) return { count: 0, more: false }
  const style = session.settings.timeStyle()
  const show = (oid: number, type: string) => registeredName(session.system, oid, type)
  return sendRows(session, rows, dataRows(schema, portal.formats, style, show), portal.abort.signal, most)
}

/** Writes rows and sends them when there are enough, as fast as the client reads them. */
export async function sendRows(
  session: Session,
  rows: Rows,
  write: Row,
  signal: AbortSignal | undefined,
  most = Number.POSITIVE_INFINITY,
): Promise<Sent> {
  const { out } = session
  let count = 0
  while (count < most) {
    if (!(await rows.ready())) return { count, more: false }
    count += rows.take(Math.min(most - count, ROWS_AT_ONCE), (chunk, row) => write(out, chunk, row))
    if (out.length > FLUSH_BYTES) await session.flush()
    if (signal?.aborted) throw canceled(signal)
  }
  return { count, more: true }
}
