import { body, pathOf } from '../../planner/bind/ast.ts'
import type { Catalog, Relation } from '../../planner/catalog.ts'
import type { Statement } from '../../planner/parse/index.ts'
import type { Transaction } from '../transaction/transaction.ts'
import { changesDatabase, changesRows } from './statement-kinds.ts'

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

  /** Others follow in the same message: what the statement changes waits for them. */
  begin(statement: Statement): void {
    const meant = this.#meant(statement)
    this.#open ||= meant.kind === 'set constraints' || (changesDatabase(meant) && changesRows(meant))
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

/** Whether the statement is done right while changes of tables wait: it reads nothing but tables and views of them, if anything. */
function seesTables(statement: Statement, catalog: Catalog): boolean {
  if (NEUTRAL.has(statement.kind)) return true
  if (!changesRows(statement)) return false
  const named = namesIn(statement)
  return catalog.relations.every(relation => !named.has(relation.name) || isOfTables(relation, catalog))
}

/** What is no view takes its rows from changes that are committed. */
function isOfTables({ kind, dependsOn }: Relation, catalog: Catalog): boolean {
  if (kind !== 'view') return kind === 'table'
  return dependsOn.every(id => {
    const read = catalog.byId(id)
    return read === undefined || isOfTables(read, catalog)
  })
}

const names = new WeakMap<Statement, ReadonlySet<string>>()

/** Names of relations in the statement, which may be run many times. */
function namesIn(statement: Statement): ReadonlySet<string> {
  const known = names.get(statement)
  if (known !== undefined) return known
  const found = new Set<string>()
  if (statement.kind === 'copy to' && 'table' in statement.of) found.add(statement.of.table.name)
  collectNames(statement, found)
  names.set(statement, found)
  return found
}

/** The table that is changed stands in the syntax without a wrapper. */
function collectNames(node: unknown, named: Set<string>): void {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (key === 'RangeVar' || key === 'relation') named.add(pathOf(body(value)).at(-1)!)
    collectNames(value, named)
  }
}
