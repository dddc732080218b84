import type { ColumnDef } from '../../planner/catalog.ts'
import { quoteText } from '../../types/sql-text.ts'
import { typeName } from '../../types/type-names.ts'
import { foundOid, registeredName } from './lookup.ts'
import type { SystemSession } from './sessions.ts'
import { columnType, formatType } from './types.ts'

/** A column's default or generation as pg_attrdef keeps it: a string with its type, as PostgreSQL does. */
export function storedExpression(column: Pick<ColumnDef, 'type' | 'expressionSql'>): string | null {
  const { expressionSql } = column
  if (expressionSql === undefined || !/^'(?:[^']|'')*'$/.test(expressionSql)) return expressionSql ?? null
  const { type } = column
  const isUsers = (type.user ?? type.element?.user) !== undefined
  return `${expressionSql}::${isUsers ? typeName(type) : formatType(columnType(column).oid, -1)}`
}

/** The same for a session: what its search path finds has no schema. `pretty`: no brackets around the whole. */
export function shownExpression(session: SystemSession, text: string, pretty: boolean): string {
  const named = text.replace(/'((?:[^']|'')+)'::regclass/g, (whole, name: string) => {
    const oid = foundOid(session, name.replaceAll("''", "'"), 'regclass')
    return oid === undefined ? whole : `${quoteText(registeredName(session, oid, 'regclass'))}::regclass`
  })
  return pretty && isBracketed(named) ? named.slice(1, -1) : named
}

/** The first bracket is closed by the last character. */
export function isBracketed(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "'") quoted = !quoted
    if (quoted) continue
    if (text[i] === '(') depth++
    if (text[i] === ')' && --depth === 0 && i < text.length - 1) return false
  }
  return true
}
