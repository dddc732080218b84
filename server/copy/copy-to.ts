import { parseStatements, type SessionStatement } from '../../planner/parse/index.ts'
import { qualified, quote } from '../../planner/rewrite-references.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { assert, SqlError } from '../../types/error.ts'
import { formatText } from '../../types/text-io.ts'
import type { Schema } from '../../types/type.ts'
import { encodeBinary } from '../protocol/values.ts'
import { rowsOf } from '../session/rows.ts'
import type { Runnable, Session } from '../session/session.ts'
import { requireRelation } from '../statements/bind.ts'
import { prepareQuery } from '../statements/query.ts'
import { BINARY_HEADER, BINARY_TRAILER, binaryRow } from './binary.ts'
import { csvText, textLine } from './fields.ts'

type CopyTo = SessionStatement & { readonly kind: 'copy to' }

const ROWS_AT_ONCE = 256
const FLUSH_BYTES = 1 << 16

/** COPY … TO STDOUT: the rows of a relation or a query at the latest committed epoch. */
export function copyTo(session: Session, statement: CopyTo): Runnable {
  const { context, out } = session
  const query = 'query' in statement.of ? statement.of.query : tableQuery(session, statement.of)
  const prepared = prepareQuery(query, context, [])
  if (prepared.parameters.length > 0) throw new SqlError('undefined_parameter', 'there is no parameter $1')
  const schema = prepared.schema!
  return {
    schema: undefined,
    parameters: [],
    async run() {
      const { rows } = await prepared.run([])
      assert(rows !== undefined, 'a query has rows')
      const { options } = statement
      const line = lineOf(schema, statement, session.settings.get('timezone'))
      const format = options.format === 'binary' ? 1 : 0
      out
        .begin('H')
        .bytes(Buffer.from([format]))
        .int16(schema.length)
      for (let i = 0; i < schema.length; i++) out.int16(format)
      out.end()
      const send = (bytes: Buffer) => out.begin('d').bytes(bytes).end()
      if (format === 1) send(BINARY_HEADER)
      else if (options.header) {
        const names = schema.map(field => field.name)
        send(Buffer.from(options.format === 'csv' ? csvText(names, options) : textLine(names, options)))
      }
      const found = rowsOf(rows)
      let count = 0
      while (await found.ready()) {
        count += found.take(ROWS_AT_ONCE, (chunk, row) => send(line(chunk, row)))
        if (out.length > FLUSH_BYTES) await session.flush()
        if (context.signal?.aborted)
          throw new SqlError('query_canceled', 'canceling statement due to user request')
      }
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
  const [parsed] = parseStatements(`SELECT ${list} FROM ${qualified(relation)}`)
  assert(parsed?.statement.kind === 'query', 'a query of ours')
  return parsed.statement.query
}

function lineOf(schema: Schema, { options }: CopyTo, zone: string): (chunk: Chunk, row: number) => Buffer {
  const values = (chunk: Chunk, row: number) => schema.map((_, i) => cellValue(chunk.columns[i]!, row))
  if (options.format === 'binary')
    return (chunk, row) =>
      binaryRow(
        values(chunk, row).map((value, i) => (value === null ? null : encodeBinary(schema[i]!.type, value))),
      )
  const text = options.format === 'csv' ? csvText : textLine
  return (chunk, row) => {
    const fields = values(chunk, row).map((value, i) =>
      value === null ? null : formatText(schema[i]!.type, value, zone),
    )
    return Buffer.from(text(fields, options))
  }
}
