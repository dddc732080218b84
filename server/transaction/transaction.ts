import type { Relation } from '../../planner/catalog.ts'
import type { OwnRows } from '../../planner/contract.ts'
import { bytesOf } from '../../storage/chunk-bytes.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { RelationId } from '../../types/job.ts'
import { sameType } from '../../types/type.ts'
import type { OpenTransaction, StatementContext } from '../statements/contract.ts'
import { writeNow } from '../statements/dml.ts'
import { TableChanges } from './own-rows.ts'

/** All that a block changes waits in memory for its one epoch. */
const CHANGES_BYTES_MAX = 1 << 30

/** Where a savepoint stands. */
export interface Mark {
  /** So often the session had written what its blocks changed. */
  readonly writes: number
  /** So many chunks of each table came before. */
  readonly lengths: ReadonlyMap<RelationId, number>
}

/**
 * What the transaction block of a session has changed.
 *
 * Statements compute their changes from the rows at the last commit and those of the block itself (`ownRows`), and put them here;
 * COMMIT writes all of them in one epoch, so they are durable and visible together.
 */
export class Transaction implements OpenTransaction {
  readonly #context: () => StatementContext
  readonly #changes = new Map<RelationId, TableChanges>()
  #writes = 0
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

  /** A table that was changed cannot be read before COMMIT. */
  get isUnreadable(): boolean {
    return [...this.#changes.values()].some(changes => changes.length > 0 && !changes.isReadable)
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
    else this.#changes.set(table.id, (changes = new TableChanges(table, this.#writes)))
    changes.add(chunks)
    this.#version = ++this.#lastVersion
  }

  ownRows(table: Relation): OwnRows | undefined {
    const changes = this.#changes.get(table.id)
    return changes === undefined || changes.length === 0 ? undefined : changes.read()
  }

  mark(): Mark {
    const lengths = new Map([...this.#changes].map(([id, { length }]) => [id, length]))
    return { writes: this.#writes, lengths }
  }

  /** ROLLBACK TO: locks stay. What was there at the mark may be written by now, and all that there is came later. */
  goBack({ writes, lengths }: Mark): void {
    const before = writes === this.#writes ? lengths : new Map<RelationId, number>()
    for (const [id, changes] of this.#changes) this.#bytes -= bytesOf(changes.truncate(before.get(id) ?? 0))
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
    await writeNow(written, context, known)
    this.#writes++
    this.#forget()
  }

  /** The block is over, and none of its statements runs: what was not committed did not happen, and others have its tables. */
  end(): void {
    const { locks, session } = this.#context()
    this.#forget()
    locks.release(session.number)
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
