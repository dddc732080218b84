import type { TransactionAction } from '../../planner/parse/index.ts'
import { type Condition, SqlError } from '../../types/error.ts'

export interface BlockHooks {
  warn(message: string, condition: Condition): void
  defaultReadOnly(): boolean
  setDefaultReadOnly(value: boolean): void
  /** The block ends. `kept` false: ROLLBACK, or COMMIT of a failed block. */
  ended(kept: boolean): void
  began(): void
}

const SAVEPOINTS_MAX = 10_000

/**
 * BEGIN … COMMIT as RisingWave has them: a block has PostgreSQL's states and errors, and settings, cursors and READ ONLY obey it,
 * but each statement that changes something is atomic and durable for itself, so ROLLBACK takes nothing back (and says so).
 */
export class TransactionBlock {
  readonly #hooks: BlockHooks
  #status: 'idle' | 'open' | 'failed' = 'idle'
  #readOnly = false
  #changed = false
  #savepoints: string[] = []

  constructor(hooks: BlockHooks) {
    this.#hooks = hooks
  }

  /** As ReadyForQuery tells it: idle, in a block, in a failed block. */
  get status(): 'I' | 'T' | 'E' {
    return this.#status === 'idle' ? 'I' : this.#status === 'open' ? 'T' : 'E'
  }

  get readOnly(): boolean {
    return this.#status === 'idle' ? this.#hooks.defaultReadOnly() : this.#readOnly
  }

  /** A statement failed. */
  fail(): void {
    if (this.#status === 'open') this.#status = 'failed'
  }

  /** A statement that changes something succeeded. */
  changed(): void {
    if (this.#status === 'open') this.#changed = true
  }

  /** Throws 25P02 in a failed block. */
  requireAlive(): void {
    if (this.#status !== 'failed') return
    throw new SqlError(
      'in_failed_sql_transaction',
      'current transaction is aborted, commands ignored until end of transaction block',
    )
  }

  /** Throws 25006 for a change in a read-only block. */
  requireWritable(kind: string): void {
    if (!this.readOnly) return
    // A query changes tables by its WITH.
    const tag = kind === 'query' ? 'SELECT' : kind.toUpperCase()
    throw new SqlError('read_only_sql_transaction', `cannot execute ${tag} in a read-only transaction`)
  }

  /** Throws 25P01 outside of a block. */
  requireOpen(tag: string): void {
    if (this.#status !== 'idle') return
    throw new SqlError('no_active_sql_transaction', `${tag} can only be used in transaction blocks`)
  }

  /** Throws 25001 inside of a block. */
  requireIdle(tag: string): void {
    if (this.#status === 'idle') return
    throw new SqlError('active_sql_transaction', `${tag} cannot run inside a transaction block`)
  }

  /** Does what BEGIN, COMMIT … ask; returns the command tag. */
  run(action: TransactionAction): string {
    switch (action.what) {
      case 'begin':
        return this.#begin(action.tag, action.readOnly)
      case 'commit':
      case 'rollback':
        return this.#end(action.what, action.chain)
      case 'savepoint':
      case 'release':
      case 'rollback to':
        return this.#savepoint(action.what, action.name)
      case 'set':
        return this.#set(action.session, action.readOnly)
    }
  }

  #begin(tag: string, readOnly: boolean | undefined): string {
    this.requireAlive()
    if (this.#status === 'open')
      this.#hooks.warn('there is already a transaction in progress', 'active_sql_transaction')
    else this.#open()
    if (readOnly !== undefined) this.#readOnly = readOnly
    return tag
  }

  #open(readOnly = this.#hooks.defaultReadOnly()): void {
    this.#status = 'open'
    this.#readOnly = readOnly
    this.#changed = false
    this.#savepoints = []
    this.#hooks.began()
  }

  #end(what: 'commit' | 'rollback', chain: boolean): string {
    const kept = what === 'commit' && this.#status !== 'failed'
    const tag = kept ? 'COMMIT' : 'ROLLBACK'
    if (this.#status === 'idle') {
      if (chain) this.requireOpen(`${tag} AND CHAIN`)
      this.#hooks.warn('there is no transaction in progress', 'no_active_sql_transaction')
      return tag
    }
    if (!kept && this.#changed) this.#warnChangesStay()
    this.#status = 'idle'
    this.#savepoints = []
    this.#hooks.ended(kept)
    if (chain) this.#open(this.#readOnly)
    return tag
  }

  #savepoint(what: 'savepoint' | 'release' | 'rollback to', name: string): string {
    const tag = {
      savepoint: 'SAVEPOINT',
      release: 'RELEASE SAVEPOINT',
      'rollback to': 'ROLLBACK TO SAVEPOINT',
    }
    this.requireOpen(tag[what])
    if (what !== 'rollback to') this.requireAlive()
    if (what === 'savepoint') {
      if (this.#savepoints.length >= SAVEPOINTS_MAX)
        throw new SqlError('program_limit_exceeded', 'too many savepoints')
      this.#savepoints.push(name)
      return 'SAVEPOINT'
    }
    const found = this.#savepoints.lastIndexOf(name)
    if (found === -1)
      throw new SqlError('invalid_savepoint_specification', `savepoint "${name}" does not exist`)
    this.#savepoints.length = what === 'release' ? found : found + 1
    if (what === 'release') return 'RELEASE'
    if (this.#changed) this.#warnChangesStay()
    this.#status = 'open'
    return 'ROLLBACK'
  }

  #set(session: boolean, readOnly: boolean | undefined): string {
    this.requireAlive()
    if (session) {
      if (readOnly !== undefined) this.#hooks.setDefaultReadOnly(readOnly)
    } else if (this.#status === 'idle') {
      const message = 'SET TRANSACTION can only be used in transaction blocks'
      this.#hooks.warn(message, 'no_active_sql_transaction')
    } else if (readOnly !== undefined) this.#readOnly = readOnly
    return 'SET'
  }

  #warnChangesStay(): void {
    this.#hooks.warn(
      'the changes of this transaction block stay: every statement is durable for itself',
      'warning',
    )
  }
}
