import type { Relation } from '../../planner/catalog.ts'
import type { OwnRows } from '../../planner/contract.ts'
import { bytesOf } from '../../storage/chunk-bytes.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { RelationId } from '../../types/job.ts'
import { sameType } from '../../types/type.ts'
import type { LockWait, OpenTransaction, StatementContext } from '../statements/contract.ts'
import { writeNow } from '../statements/dml.ts'
import { lockTable } from '../statements/while-locked.ts'
import { TableChanges } from './own-rows.ts'

/** All that a block changes waits in memory for its one epoch. */
const CHANGES_BYTES_MAX = 1 << 30

/** Where a savepoint stands: so many chunks of each table came before. */
export type Mark = ReadonlyMap<RelationId, number>

/**
 * What the transaction block of a session has changed and which tables it has locked.
 *
 * Statements compute their changes from the rows at the last commit and those of the block itself (`ownRows`), and put them here;
 * COMMIT writes all of them in one epoch, so they are durable and visible together. A table is locked from the first statement
 * that changes rows it has read until the block ends: nobody changes these rows in between.
 */
export class Transaction implements OpenTransaction {
  readonly #context: () => StatementContext
  readonly #changes = new Map<RelationId, TableChanges>()
  readonly #locks = new Map<RelationId, () => void>()
  /** So many have ended. */
  #blocks = 0
  #writing: Promise<void> | undefined
  #bytes = 0
  #version = 0
  #lastVersion = 0

  constructor(context: () => StatementContext) {
    this.#context = context
  }

  get version(): number {
    return this.#version
  }

  get hasChanges(): boolean {
    return this.#version !== 0
  }

  async lock(table: RelationId, wait: LockWait = 'wait'): Promise<void> {
    if (this.#locks.has(table)) return
    const block = this.#blocks
    const release = await lockTable(table, this.#context(), wait)
    if (block === this.#blocks) this.#locks.set(table, release)
    else {
      // The client left while its statement waited.
      release()
      throw new SqlError('query_canceled', 'canceling statement due to user request')
    }
  }

  write(table: Relation, chunks: readonly Chunk[]): void {
    if (chunks.length === 0) return
    this.#bytes += bytesOf(chunks)
    if (this.#bytes > CHANGES_BYTES_MAX)
      throw new SqlError('program_limit_exceeded', 'a transaction changes at most 1 GB', {
        hint: 'Commit in between.',
      })
    let changes = this.#changes.get(table.id)
    if (changes !== undefined) requireSameColumns(changes.table, table)
    else this.#changes.set(table.id, (changes = new TableChanges(table)))
    changes.add(chunks)
    this.#version = ++this.#lastVersion
  }

  ownRows(table: Relation): OwnRows | undefined {
    const changes = this.#changes.get(table.id)
    return changes === undefined || changes.length === 0 ? undefined : changes.read()
  }

  mark(): Mark {
    return new Map([...this.#changes].map(([id, { length }]) => [id, length]))
  }

  /** ROLLBACK TO: locks stay. */
  goBack(mark: Mark): void {
    for (const [id, changes] of this.#changes) changes.truncate(mark.get(id) ?? 0)
    const isEmpty = [...this.#changes.values()].every(({ length }) => length === 0)
    this.#version = isEmpty ? 0 : ++this.#lastVersion
  }

  /** Writes what there is in one epoch; resolves when it is durable and visible. Throws 55006 when a table is another by now. */
  async commit(): Promise<void> {
    if (!this.hasChanges) return
    const context = this.#context()
    const changed = [...this.#changes.values()].filter(({ length }) => length > 0)
    const known = () => {
      for (const { table } of changed) requireSameColumns(table, context.catalogs.current.byId(table.id))
    }
    const written = changed.map(changes => ({ table: changes.table, changes: changes.written() }))
    this.#writing = writeNow(written, context, known)
    try {
      await this.#writing
    } finally {
      this.#writing = undefined
    }
    this.#forget()
  }

  /** The block is over: what was not committed did not happen. */
  end(): void {
    const releases = [...this.#locks.values()]
    const { locks, session } = this.#context()
    const { number } = session
    const release = () => {
      for (const each of releases) each()
      locks.release(number)
    }
    this.#forget()
    this.#locks.clear()
    this.#blocks++
    // A client that leaves during its COMMIT: the rows are on their way, and nobody may read those before them and write.
    if (this.#writing === undefined) release()
    else void this.#writing.then(release, release)
  }

  #forget(): void {
    this.#changes.clear()
    this.#bytes = 0
    this.#version = 0
  }
}

function requireSameColumns(changed: Relation, now: Relation | undefined): void {
  const same =
    now !== undefined &&
    now.columns.length === changed.columns.length &&
    now.columns.every(({ type, dropped }, i) => {
      const was = changed.columns[i]!
      return sameType(type, was.type) && dropped === was.dropped
    })
  if (same) return
  throw new SqlError(
    'object_in_use',
    `table "${changed.name}" was altered or dropped while the transaction ran`,
    {
      hint: 'Run it again.',
    },
  )
}
