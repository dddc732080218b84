import { body, pathOf } from '../../planner/bind/ast.ts'
import type { Catalog } from '../../planner/catalog.ts'
import type { Statement } from '../../planner/parse/index.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { changesDatabase, changesRows } from './statement-kinds.ts'

/**
 * What the statements of one Query message, or of all messages up to a Sync, change of tables is one transaction, as PostgreSQL's
 * implicit ones are (its documentation, "Multiple Statements in a Simple Query" and "Pipelining"): durable in one epoch when all
 * have succeeded, else not at all. A statement that would not see what waits (it reads a view, say, or makes something) commits
 * it first.
 */
export class StatementGroup {
  readonly #transaction: Transaction
  readonly #catalog: () => Catalog
  #open = false

  constructor(transaction: Transaction, catalog: () => Catalog) {
    this.#transaction = transaction
    this.#catalog = catalog
  }

  /** Whether changes wait for the end of the message. */
  get isOpen(): boolean {
    return this.#open
  }

  /** Others follow in the same message: what the statement changes waits for them. */
  begin(statement: Statement): void {
    this.#open ||= changesDatabase(statement) && changesRows(statement)
  }

  /** Before a statement: commits what it would not see. */
  async settle(statement: Statement): Promise<void> {
    if (!this.#open || !this.#transaction.hasChanges) return
    if (this.#transaction.isUnreadable || !seesTables(statement, this.#catalog()))
      await this.#transaction.commit()
  }

  /** BEGIN: what the message has changed so far belongs to the block. */
  join(): void {
    this.#open = false
  }

  /** Makes what there is durable. */
  async commit(): Promise<void> {
    if (!this.#open) return
    try {
      await this.#transaction.commit()
    } finally {
      this.drop()
    }
  }

  /** A statement failed: none of them happened. */
  drop(): void {
    if (!this.#open) return
    this.#open = false
    this.#transaction.end()
  }
}

const NEUTRAL: ReadonlySet<string> = new Set<Statement['kind']>([
  'set',
  'set constraints',
  'transaction',
  'show',
  'prepare',
  'deallocate',
  'fetch',
  'close',
  'listen',
  'notify',
  'unlisten',
])

/** Whether the statement is done right while changes of tables wait: it reads nothing but tables, if anything. */
function seesTables(statement: Statement, catalog: Catalog): boolean {
  if (NEUTRAL.has(statement.kind)) return true
  if (!changesRows(statement)) return false
  const named = new Set<string>()
  collectNames(statement, named)
  return !catalog.relations.some(({ kind, name }) => kind !== 'table' && named.has(name))
}

function collectNames(node: unknown, named: Set<string>): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (key === 'RangeVar') named.add(pathOf(body(value)).at(-1)!)
    collectNames(value, named)
  }
}
