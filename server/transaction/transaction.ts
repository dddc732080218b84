import type { Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef } from '../../planner/constraint-def.ts'
import type { OwnRows } from '../../planner/contract.ts'
import { bytesOf } from '../../storage/chunk-bytes.ts'
import type { Chunk } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { RelationId } from '../../types/job.ts'
import { sameType } from '../../types/type.ts'
import { Deferral } from '../foreign-keys/deferral.ts'
import { requireReferences } from '../foreign-keys/deferred.ts'
import type { ChangedRows, OpenTransaction, StatementContext } from '../statements/contract.ts'
import { type Written, writeNow } from '../statements/write-effects.ts'
import { TableChanges } from './own-rows.ts'

/** All that a block changes waits in memory for its one epoch. */
const CHANGES_BYTES_MAX = 1 << 30

/** Where a savepoint stands. */
export interface Mark {
  /** So often the session had written what its blocks changed. */
  readonly writes: number
  /** So many chunks of each table came before. */
  readonly lengths: ReadonlyMap<RelationId, number>
  readonly deferral: Deferral
}

interface Changes {
  readonly rows: TableChanges
  readonly references: Written['references']
}

/**
 * What the transaction block of a session has changed.
 *
 * Statements compute their changes from the rows at the last commit and those of the block itself (`ownRows`), and put them here;
 * COMMIT writes all of them in one epoch, so they are durable and visible together.
 */
export class Transaction implements OpenTransaction {
  readonly #context: () => StatementContext
  /** It is a statement's own. */
  readonly #alone: boolean
  readonly #changes = new Map<RelationId, Changes>()
  #deferral = new Deferral()
  #writes = 0
  #bytes = 0
  #version = 0
  #lastVersion = 0

  constructor(context: () => StatementContext, alone = false) {
    this.#context = context
    this.#alone = alone
  }

  get version(): number {
    return this.#version
  }

  get hasChanges(): boolean {
    return this.#version !== 0
  }

  /** A table that was changed cannot be read before COMMIT. */
  get isUnreadable(): boolean {
    return [...this.#changes.values()].some(({ rows }) => rows.length > 0 && !rows.isReadable)
  }

  write(table: Relation, chunks: readonly Chunk[], references: Written['references']): void {
    if (chunks.length === 0) return
    const bytes = this.#bytes + bytesOf(chunks)
    if (bytes > CHANGES_BYTES_MAX)
      throw new SqlError('program_limit_exceeded', 'a transaction changes at most 1 GB', {
        hint: 'Commit in between.',
      })
    let changes = this.#changes.get(table.id)
    if (changes !== undefined) requireSameColumns(changes.rows.table, table)
    else this.#changes.set(table.id, (changes = { rows: new TableChanges(table, this.#writes), references }))
    changes.rows.add(chunks)
    this.#bytes = bytes
    this.#version = ++this.#lastVersion
  }

  ownRows(table: Relation): OwnRows | undefined {
    return this.#of(table)?.read()
  }

  changed(table: Relation): ChangedRows | undefined {
    return this.#of(table)?.changed()
  }

  #of({ id }: Relation): TableChanges | undefined {
    const rows = this.#changes.get(id)?.rows
    return rows === undefined || rows.length === 0 ? undefined : rows
  }

  /** The end of a statement that stands alone is the end of its transaction. */
  defers(key: ForeignKeyDef): boolean {
    return !this.#alone && this.#deferral.defers(key)
  }

  /** SET CONSTRAINTS: those that need not wait any more are held. Throws 23503, and they go on waiting. */
  async setConstraints(ids: readonly number[] | undefined, deferred: boolean): Promise<void> {
    const next = this.#deferral.with(ids, deferred)
    await this.#requireReferences(key => this.defers(key) && !next.defers(key))
    this.#deferral = next
  }

  async #requireReferences(waits: (key: ForeignKeyDef) => boolean): Promise<void> {
    const tables = [...this.#changes.values()].map(({ rows }) => rows.table)
    await requireReferences(tables, waits, { ...this.#context(), transaction: this })
  }

  mark(): Mark {
    const lengths = new Map([...this.#changes].map(([id, { rows }]) => [id, rows.length]))
    return { writes: this.#writes, lengths, deferral: this.#deferral }
  }

  /** ROLLBACK TO: locks stay. What was there at the mark may be written by now, and all that there is came later. */
  goBack({ writes, lengths, deferral }: Mark): void {
    this.#deferral = deferral
    const before = writes === this.#writes ? lengths : new Map<RelationId, number>()
    for (const [id, { rows }] of this.#changes) this.#bytes -= bytesOf(rows.truncate(before.get(id) ?? 0))
    const isEmpty = [...this.#changes.values()].every(({ rows }) => rows.length === 0)
    this.#version = isEmpty ? 0 : ++this.#lastVersion
  }

  /** Writes what there is in one epoch; resolves when it is durable and visible. Throws 55006 when a table is another by now. */
  async commit(): Promise<void> {
    if (!this.hasChanges) return
    const context = this.#context()
    await this.#requireReferences(key => this.defers(key))
    const changed = [...this.#changes.values()].filter(({ rows }) => rows.length > 0)
    const known = () => {
      for (const { rows } of changed)
        requireSameColumns(rows.table, context.catalogs.current.byId(rows.table.id))
    }
    const written = changed.map(({ rows, references }) => ({
      table: rows.table,
      changes: rows.written(),
      references,
    }))
    await writeNow(written, context, known)
    this.#writes++
    this.#forget()
  }

  /** The block is over, and none of its statements runs: what was not committed did not happen, and others have its tables. */
  end(): void {
    const { locks, session } = this.#context()
    this.#forget()
    this.#deferral = new Deferral()
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
