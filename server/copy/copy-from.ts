import { canceled } from '../../executor/canceled.ts'
import { compileProjection } from '../../executor/expression/compile.ts'
import { ownedChunk } from '../../executor/owned-chunk.ts'
import type { Relation } from '../../planner/catalog.ts'
import { uniquesOf } from '../../planner/constraint-def.ts'
import { type CopyColumns, copyColumns } from '../../planner/dml/copy-columns.ts'
import type { CopyOptions, SessionStatement } from '../../planner/parse/index.ts'
import { present } from '../../planner/query.ts'
import { ColumnBuffer, cellValue } from '../../storage/column-buffer.ts'
import { type Chunk, insertions } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import type { Schema } from '../../types/type.ts'
import { requireRelationRight, rightsOf } from '../access/rights.ts'
import { copyResponse } from '../protocol/replies.ts'
import { markSequences } from '../sequences.ts'
import type { Runnable, Session } from '../session/session.ts'
import { requireRelation } from '../statements/bind.ts'
import type { StatementContext } from '../statements/contract.ts'
import { checksOf, rejectNulls, requireSameConstraints } from '../statements/kept-out.ts'
import { rejectTaken } from '../statements/taken-keys.ts'
import { whileLocked } from '../statements/while-locked.ts'
import { BinaryRows } from './binary.ts'
import { setBinaryOf } from './binary-cells.ts'
import { setCellOf } from './cells.ts'
import { CsvRows } from './csv-rows.ts'
import { unescaped } from './fields.ts'
import { requireText, TextRows } from './text-rows.ts'

type CopyFrom = SessionStatement & { readonly kind: 'copy from' }

const CHUNK_ROWS = 1 << 13
/** All rows of a COPY wait in memory for their one epoch. */
const COPY_BYTES_MAX = 1 << 30

/** COPY … FROM STDIN: all rows in one epoch, or none. */
export function copyFrom(session: Session, statement: CopyFrom): Runnable {
  const target = () => {
    const table = requireRelation(session.context, statement.table)
    if (table.kind !== 'table')
      throw new SqlError('wrong_object_type', `cannot copy to ${table.kind} "${table.name}"`, {
        position: statement.table.position,
      })
    const { session: state, catalogs } = session.context
    const may = requireRelationRight(rightsOf(state, catalogs.current), catalogs.current, 'insert', table)
    const read = statement.options.format !== 'binary'
    const columns = copyColumns(table, statement.columns, present(), state.number, read)
    for (const column of columns.positions) may?.(column)
    return { table, columns }
  }
  target()
  return {
    schema: undefined,
    parameters: [],
    async run() {
      const { table, columns } = target()
      const rows = new Rows(table, columns, statement, session)
      await receive(session, statement, rows)
      const chunks = rows.finish()
      await markSequences(session.context)
      const locked = uniquesOf(table).length === 0 ? [] : [table.id]
      await whileLocked(locked, session.context, () => write(chunks, table, session.context))
      return { tag: `COPY ${rows.count}` }
    },
  }
}

/** The caller has the table's lock where it has UNIQUE constraints. */
async function write(chunks: readonly Chunk[], table: Relation, context: StatementContext): Promise<void> {
  if (chunks.length === 0) return
  if (uniquesOf(table).length > 0) {
    const rows = chunks.flatMap(({ columns, length }) =>
      Array.from({ length }, (_, row) => columns.map(column => cellValue(column, row))),
    )
    await rejectTaken(table, rows, [], context)
  }
  await context.runtime.write(table.id, chunks, undefined, [], () => requireSameConstraints(table, context))
}

/** CopyInResponse, then CopyData up to CopyDone. */
async function receive(session: Session, { options }: CopyFrom, rows: Rows): Promise<void> {
  const { out } = session
  const format = options.format === 'binary' ? 1 : 0
  copyResponse(out, 'G', format, rows.width)
  for (;;) {
    const frame = await session.receive()
    if (frame === undefined)
      throw new SqlError('connection_exception', 'unexpected EOF on client connection during COPY from stdin')
    if (frame.type === 'd') rows.push(frame.body)
    else if (frame.type === 'c') return
    else if (frame.type === 'f')
      throw new SqlError(
        'query_canceled',
        `COPY from stdin failed: ${frame.body.toString().replace(/\0$/, '')}`,
      )
    else if (frame.type !== 'H' && frame.type !== 'S')
      throw new SqlError(
        'protocol_violation',
        `unexpected message type "${frame.type}" during COPY from stdin`,
      )
    const { signal } = session.context
    if (signal?.aborted) throw canceled(signal)
  }
}

/** Cuts what comes into lines and fields. */
interface Reader {
  push(bytes: Buffer): void
  end(): void
}

/** Turns what comes in into chunks of the table. */
class Rows {
  count = 0
  readonly width: number
  readonly #table: Relation
  readonly #input: Schema
  readonly #modifiers: CopyColumns['modifiers']
  readonly #columns: readonly ColumnBuffer[]
  readonly #reader: Reader
  readonly #project: (chunk: Chunk) => Chunk | undefined
  readonly #checks: ((chunk: Chunk) => void) | undefined
  readonly #chunks: Chunk[] = []
  #row = 0
  /** Column of the cell that is being read; -1: none. */
  #cell = -1
  #lineNumber = 1
  #bytes = 0
  #header: boolean

