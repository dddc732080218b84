import type { Catalog } from '../../planner/catalog.ts'
import type { Statement } from '../../planner/parse/index.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { seesTables } from './sees-tables.ts'
import { changesDatabase, changesRows, locksRows } from './statement-kinds.ts'

interface Around {
  catalog(): Catalog
  /** What was prepared under the name, if anything. */
  prepared(name: string): Statement | undefined
  /** What came so far is durable before the message ends. */
  committed(): void
}

/**
 * What the statements of one Query message, or of all messages up to a Sync, change of tables is one transaction, as PostgreSQL's
 * implicit ones are (its documentation, "Multiple Statements in a Simple Query" and "Pipelining"): durable in one epoch when all
 * have succeeded, else not at all. A statement that would not see what waits (it reads a materialized view, say, or makes
 * something) commits it first.
 */
export class StatementGroup {
  readonly #transaction: Transaction
  readonly #around: Around
  #open = false

  constructor(transaction: Transaction, around: Around) {
    this.#transaction = transaction
    this.#around = around
  }

  /** Whether changes wait for the end of the message. */
  get isOpen(): boolean {
    return this.#open
  }

  /** Others follow in the same message: what the statement changes waits for them, and what it locks is locked until then. */
  begin(statement: Statement): void {
    const meant = this.#meant(statement)
    const asks = meant.kind === 'set constraints' || locksRows(meant) !== undefined
    this.#open ||= asks || (changesDatabase(meant) && changesRows(meant))
  }

  /** Before a statement: commits what it would not see. */
  async settle(statement: Statement): Promise<void> {
    if (!this.#open || !this.#transaction.hasChanges) return
    if (!this.#transaction.isUnreadable && seesTables(this.#meant(statement), this.#around.catalog())) return
    await this.#transaction.commit()
    this.#around.committed()
  }

  /** EXECUTE does what was prepared. */
  #meant(statement: Statement): Statement {
    return statement.kind === 'execute' ? (this.#around.prepared(statement.name) ?? statement) : statement
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
