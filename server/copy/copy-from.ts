import { canceled } from '../../executor/canceled.ts'
import { compileProjection } from '../../executor/expression/compile.ts'
import { bindRowCondition } from '../../planner/bind/scalar.ts'
import type { Relation } from '../../planner/catalog.ts'
import { uniquesOf } from '../../planner/constraint-def.ts'
import { defaultOf } from '../../planner/dml/columns.ts'
import { type CopyColumns, copyColumns } from '../../planner/dml/copy-columns.ts'
import { columnsOf, everyColumn } from '../../planner/expressions.ts'
import type { CopyOptions, SessionStatement } from '../../planner/parse/index.ts'
import { withLiterals } from '../../planner/query.ts'
import { ColumnBuffer, cellValue } from '../../storage/column-buffer.ts'
import { ownedRows } from '../../storage/gather.ts'
import { type Chunk, type Column, insertions } from '../../types/chunk.ts'
import { SqlError } from '../../types/error.ts'
import { BOOL, fieldsOf, type Schema } from '../../types/type.ts'
import { requireRelationRight, rightsOf } from '../access/rights.ts'
import { changeLocks } from '../foreign-keys/change-locks.ts'
import { copyResponse } from '../protocol/replies.ts'
import type { Runnable, Session } from '../session/session.ts'
import { bindContext, requireRelation } from '../statements/bind.ts'
import type { StatementContext } from '../statements/contract.ts'
import { checksOf, rejectNulls } from '../statements/kept-out.ts'
import { rejectTaken } from '../statements/taken-keys.ts'
import { whileChanging } from '../statements/while-allowed.ts'
import { type Written, writeEffects } from '../statements/write-effects.ts'
import { BinaryRows } from './binary.ts'
import { setBinaryOf } from './binary-cells.ts'
import { CsvRows } from './csv-rows.ts'
import { FieldTable } from './field-table.ts'
import { unescaped } from './fields.ts'
import { requireText, TextRows } from './text-rows.ts'

type CopyFrom = SessionStatement & { readonly kind: 'copy from' }

const CHUNK_ROWS = 1 << 13
/** Text and CSV are read so many bytes at a time. */
const BATCH_BYTES = 1 << 20
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
    const { session: state, catalogs, now } = session.context
    const may = requireRelationRight(rightsOf(state, catalogs.current), catalogs.current, 'insert', table)
    const read = statement.options.format !== 'binary'
    const moment = { nowMicros: now(), session: state.number, catalog: catalogs.current }
    const columns = copyColumns(table, statement.columns, moment, read)
    for (const column of columns.positions) may?.(column)
    return { table, columns, chosen: chosenRows(table, statement.where, session.context) }
  }
  target()
  return {
    schema: undefined,
    parameters: [],
    async run() {
      const { table, columns, chosen } = target()
      const rows = new Rows(table, columns, statement, chosen, session)
      await receive(session, statement, rows)
      const chunks = rows.finish()
      const read = uniquesOf(table).length === 0 ? [] : [table.id]
      const { current } = session.context.catalogs
      const change = { table, tag: 'INSERT', sets: new Set<number>() } as const
      const keys = changeLocks([change], current)
      const written = { table, changes: chunks, references: current.referencesTo(table.id) }
      await whileChanging(
        () => ({ tables: [table.id], read, keys }),
        session.context,
        () => write(written, session.context),
      )
      return { tag: `COPY ${rows.count}` }
    },
  }
}

/** WHERE: of rows with all their columns those that are to be copied. */
function chosenRows(
  table: Relation,
  where: CopyFrom['where'],
  context: StatementContext,
): ((chunk: Chunk) => Chunk | undefined) | undefined {
  if (where === undefined) return undefined
  const { session, catalogs } = context
  const schema = fieldsOf(table.columns)
  const bound = bindRowCondition('copy', where.node, table.name, schema, bindContext(context, where, 'batch'))
  const rights = rightsOf(session, catalogs.current)
  const may = requireRelationRight(rights, catalogs.current, 'select', table)
  for (const column of columnsOf(bound)) may?.(column)
  const predicate = withLiterals(defaultOf(bound, BOOL, { session: session.number }), [], context.now())
  return compileProjection(everyColumn(schema), schema, {
    mode: 'batch',
    predicate,
    onError(error): never {
      throw error
    },
  })
}

