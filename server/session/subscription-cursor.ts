import type { Relation } from '../../planner/catalog.ts'
import { type ParsedStatement, parseStatements, type SessionStatement } from '../../planner/parse/index.ts'
import { qualified } from '../../planner/rewrite-references.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import { quote } from '../../types/sql-text.ts'
import { requireRelation } from '../statements/bind.ts'
import { type DatabaseStatement, type Prepared, prepare } from '../statements/index.ts'
import { retentionMs } from '../statements/retention.ts'
import { type Rows, rowsOf } from './rows.ts'
import { openCursor, type Runnable, type Session } from './session.ts'

type Declare = SessionStatement & { readonly kind: 'declare subscription' }

/** Changes read at once. */
const PORTION = 1000

/**
 * DECLARE … SUBSCRIPTION CURSOR: FETCH gives the changes that came since, in order, and none when there are none yet.
 * FULL: first the rows that the relation has, read together with the number of the last change they hold.
 */
export function declareSubscriptionCursor(
  session: Session,
  parsed: ParsedStatement,
  declare: Declare,
): Runnable {
  const { context } = session
  const found = requireRelation(context, declare.subscription)
  if (found.kind !== 'subscription')
    throw new SqlError('wrong_object_type', `"${found.name}" is not a subscription`, {
      position: declare.subscription.position,
    })
  const from = qualified(found)
  const columns = found.columns.slice(0, -1).map(column => quote(column.name))
  const changes = queryOf(session, `SELECT ${columns.join(', ')}, _rw_sequence FROM ${from} LIMIT 0`)
  const schema = changes.schema!.slice(0, -1)
  return {
    schema: undefined,
    parameters: [],
    async run() {
      const start = await startOf(session, declare, found, from)
      const snapshot = declare.since === 'full' ? snapshotOf(session, found, columns, from) : undefined
      const next = (after: bigint) =>
        queryOf(
          session,
          `SELECT ${columns.join(', ')}, _rw_sequence FROM ${from} WHERE _rw_sequence > ${after} ORDER BY _rw_sequence LIMIT ${PORTION}`,
        )
      const rows = subscriptionRows(schema.length, start, next, await snapshot?.run([]))
      const portal = { name: declare.name, hold: true, declared: found.name }
      return openCursor(session, parsed, schema, { tag: 'FETCH', rows }, portal)
    },
  }
}

function subscriptionRows(
  width: number,
  start: bigint,
  next: (after: bigint) => Prepared,
  snapshot: Awaited<ReturnType<Prepared['run']>> | undefined,
): Rows {
  let after = start
  let rows: Rows | undefined = snapshot?.rows && rowsOf(existing(snapshot.rows))
  async function* existing(chunks: AsyncIterable<Chunk> | Iterable<Chunk>): AsyncGenerator<Chunk> {
    for await (const chunk of chunks) {
      const [sequence, present] = chunk.columns.slice(width)
      after = cellValue(sequence!, 0) as bigint
      if (cellValue(present!, 0) === true) yield { ...chunk, columns: chunk.columns.slice(0, width) }
    }
  }
  async function* changed(chunks: AsyncIterable<Chunk> | Iterable<Chunk>): AsyncGenerator<Chunk> {
    for await (const chunk of chunks) {
      after = cellValue(chunk.columns[width]!, chunk.length - 1) as bigint
      yield { ...chunk, columns: chunk.columns.slice(0, width) }
    }
  }
  return {
    async ready() {
      if (rows !== undefined && (await rows.ready())) return true
      const outcome = await next(after).run([])
      rows = rowsOf(changed(outcome.rows ?? []))
      return rows.ready()
    },
    take: (most, each) => rows?.take(most, each) ?? 0,
    close() {
      rows?.close()
    },
  }
}

/** The rows of the relation, each with the number of the last change they hold; one row without the mark when there are none. */
function snapshotOf(
  session: Session,
  { dependsOn }: Relation,
  columns: readonly string[],
  from: string,
): Prepared {
  const relation = session.context.catalogs.current.byId(dependsOn[0]!)!
  const own = columns.slice(0, -2)
  const names = [...own.map(column => `t.${column}`), "'Insert'::varchar", 'NULL::int8'].join(', ')
  return queryOf(
    session,
    `SELECT ${names}, p.last, t."$present" FROM (SELECT coalesce(max(_rw_sequence), -1) AS last FROM ${from}) p
     LEFT JOIN (SELECT ${[...own, 'true AS "$present"'].join(', ')} FROM ${qualified(relation)}) t ON true`,
  )
}

/** The number after which the cursor's changes come. */
async function startOf(
  session: Session,
  { since }: Declare,
  subscription: Relation,
  from: string,
): Promise<bigint> {
  if (since === 'full' || since === 'begin') return -1n
  let condition = ''
  if (since !== 'now') {
    const now = BigInt(Date.now())
    const kept = now - BigInt(retentionMs(subscription.options['retention']!))
    const first = BigInt(subscription.createdAtMs) > kept ? BigInt(subscription.createdAtMs) : kept
    if (since > now) throw new SqlError('invalid_parameter_value', `SINCE ${since} lies in the future`)
    if (since < first)
      throw new SqlError('invalid_parameter_value', `SINCE ${since} is before the first change kept`, {
        hint: `Changes are kept from ${first} on; begin() starts with them.`,
      })
    condition = ` WHERE rw_timestamp < ${since}`
  }
  const last = queryOf(session, `SELECT coalesce(max(_rw_sequence), -1) FROM ${from}${condition}`)
  for await (const chunk of (await last.run([])).rows ?? [])
    if (chunk.length > 0) return cellValue(chunk.columns[0]!, 0) as bigint
  return -1n
}

function queryOf(session: Session, sql: string): Prepared {
  return prepare(parseStatements(sql)[0] as DatabaseStatement, session.context, [])
}
