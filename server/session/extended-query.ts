import { parseStatements } from '../../planner/parse/index.ts'
import { SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Fields } from '../protocol/frames.ts'
import { typeOfOid } from '../protocol/oids.ts'
import { bare, parameterDescription, rowDescription } from '../protocol/replies.ts'
import { decodeParameter } from '../protocol/values.ts'
import { registeredOid } from '../system-tables/lookup.ts'
import { prepareStatement } from './prepare-statement.ts'
import { runPortal } from './run-portal.ts'
import type { Session } from './session.ts'

/** Does what a message asks, and tells which text an error's position counts in. */
export type Handler = (session: Session, fields: Fields, about: (sql: string) => void) => void | Promise<void>

/** The messages of the extended query protocol, by type byte. Throws SqlError; the rest is then skipped up to Sync. */
export const EXTENDED: Readonly<Record<string, Handler>> = {
  P: parse,
  B: bind,
  D: describe,
  E: execute,
  C: close,
}

async function parse(session: Session, fields: Fields, about: (sql: string) => void): Promise<void> {
  const name = fields.string()
  const sql = fields.string()
  about(sql)
  const types: (Type | undefined)[] = []
  for (let n = fields.count(); n > 0; n--)
    types.push(typeOfOid(fields.int32(), session.context.catalogs.current))
  const statements = parseStatements(sql)
  if (statements.length > 1)
    throw new SqlError('syntax_error', 'cannot insert multiple commands into a prepared statement')
  if (statements[0] !== undefined) await session.group.settle(statements[0].statement)
  session.addStatement(name, prepareStatement(session, sql, statements[0], types))
  bare(session.out, '1')
}

function bind(session: Session, fields: Fields): void {
  const name = fields.string()
  const statement = session.statement(fields.string())
  const formats = formatCodes(fields)
  const types = statement.runnable.parameters
  const count = fields.count()
  if (count !== types.length)
    throw new SqlError(
      'protocol_violation',
      `bind message supplies ${count} parameters, but prepared statement requires ${types.length}`,
    )
  if (formats.length > 1 && formats.length !== count)
    throw new SqlError(
      'protocol_violation',
      `bind message has ${formats.length} parameter formats but ${count} parameters`,
    )
  const style = session.settings.timeStyle()
  const values = types.map((type, i): Value => {
    const length = fields.int32()
    if (length < -1) throw new SqlError('protocol_violation', 'invalid argument size in message')
    if (length < 0) return null
    const bytes = fields.take(length)
    const format = formats[formats.length === 1 ? 0 : i] ?? 0
    // A name of something in the catalog, where PostgreSQL takes its number.
    if (format === 0 && type.label?.startsWith('reg') === true)
      return registeredOid(session.system, bytes.toString(), type.label)
    return decodeParameter(type, bytes, format, style)
  })
  const results = formatCodes(fields)
  const width = statement.runnable.schema?.length ?? 0
  if (results.length > 1 && results.length !== width)
    throw new SqlError(
      'protocol_violation',
      `bind message has ${results.length} result formats but query has ${width} columns`,
    )
  session.addPortal({ name, statement, values, formats: results, abort: new AbortController(), hold: false })
  bare(session.out, '2')
}

/** Throws 22023 for a format that is neither text (0) nor binary (1). */
function formatCodes(fields: Fields): number[] {
  const formats: number[] = []
  for (let n = fields.count(); n > 0; n--) formats.push(fields.int16())
  const unknown = formats.find(format => format !== 0 && format !== 1)
  if (unknown !== undefined)
    throw new SqlError('invalid_parameter_value', `unsupported format code: ${unknown}`)
  return formats
}

function describe(session: Session, fields: Fields): void {
  const kind = fields.byte()
  const name = fields.string()
  const portal = kind === 'P' ? session.portal(name) : undefined
  const { runnable } = portal?.statement ?? session.statement(name)
  if (kind === 'S') parameterDescription(session.out, runnable.parameters)
  if (runnable.schema === undefined) bare(session.out, 'n')
  else rowDescription(session.out, runnable.schema, portal?.formats ?? [])
}

async function execute(session: Session, fields: Fields, about: (sql: string) => void): Promise<void> {
  const portal = session.portal(fields.string())
  about(portal.statement.sql)
  await runPortal(session, portal, Math.max(0, fields.int32()), session.isSynced())
}

function close(session: Session, fields: Fields): void {
  const kind = fields.byte()
  const name = fields.string()
  if (kind === 'S') session.dropStatement(name)
  else session.closePortals(portal => portal.name === name)
  bare(session.out, '3')
}