/** The caller has the table's lock where it has UNIQUE constraints. */
async function write(written: Written, context: StatementContext): Promise<void> {
  const { table, changes: chunks } = written
  if (chunks.length === 0) return
  if (uniquesOf(table).length > 0) {
    const rows = chunks.flatMap(({ columns, length }) =>
      Array.from({ length }, (_, row) => columns.map(column => cellValue(column, row))),
    )
    await rejectTaken(table, rows, [], context)
  }
  await writeEffects([written], context)
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
  readonly #reader: Reader
  readonly #project: (chunk: Chunk) => Chunk | undefined
  readonly #checks: ((chunk: Chunk) => void) | undefined
  readonly #chosen: ReturnType<typeof chosenRows>
  readonly #chunks: Chunk[] = []
  #bytes = 0

  constructor(
    table: Relation,
    { positions, modifiers, values }: CopyColumns,
    { options }: CopyFrom,
    chosen: ReturnType<typeof chosenRows>,
    session: Pick<Session, 'context' | 'settings'>,
  ) {
    this.#chosen = chosen
    const zone = session.settings.timeStyle()
    this.#table = table
    this.#modifiers = modifiers
    this.#checks = checksOf(table, session.context)
    this.width = positions.length
    this.#input = positions.map(i => ({ name: table.columns[i]!.name, type: table.columns[i]!.type }))
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
    this.#reader.push(bytes)
  }

  finish(): readonly Chunk[] {
    this.#reader.end()
    return this.#chunks
  }

  #binary(zone: string): Reader {
    const columns = this.#input.map(({ type }) => new ColumnBuffer(type, CHUNK_ROWS))
    const setters = this.#input.map(({ type }) => setBinaryOf(type, zone))
    let row = 0
    let line = 1
    const flush = () => {
      if (row === 0) return
      this.#put({ columns: columns.map(columnView), weights: insertions(row), length: row })
      for (const column of columns) column.clear()
      row = 0
    }
    const reader = new BinaryRows({
      begin: count => {
        if (count > this.width) throw this.#extra(line)
      },
      field: (i, bytes, from, to) => {
        if (from === -1) columns[i]!.setNull(row)
        else {
          try {
            setters[i]!(columns[i]!, row, bytes, from, to)
          } catch (error) {
            throw this.#located(error, line, i)
          }
        }
      },
      end: count => {
        if (count < this.width) throw this.#missing(line, count)
        this.count++
        if (++row === CHUNK_ROWS) flush()
        line++
      },
    })
    return {
      push: bytes => reader.push(bytes),
      end: () => {
        reader.end()
        flush()
      },
    }
  }

  #csv(options: CopyOptions, zone: string): Reader {
    const fields = this.#fieldTable(options, zone)
    const hears = {
      field: (i: number, bytes: Buffer, from: number, to: number, quoted: boolean) =>
        fields.field(i, bytes, from, to, !quoted),
      fieldBeside: (i: number, bytes: Buffer, length: number) => fields.fieldBeside(i, bytes, length),
      line: (count: number) => this.#endLine(fields, count),
    }
    return this.#batches(new CsvRows(options, hears, BATCH_BYTES), fields)
  }

  #text(options: CopyOptions, zone: string): Reader {
    const fields = this.#fieldTable(options, zone)
    const hears = {
      field: (i: number, bytes: Buffer, from: number, to: number, escapes: boolean) => {
        if (!escapes || fields.isNull(bytes, from, to)) fields.field(i, bytes, from, to, true)
        else {
          const meant = unescaped(bytes.toString('utf8', from, to))
          if (i < this.width) this.#requireMeant(meant, fields.lines + 1, i)
          fields.fieldBeside(i, meant, meant.length)
        }
      },
      line: (count: number) => this.#endLine(fields, count),
    }
    return this.#batches(new TextRows(options, hears, BATCH_BYTES), fields)
  }

  /** Escapes may have written what is no text. */
  #requireMeant(bytes: Buffer, line: number, column: number): void {
    try {
      requireText(bytes)
    } catch (error) {
      throw this.#located(error, line, column)
    }
  }

  #fieldTable({ null: nothing, header }: CopyOptions, zone: string): FieldTable {
    const at = { nothing, header }
    return new FieldTable(this.#input, this.#modifiers, zone, at, {
      extra: line => this.#extra(line),
      missing: (line, column) => this.#missing(line, column),
      located: (error, line, column) => this.#located(error, line, column),
      names: given => this.#checkNames(given, nothing),
    })
  }

  #endLine(fields: FieldTable, count: number): void {
    fields.line(count)
    if (fields.full) this.#takeRows(fields)
  }

  /** What a reader has told of lies in a buffer that is gone when it returns. */
  #batches(reader: Reader, fields: FieldTable): Reader {
    return {
      push: bytes => {
        reader.push(bytes)
        this.#takeRows(fields)
      },
      end: () => {
        reader.end()
        this.#takeRows(fields)
      },
    }
  }

  #takeRows(fields: FieldTable): void {
    const { rows } = fields
    if (rows === 0) return
    const columns = fields.take()
    fields.clear()
    this.count += rows
    this.#put({ columns, weights: insertions(rows), length: rows, owned: true })
  }

  /** An error tells in which cell it was. */
  #located(error: unknown, line: number, column: number): unknown {
    if (!(error instanceof SqlError)) return error
    const detail = `${this.#where(line)}, column ${this.#input[column]!.name}`
    return new SqlError(error.condition, error.message, { detail })
  }

  /** HEADER MATCH: the first line has the columns' names, in their order. */
  #checkNames(names: readonly (string | null)[], nothing: string): void {
    const detail = this.#where(1)
    if (names.length !== this.width) {
      const message = `wrong number of fields in header line: got ${names.length}, expected ${this.width}`
      throw new SqlError('bad_copy_file_format', message, { detail })
    }
    const at = names.findIndex((name, i) => name !== this.#input[i]!.name)
    if (at === -1) return
    const got = names[at] === null ? `null value ("${nothing}")` : `"${names[at]}"`
    const message = `column name mismatch in header line field ${at + 1}: got ${got}, expected "${this.#input[at]!.name}"`
    throw new SqlError('bad_copy_file_format', message, { detail })
  }

  #extra(line: number): SqlError {
    const detail = this.#where(line)
    return new SqlError('bad_copy_file_format', 'extra data after last expected column', { detail })
  }

  #missing(line: number, column: number): SqlError {
    return new SqlError('bad_copy_file_format', `missing data for column "${this.#input[column]!.name}"`, {
      detail: this.#where(line),
    })
  }

  #where(line: number): string {
    return `COPY ${this.#table.name}, line ${line}`
  }

  /** Columns over the fields' become rows of the table. */
  #put(read: Chunk): void {
    const whole = this.#project(read)
    const made = whole && this.#chosen !== undefined ? this.#chosen(whole) : whole
    this.count -= read.length - (made?.length ?? 0)
    if (made === undefined) return
    const own = new Set(read.owned === true ? read.columns : [])
    const columns = made.columns.map(column =>
      own.has(column) ? column : ownedRows(column, undefined, made.length),
    )
    const weights = new Int32Array(made.length).fill(1)
    const chunk: Chunk = { columns, weights, length: made.length, owned: true }
    rejectNulls(chunk, this.#table)
    this.#checks?.(chunk)
    this.#chunks.push(chunk)
  }
}

function columnView({ type, data, nulls }: ColumnBuffer): Column {
  return { type, data, nulls }
}
