import type { TransactionAction } from '../../planner/parse/index.ts'
import { type Condition, SqlError } from '../../types/error.ts'

export interface BlockHooks {
  warn(message: string, condition: Condition): void
  defaultReadOnly(): boolean
  setDefaultReadOnly(value: boolean): void
  /** The block ends. `kept` false: ROLLBACK. */
  ended(kept: boolean): void
  began(): void
}

const SAVEPOINTS_MAX = 10_000

/**
 * BEGIN … COMMIT as RisingWave has them: settings, cursors and READ ONLY obey the block, but each statement is atomic and durable
 * for itself. So ROLLBACK takes nothing back (and says so), and a statement that failed does not fail those after it.
 */
export class TransactionBlock {
  readonly #hooks: BlockHooks
  #open = false
  #readOnly = false
  #changed = false
  #savepoints: string[] = []

  constructor(hooks: BlockHooks) {
    this.#hooks = hooks
  }

  /** As ReadyForQuery tells it: idle or in a block. */
  get status(): 'I' | 'T' {
    return this.#open ? 'T' : 'I'
  }

  get readOnly(): boolean {
    return this.#open ? this.#readOnly : this.#hooks.defaultReadOnly()
  }

  /** A statement that changes something succeeded. */
  changed(): void {
    if (this.#open) this.#changed = true
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
    if (this.#open) return
    throw new SqlError('no_active_sql_transaction', `${tag} can only be used in transaction blocks`)
  }

  /** Throws 25001 inside of a block. */
  requireIdle(tag: string): void {
    if (!this.#open) return
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
    if (this.#open) this.#hooks.warn('there is already a transaction in progress', 'active_sql_transaction')
    else this.#start()
    if (readOnly !== undefined) this.#readOnly = readOnly
    return tag
  }

  #start(readOnly = this.#hooks.defaultReadOnly()): void {
    this.#open = true
    this.#readOnly = readOnly
    this.#changed = false
    this.#savepoints = []
    this.#hooks.began()
  }

  #end(what: 'commit' | 'rollback', chain: boolean): string {
    const kept = what === 'commit'
    const tag = kept ? 'COMMIT' : 'ROLLBACK'
    if (!this.#open) {
      if (chain) this.requireOpen(`${tag} AND CHAIN`)
      this.#hooks.warn('there is no transaction in progress', 'no_active_sql_transaction')
      return tag
    }
    if (!kept && this.#changed) this.#warnChangesStay()
    this.#open = false
    this.#savepoints = []
    this.#hooks.ended(kept)
    if (chain) this.#start(this.#readOnly)
    return tag
  }

  #savepoint(what: 'savepoint' | 'release' | 'rollback to', name: string): string {
    const tag = {
      savepoint: 'SAVEPOINT',
      release: 'RELEASE SAVEPOINT',
      'rollback to': 'ROLLBACK TO SAVEPOINT',
    }
    this.requireOpen(tag[what])
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
    return 'ROLLBACK'
  }

  #set(session: boolean, readOnly: boolean | undefined): string {
    if (session) {
      if (readOnly !== undefined) this.#hooks.setDefaultReadOnly(readOnly)
    } else if (!this.#open) {
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