  constructor(
    table: Relation,
    { positions, modifiers, values }: CopyColumns,
    { options }: CopyFrom,
    session: Pick<Session, 'context' | 'settings'>,
  ) {
    const zone = session.settings.timeStyle()
    this.#table = table
    this.#modifiers = modifiers
    this.#checks = checksOf(table, session.context)
    this.width = positions.length
    this.#header = options.header
    this.#input = positions.map(i => ({ name: table.columns[i]!.name, type: table.columns[i]!.type }))
    this.#columns = this.#input.map(({ type }) => new ColumnBuffer(type, CHUNK_ROWS))
    this.#project = compileProjection(values, this.#input, {
      mode: 'batch',
      onError(error): never {
        throw error
      },
    })
    if (options.format === 'binary') this.#reader = this.#binary(zone)
    else if (options.format === 'csv') this.#reader = this.#csv(options, zone)
    else this.#reader = this.#text(options, zone)
  }

  push(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#bytes > COPY_BYTES_MAX)
      throw new SqlError('program_limit_exceeded', 'COPY takes at most 1 GB at a time', {
        hint: 'Copy the rows in parts.',
      })
    this.#locating(() => this.#reader.push(bytes))
  }

  finish(): readonly Chunk[] {
    this.#locating(() => this.#reader.end())
    this.#flush()
    return this.#chunks
  }

  #locating(read: () => void): void {
    try {
      read()
    } catch (error) {
      throw this.#located(error)
    }
  }

  #binary(zone: string): Reader {
    const setters = this.#input.map(({ type }) => setBinaryOf(type, zone))
    return new BinaryRows({
      begin: count => {
        if (!this.#header && count > this.width) throw this.#extra()
      },
      field: (i, bytes, from, to) => {
        if (this.#header) return
        if (from === -1) this.#columns[i]!.setNull(this.#row)
        else {
          this.#cell = i
          setters[i]!(this.#columns[i]!, this.#row, bytes, from, to)
          this.#cell = -1
        }
      },
      end: count => this.#end(count),
    })
  }

  #csv(options: CopyOptions, zone: string): Reader {
    const set = this.#setter(options, zone)
    return new CsvRows(options, {
      field: (i, bytes, from, to, quoted) => set(i, bytes, from, to, !quoted),
      line: count => this.#end(count),
    })
  }

  #text(options: CopyOptions, zone: string): Reader {
    const set = this.#setter(options, zone)
    const nothing = Buffer.from(options.null)
    return new TextRows(options, {
      field: (i, bytes, from, to, escapes) => {
        if (this.#header) return
        if (!escapes || (to - from === nothing.length && nothing.compare(bytes, from, to) === 0))
          set(i, bytes, from, to, true)
        else {
          if (i >= this.width) throw this.#extra()
          const meant = unescaped(bytes.toString('utf8', from, to))
          this.#cell = i
          requireText(meant)
          this.#cell = -1
          set(i, meant, 0, meant.length, false)
        }
      },
      line: count => this.#end(count),
    })
  }

  /** Sets a cell from its text; `mayBeNull`: when it is the NULL string it is NULL. */
  #setter(
    options: CopyOptions,
    zone: string,
  ): (i: number, bytes: Buffer, from: number, to: number, mayBeNull: boolean) => void {
    const nothing = Buffer.from(options.null)
    const { length } = nothing
    const setters = this.#input.map(({ type }, i) => setCellOf(type, zone, this.#modifiers[i]))
    const isNothing = (bytes: Buffer, from: number): boolean => {
      for (let i = 0; i < length; i++) if (bytes[from + i] !== nothing[i]) return false
      return true
    }
    return (i, bytes, from, to, mayBeNull) => {
      if (this.#header) return
      if (i >= this.width) throw this.#extra()
      const column = this.#columns[i]!
      if (mayBeNull && to - from === length && isNothing(bytes, from)) column.setNull(this.#row)
      else {
        this.#cell = i
        setters[i]!(column, this.#row, bytes, from, to)
        this.#cell = -1
      }
    }
  }

  /** An error tells in which cell it was. */
  #located(error: unknown): unknown {
    if (!(error instanceof SqlError) || this.#cell === -1) return error
    const detail = `${this.#where()}, column ${this.#input[this.#cell]!.name}`
    return new SqlError(error.condition, error.message, { detail })
  }

  /** The line had so many fields. */
  #end(count: number): void {
    if (!this.#header) {
      const missing = this.#input[count]
      if (missing !== undefined)
        throw new SqlError('bad_copy_file_format', `missing data for column "${missing.name}"`, {
          detail: this.#where(),
        })
      this.count++
      if (++this.#row === CHUNK_ROWS) this.#flush()
    }
    this.#header = false
    this.#lineNumber++
  }

  #extra(): SqlError {
    const detail = this.#where()
    return new SqlError('bad_copy_file_format', 'extra data after last expected column', { detail })
  }

  #where(): string {
    return `COPY ${this.#table.name}, line ${this.#lineNumber}`
  }

  #flush(): void {
    const length = this.#row
    if (length === 0) return
    const columns = this.#columns.map(({ type, data, nulls }) => ({ type, data, nulls }))
    const made = this.#project({ columns, weights: insertions(length), length })
    if (made !== undefined) {
      const chunk = ownedChunk(made)
      rejectNulls(chunk, this.#table)
      this.#checks?.(chunk)
      this.#chunks.push(chunk)
    }
    for (const column of this.#columns) column.clear()
    this.#row = 0
  }
}
