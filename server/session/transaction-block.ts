import type { TransactionAction } from '../../planner/parse/index.ts'
import { type Condition, SqlError } from '../../types/error.ts'

/** The byte of ReadyForQuery. */
export type BlockStatus = 'I' | 'T' | 'E'

/** `Mark`: what a savepoint goes back to. */
export interface BlockHooks<Mark> {
  warn(message: string, condition: Condition): void
  defaultReadOnly(): boolean
  setDefaultReadOnly(value: boolean): void
  /** The block ends. `kept` false: ROLLBACK. */
  ended(kept: boolean): void
  began(): void
  /** The block has changes that wait for its COMMIT. */
  hasChanges(): boolean
  mark(): Mark
  goBack(mark: Mark): void
}

interface Savepoint<Mark> {
  readonly name: string
  readonly mark: Mark
}

const SAVEPOINTS_MAX = 10_000

/**
 * BEGIN … COMMIT: settings, cursors, READ ONLY and changes of tables obey the block. What makes, alters or drops something is
 * durable for itself, so ROLLBACK does not take it back (and says so). A statement that fails ends a block that has changed
 * something, as in PostgreSQL; one that has only read goes on reading, as in RisingWave, and changes nothing any more.
 */
export class TransactionBlock<Mark> {
  readonly #hooks: BlockHooks<Mark>
  #open = false
  #readOnly = false
  /** Something is durable already. */
  #changed = false
  #failed = false
  #savepoints: Savepoint<Mark>[] = []

  constructor(hooks: BlockHooks<Mark>) {
    this.#hooks = hooks
  }

  /** As ReadyForQuery tells it: idle, in a block, or in one that failed. */
  get status(): BlockStatus {
    if (!this.#open) return 'I'
    return this.#isAborted() ? 'E' : 'T'
  }

  /** Whether changes wait for COMMIT. */
  get holdsChanges(): boolean {
    return this.#open && !this.#readOnly
  }

  /** A statement failed. */
  fail(): void {
    if (this.#open) this.#failed = true
  }

  /** Throws 25P02 in a block that failed; `changes`: the statement would change something. */
  requireLive(changes: boolean): void {
    if (this.#open && (changes ? this.#failed : this.#isAborted())) throw aborted()
  }

  #isAborted(): boolean {
    return this.#failed && this.#hooks.hasChanges()
  }

  get readOnly(): boolean {
    return this.#open ? this.#readOnly : this.#hooks.defaultReadOnly()
  }

  /** A statement that made something durable succeeded. */
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
    const ends = action.what === 'commit' || action.what === 'rollback'
    if (!ends && action.what !== 'rollback to') this.requireLive(false)
    switch (action.what) {
      case 'begin':
        return this.#begin(action.tag, action.readOnly)
      case 'commit':
      case 'rollback':
        return this.#end(this.#isAborted() ? 'rollback' : action.what, action.chain)
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
    this.#failed = false
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
    this.#failed = false
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
      this.#savepoints.push({ name, mark: this.#hooks.mark() })
      return 'SAVEPOINT'
    }
    const found = this.#savepoints.findLastIndex(savepoint => savepoint.name === name)
    if (found === -1)
      throw new SqlError('invalid_savepoint_specification', `savepoint "${name}" does not exist`)
    const { mark } = this.#savepoints[found]!
    this.#savepoints.length = what === 'release' ? found : found + 1
    if (what === 'release') return 'RELEASE'
    this.#failed = false
    this.#hooks.goBack(mark)
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
      'what this transaction block made, altered or dropped stays: only changes of rows are taken back',
      'warning',
    )
  }
}

function aborted(): SqlError {
  const message = 'current transaction is aborted, commands ignored until end of transaction block'
  return new SqlError('in_failed_sql_transaction', message)
}
