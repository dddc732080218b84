import { plainType } from '../../types/domain-type.ts'
import { type Condition, SQLSTATE, SqlError } from '../../types/error.ts'
import type { Schema, Type, TypeLabel } from '../../types/type.ts'
import { columnType } from '../system-tables/types.ts'
import type { Messages } from './frames.ts'
import { oidOf, sizeOf } from './oids.ts'

export type Severity = 'ERROR' | 'FATAL' | 'WARNING' | 'NOTICE'

/** RowDescription. */
export function rowDescription(out: Messages, schema: Schema, formats: readonly number[]): void {
  out.begin('T').int16(schema.length)
  schema.forEach((field, i) => {
    const { name, type } = field
    const { oid, typmod } = columnType({ ...field, type: plainType(type) })
    out.string(name).int32(0).int16(0).int32(oid).int16(sizeOf(type)).int32(typmod)
    out.int16(formatOf(formats, i))
  })
  out.end()
}

/** Shows the number of an object as its name. */
export type ShowObject = (oid: number, type: TypeLabel) => string

/** ParameterDescription. */
export function parameterDescription(out: Messages, types: readonly Type[]): void {
  out.begin('t').int16(types.length)
  for (const type of types) out.int32(oidOf(plainType(type)))
  out.end()
}

export function commandComplete(out: Messages, tag: string): void {
  out.begin('C').string(tag).end()
}

/** CopyInResponse or CopyOutResponse: all columns in one format. */
export function copyResponse(out: Messages, type: 'G' | 'H', format: 0 | 1, width: number): void {
  out
    .begin(type)
    .bytes(Buffer.from([format]))
    .int16(width)
  for (let i = 0; i < width; i++) out.int16(format)
  out.end()
}

/** A message without a body: ParseComplete, NoData, PortalSuspended … */
export function bare(out: Messages, type: '1' | '2' | '3' | 'I' | 'n' | 's'): void {
  out.begin(type).end()
}

export function parameterStatus(out: Messages, name: string, value: string): void {
  out.begin('S').string(name).string(value).end()
}

/** NotificationResponse. */
export function notification(out: Messages, pid: number, channel: string, payload: string): void {
  out.begin('A').int32(pid).string(channel).string(payload).end()
}

export function readyForQuery(out: Messages, status: string): void {
  out.begin('Z').text(status).end()
}

/** NoticeResponse. */
export function notice(out: Messages, severity: Severity, condition: Condition, message: string): void {
  head(out.begin('N'), severity, SQLSTATE[condition], message).text('\0').end()
}

/** ErrorResponse. `sql`: the text that the error's position counts in. */
export function errorResponse(
  out: Messages,
  error: unknown,
  sql: string,
  severity: Severity = 'ERROR',
): void {
  if (!(error instanceof SqlError)) {
    const message = error instanceof Error ? error.message : String(error)
    head(out.begin('E'), severity, 'XX000', `internal error: ${message}`).text('\0').end()
    return
  }
  head(out.begin('E'), severity, error.sqlstate, error.message)
  if (error.detail !== undefined) out.text('D').string(error.detail)
  if (error.hint !== undefined) out.text('H').string(error.hint)
  if (error.position !== undefined && sql !== '')
    out.text('P').string(String(charactersBefore(sql, error.position) + 1))
  if (error.context !== undefined) out.text('W').string(error.context)
  out.text('\0').end()
}

function head(out: Messages, severity: Severity, sqlstate: string, message: string): Messages {
  out.text('S').string(severity).text('V').string(severity)
  return out.text('C').string(sqlstate).text('M').string(message)
}

/** Characters, not UTF-16 units: a surrogate pair is one. */
function charactersBefore(sql: string, position: number): number {
  let count = 0
  for (const _ of sql.slice(0, position)) count++
  return count
}

/** Format code of a column. */
export function formatOf(formats: readonly number[], i: number): number {
  return formats.length === 1 ? formats[0]! : (formats[i] ?? 0)
}
