import { notSupported, SqlError } from '../../types/error.ts'
import type { PgNode } from '../contract.ts'
import { ofFragment } from './of-fragment.ts'
import { type RangeVar, rangeName } from './range-name.ts'
import type { CopyOptions, Fragment, SessionStatement } from './statement.ts'

type Body = Readonly<Record<string, unknown>>
interface Option {
  readonly DefElem: { readonly defname: string; readonly arg?: PgNode }
}

/** COPY, as PostgreSQL's grammar read it. Throws 0A000 for files and programs of the server. */
export function copyOf(fragment: Fragment, body: Body): SessionStatement {
  const relation = body['relation'] as RangeVar | undefined
  const from = body['is_from'] === true
  if (body['is_program'] === true) throw notSupported('COPY … PROGRAM')
  if (body['filename'] !== undefined) throw notSupported('COPY of a file of the server')
  const options = optionsOf((body['options'] ?? []) as readonly Option[])
  const attributes = (body['attlist'] ?? []) as readonly { String: { sval: string } }[]
  const columns = attributes.map(n => n.String.sval)
  const table = relation && rangeName(relation, fragment)
  if (from) {
    const condition = body['whereClause'] as PgNode | undefined
    const where = condition && { ...fragment, node: condition }
    return { kind: 'copy from', table: table!, columns, options, ...(where && { where }) }
  }
  const query = body['query'] as PgNode | undefined
  if (query === undefined) return { kind: 'copy to', of: { table: table!, columns }, options }
  const statement = ofFragment({ ...fragment, node: query }, 'COPY of this statement')
  return { kind: 'copy to', of: { statement }, options }
}

const FORMATS = ['text', 'csv', 'binary']

function optionsOf(elements: readonly Option[]): CopyOptions {
  const given = new Map(elements.map(({ DefElem: { defname, arg } }) => [defname, arg] as const))
  const format = textOf(given.get('format')) ?? 'text'
  if (!FORMATS.includes(format))
    throw new SqlError('invalid_parameter_value', `COPY format "${format}" not recognized`)
  for (const name of given.keys()) if (!KNOWN.has(name)) throw notSupported(`COPY (${name.toUpperCase()})`)
  const csv = format === 'csv'
  if (!csv && (given.has('quote') || given.has('escape')))
    throw notSupported('QUOTE and ESCAPE of a COPY that is not CSV')
  const quote = one(textOf(given.get('quote')) ?? '"', 'quote')
  const encoding = textOf(given.get('encoding'))
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
    throw notSupported(`COPY (ENCODING '${encoding}')`)
  return {
    format: format as CopyOptions['format'],
    delimiter: one(textOf(given.get('delimiter')) ?? (csv ? ',' : '\t'), 'delimiter'),
    null: textOf(given.get('null')) ?? (csv ? '' : '\\N'),
    header: headerOf(given, format),
    quote,
    escape: one(textOf(given.get('escape')) ?? quote, 'escape'),
  }
}

const KNOWN = new Set(['format', 'delimiter', 'null', 'header', 'quote', 'escape', 'encoding', 'freeze'])

function headerOf(given: ReadonlyMap<string, PgNode | undefined>, format: string): CopyOptions['header'] {
  const said = given.has('header') ? (textOf(given.get('header')) ?? 'true').toLowerCase() : 'false'
  if (/^(false|off|0)$/.test(said)) return false
  if (!/^(true|on|1|match)$/.test(said))
    throw new SqlError('syntax_error', 'header requires a Boolean value or "match"')
  if (format === 'binary') throw new SqlError('feature_not_supported', 'cannot specify HEADER in BINARY mode')
  return said === 'match' ? 'match' : true
}

function one(text: string, what: string): string {
  if (text.length === 1) return text
  throw new SqlError('invalid_parameter_value', `COPY ${what} must be a single one-byte character`)
}

function textOf(node: PgNode | undefined): string | undefined {
  if (node === undefined) return undefined
  const [kind, value] = Object.entries(node)[0] as [string, Body]
  if (kind === 'String') return String(value['sval'] ?? '')
  if (kind === 'Integer') return String(value['ival'] ?? 0)
  if (kind === 'Boolean') return String(value['boolval'] ?? false)
  if (kind === 'TypeName')
    return String((value['names'] as readonly { String: { sval: string } }[]).at(-1)?.String.sval)
  return undefined
}
