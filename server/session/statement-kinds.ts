import type { SessionStatement, Statement } from '../../planner/parse/index.ts'
import { hasChanges } from '../statements/with-changes.ts'

const OF_SESSION: ReadonlySet<string> = new Set<SessionStatement['kind']>([
  'set',
  'reset all',
  'transaction',
  'declare',
  'declare subscription',
  'fetch',
  'close',
  'prepare',
  'execute',
  'deallocate',
  'copy from',
  'copy to',
  'discard',
  'listen',
  'notify',
  'unlisten',
  'vacuum',
  'reindex',
  'cluster',
  'checkpoint',
  'lock',
  'set constraints',
])
const READING: ReadonlySet<string> = new Set<Statement['kind']>([
  'query',
  'show',
  'describe',
  'explain',
  'flush',
  'refresh',
  'wait',
  'recover',
])

/** Whether the statement changes nothing in the database that a reader could see. */
export function isSessionStatement(statement: Statement): statement is SessionStatement {
  return OF_SESSION.has(statement.kind)
}

const OF_ROWS: ReadonlySet<string> = new Set<Statement['kind']>([
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'copy from',
  'copy to',
  'query',
])

/** Whether all that the statement changes is rows of tables, which wait for the COMMIT of a block. */
export function changesRows(statement: Statement): boolean {
  if (statement.kind === 'truncate' && statement.restart) return false
  return OF_ROWS.has(statement.kind)
}

const STRENGTHS: Readonly<Record<string, string>> = {
  LCS_FORUPDATE: 'update',
  LCS_FORNOKEYUPDATE: 'no key update',
  LCS_FORSHARE: 'share',
  LCS_FORKEYSHARE: 'key share',
}

/** What a query is called that locks the rows it reads, which a read-only block does not take either; undefined: it locks none. */
export function locksRows(statement: Statement): string | undefined {
  if (statement.kind !== 'query' && statement.kind !== 'declare') return undefined
  const select = statement.query.node['SelectStmt'] as { lockingClause?: readonly Locking[] } | undefined
  const strength = select?.lockingClause?.[0]?.LockingClause.strength
  return strength === undefined ? undefined : `select for ${STRENGTHS[strength]}`
}

interface Locking {
  readonly LockingClause: { readonly strength: string }
}

/** Whether the statement changes the database: not in a read-only block. */
export function changesDatabase(statement: Statement): boolean {
  const { kind } = statement
  if (kind === 'copy to') return 'statement' in statement.of && changesDatabase(statement.of.statement)
  if (kind === 'query') return hasChanges(statement.query)
  return kind === 'copy from' || (!OF_SESSION.has(kind) && !READING.has(kind))
}
