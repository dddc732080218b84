import { type CopyOptions, parseQuery, type SessionStatement } from '../../planner/parse/index.ts'
import { qualified } from '../../planner/rewrite-references.ts'
import { assert, SqlError } from '../../types/error.ts'
import { quote } from '../../types/sql-text.ts'
import type { Schema } from '../../types/type.ts'
import { cellsOf, type Row, rowMessage } from '../protocol/data-rows.ts'
import { copyResponse } from '../protocol/replies.ts'
import { rowsOf } from '../session/rows.ts'
import { sendRows } from '../session/run-portal.ts'
import type { Runnable, Session } from '../session/session.ts'
import { requireNoParameters, requireRelation } from '../statements/bind.ts'
import { prepare } from '../statements/index.ts'
import { BINARY_HEADER, BINARY_TRAILER } from './binary.ts'
import { csvField, csvText, escaped, textLine } from './fields.ts'

type CopyTo = SessionStatement & { readonly kind: 'copy to' }

const NEWLINE = 0x0a

/** COPY … TO STDOUT: the rows of a relation or a query at the latest committed epoch. */
export function copyTo(session: Session, statement: CopyTo): Runnable {
  const { context, out } = session
  const of =
    'statement' in statement.of
      ? statement.of.statement
      : { kind: 'query' as const, query: tableQuery(session, statement.of) }
  const prepared = prepare({ text: '', offset: 0, statement: of }, context, [])
  requireNoParameters(prepared)
  const { schema } = prepared
  if (statement.options.header === 'match')
    throw new SqlError('feature_not_supported', 'cannot use "match" with HEADER in COPY TO')
  if (schema === undefined)
    throw new SqlError('feature_not_supported', 'COPY query must have a RETURNING clause')
  return {
    schema: undefined,
    parameters: [],
    async run() {
      const { rows } = await prepared.run([])
      assert(rows !== undefined, 'a query has rows')
      const { options } = statement
      const write = rowOf(schema, statement, session.settings.timeStyle())
      const format = options.format === 'binary' ? 1 : 0
      copyResponse(out, 'H', format, schema.length)
      const send = (bytes: Buffer) => out.begin('d').bytes(bytes).end()
      if (format === 1) send(BINARY_HEADER)
      else if (options.header) {
        const names = schema.map(field => field.name)
        send(Buffer.from(options.format === 'csv' ? csvText(names, options) : textLine(names, options)))
      }
      const { count } = await sendRows(session, rowsOf(rows), write, context.signal)
      if (format === 1) send(BINARY_TRAILER)
      out.begin('c').end()
      return { tag: `COPY ${count}` }
    },
  }
}

function tableQuery(session: Session, { table, columns }: Extract<CopyTo['of'], { table: unknown }>) {
  const relation = requireRelation(session.context, table)
  if (relation.kind === 'view')
    throw new SqlError('wrong_object_type', `cannot copy from view "${relation.name}"`, {
      hint: 'Try the COPY (SELECT ...) TO variant.',
    })
  const list = columns.length === 0 ? '*' : columns.map(quote).join(', ')
  return parseQuery(`SELECT ${list} FROM ${qualified(relation)}`)
}

/** Writes a row as one CopyData message, straight from its columns. */
function rowOf(schema: Schema, { options }: CopyTo, zone: string): Row {
  const binary = options.format === 'binary'
  const cells = cellsOf(schema, schema.length === 0 ? [] : [binary ? 1 : 0], zone)
  if (binary) return rowMessage('d', cells)
  const nothing = Buffer.from(options.null)
  const delimiter = options.delimiter.charCodeAt(0)
  const csv = options.format === 'csv'
  const alone = cells.length === 1
  const special = specialBytes(options, alone)
  /** What looks like NULL is quoted. */
  const nullLength = csv ? nothing.length : -1
  return (out, { columns }, row) => {
    out.begin('d')
    for (let i = 0; i < cells.length; i++) {
      if (i > 0) out.byte(delimiter)
      const column = columns[i]!
      if (column.nulls !== null && column.nulls[row] === 1) {
        out.bytes(nothing)
        continue
      }
      const from = out.at
      cells[i]!(out, column, row)
      if (out.at - from - 4 !== nullLength && out.unsize(from, special)) continue
      const field = out.cut(from)
      out.text(csv ? csvField(field, options, alone) : escaped(field, options.delimiter))
    }
    out.byte(NEWLINE).end()
  }
}

/** 1 for each byte with which a field cannot stand as it is. */
function specialBytes(options: CopyOptions, alone: boolean): Uint8Array {
  const bytes = new Uint8Array(256)
  const all =
    options.format === 'csv'
      ? `${options.delimiter}${options.quote}\n\r${alone ? '\\' : ''}`
      : `${options.delimiter}\\\b\f\n\r\t\v`
  for (const byte of Buffer.from(all)) bytes[byte] = 1
  return bytes
}
