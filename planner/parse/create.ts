import { checkCollation } from '../../types/collation.ts'
import type { FormatSpec } from '../../types/connector.ts'
import { errorsAt, notSupported, SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import { type Modifier, parseModifier } from '../../types/type-modifier.ts'
import { namedType, parseTypeName } from '../../types/type-names.ts'
import { constraint, constraintLabel } from './constraint.ts'
import { createFunction } from './create-function.ts'
import { createIndex } from './create-index.ts'
import { createView } from './create-view.ts'
import { type Cursor, parseExpression, parseFragment } from './cursor.ts'
import { databaseOptions } from './database.ts'
import { createDomain } from './domain.ts'
import { identity, isIdentity } from './identity.ts'
import { like } from './like.ts'
import { temporaryName } from './range-name.ts'
import { recursiveView } from './recursive-view.ts'
import { parseCreateRole } from './roles.ts'
import { createSecret, namedSecret, secretReference } from './secret.ts'
import { createSequence } from './sequence.ts'
import type {
  ColumnSyntax,
  ConstraintSyntax,
  Fragment,
  IdentitySyntax,
  LikeSyntax,
  RelationSyntax,
  Statement,
  WatermarkSyntax,
} from './statement.ts'
import type { Token } from './tokens.ts'
import { createType } from './user-type.ts'

/** After CREATE [OR REPLACE]. */
export function parseCreate(c: Cursor, replace = false): Statement {
  const persistence = c.at
  const temporary = acceptTemporary(c)
  if (temporary && c.looking('sequence')) return createSequence(c)
  const unlogged = !temporary && c.accept('unlogged')
  if (!unlogged && c.looking('recursive', 'view')) return recursiveView(c, replace)
  if (temporary || unlogged) {
    const known = c.looking('table') || (temporary && (c.looking('view') || c.looking('source')))
    if (!known) throw c.error(c.tokens[persistence])
  }
  const word = c.token?.value
  if (c.accept('function') || c.accept('aggregate'))
    return createFunction(c, word === 'aggregate' ? 'aggregate' : 'function', replace)
  if (c.looking('sequence')) return createSequence(c)
  if (replace && !c.looking('view') && !c.looking('materialized', 'view'))
    throw notSupported('CREATE OR REPLACE', { position: c.tokens[0]!.start })
  if (c.accept('table') || c.accept('source')) {
    const kind = c.tokens[c.at - 1]!.value === 'table' ? 'create table' : 'create source'
    return { kind, relation: relation(c, temporary) }
  }
  if (c.accept('materialized', 'view') || c.accept('view')) return createView(c, replace, temporary)
  if (c.accept('sink')) return sink(c)
  if (c.accept('subscription')) return subscription(c)
  if (c.looking('schema') || c.looking('database')) {
    const kind = c.looking('schema') ? 'create schema' : 'create database'
    c.at++
    const ifNotExists = c.accept('if', 'not', 'exists')
    const named = kind === 'create schema' && c.looking('authorization') ? undefined : c.identifier()
    if (kind === 'create database') {
      const { owner, asked } = databaseOptions(c)
      return { kind, name: named!, ifNotExists, asked, ...(owner === undefined ? {} : { owner }) }
    }
    const owner = c.accept('authorization') ? c.identifier() : undefined
    c.finish()
    const name = named ?? owner
    if (name === undefined) throw c.error()
    return { kind, name, ifNotExists, ...(owner === undefined ? {} : { owner }) }
  }
  if (c.accept('user')) return parseCreateRole(c, true)
  if (c.accept('role') || c.accept('group')) return parseCreateRole(c, false)
  if (c.accept('index')) return createIndex(c)
  if (c.accept('unique', 'index')) return createIndex(c, true)
  if (c.accept('secret')) return createSecret(c)
  if (c.accept('type')) return createType(c)
  if (c.accept('domain')) return createDomain(c)
  if (c.looking('connection')) throw notSupported('CREATE CONNECTION', { position: c.token!.start })
  throw c.error()
}

/** `[GLOBAL | LOCAL] TEMP[ORARY]` */
function acceptTemporary(c: Cursor): boolean {
  const from = c.at
  if (!c.accept('global')) c.accept('local')
  if (c.accept('temp') || c.accept('temporary')) return true
  c.at = from
  return false
}

function sink(c: Cursor): Statement {
  const ifNotExists = c.accept('if', 'not', 'exists')
  const name = c.name()
  const into = c.accept('into') ? c.name() : undefined
  const intoColumns = into !== undefined && c.looking('(') ? nameList(c) : []
  const from = c.accept('from') ? c.name() : undefined
  let body: Fragment | undefined
  let onWindowClose = false
  if (from === undefined) {
    c.expect('as')
    ;({ query: body, onWindowClose } = queryBefore(c, 'with'))
  }
  const options = c.accept('with') ? optionList(c) : {}
  const format = formatClause(c)
  c.finish()
  const read = { from, query: body, onWindowClose }
  return { kind: 'create sink', name, ifNotExists, into, intoColumns, ...read, options, format }
}

function subscription(c: Cursor): Statement {
  const ifNotExists = c.accept('if', 'not', 'exists')
  const name = c.name()
  if (c.looking('connection'))
    throw notSupported("CREATE SUBSCRIPTION to another server's publication", { position: c.token!.start })
  c.expect('from')
  const from = c.name()
  const options = c.accept('with') ? optionList(c) : {}
  c.finish()
  return { kind: 'create subscription', name, ifNotExists, from, options }
}

function relation(c: Cursor, temporary: boolean): RelationSyntax {
  const ifNotExists = c.accept('if', 'not', 'exists')
  const name = temporary ? temporaryName(c.name()) : c.name()
  const columns: ColumnSyntax[] = []
  const watermarks: WatermarkSyntax[] = []
  let primaryKey: string[] = []
  let keyName: string | undefined
  const constraints: ConstraintSyntax[] = []
  const likes: LikeSyntax[] = []
  const columnNames = namesAlone(c) ? nameList(c) : undefined
  if (c.accept('(') && !c.accept(')')) {
    do {
      const label = constraintLabel(c)
      const own = constraint(c, label)
      if (own !== undefined) {
        constraints.push(own)
        continue
      }
      if (label === undefined && c.accept('like')) {
        likes.push(like(c, columns.length))
        continue
      }
      if (c.accept('primary', 'key')) {
        if (primaryKey.length > 0) throw manyKeys(name.name)
        primaryKey = nameList(c)
        keyName = label
      } else if (label !== undefined) throw c.error()
      else if (c.accept('watermark', 'for')) watermarks.push(watermark(c))
      else if (c.accept('*')) {
        // the connector's own columns
      } else columns.push(column(c))
    } while (c.accept(',') && !c.looking(')'))
    c.expect(')')
  }
  let appendOnly = false
  let conflict: RelationSyntax['conflict']
  let versionColumns: readonly string[] | undefined
  let options: Readonly<Record<string, string>> = {}
  let format: FormatSpec | undefined
  let onCommit: RelationSyntax['onCommit']
  let made: Pick<RelationSyntax, 'query' | 'noData'> = {}
  const include: { what: string; name: string }[] = []
  for (;;) {
    if (c.accept('append', 'only')) appendOnly = true
    else if (c.accept('on', 'commit')) onCommit = commitAction(c)
    else if (c.accept('without', 'oids')) continue
    else if (c.accept('on', 'conflict')) conflict = conflictAction(c)
    else if (c.accept('with', 'version', 'column')) versionColumns = nameList(c)
    else if (c.accept('include')) include.push(inclusion(c))
    else if (c.accept('with')) options = optionList(c)
    else if (c.looking('format') || c.looking('row', 'format')) format = formatClause(c)
    else if (c.accept('as')) made = queryWithData(c)
    else break
  }
  c.finish()
  const inline = columns.filter(column => column.primaryKey)
  if (inline.length > 0 && (primaryKey.length > 0 || inline.length > 1)) throw manyKeys(name.name)
  if (inline.length > 0) {
    primaryKey = inline.map(column => column.name)
    keyName = inline[0]!.keyName
  }
  return {
    name,
    ifNotExists,
    columns,
    primaryKey,
    ...(keyName !== undefined && { keyName }),
    constraints: [...columns.flatMap(column => column.constraints ?? []), ...constraints],
    ...(likes.length > 0 && { like: likes }),
    watermarks,
    appendOnly,
    include,
    options,
    ...(conflict && { conflict }),
    ...(versionColumns !== undefined && { versionColumns }),
    ...(format && { format }),
    ...(columnNames && { columnNames }),
    ...(onCommit && { onCommit }),
    ...made,
  }
}

/** After WATERMARK FOR: `column AS expression [WITH TTL]`. */
export function watermark(c: Cursor): WatermarkSyntax {
  const column = c.identifier()
  c.expect('as')
  const end = (token: { kind: string; value: string }) =>
    token.value === ',' || (token.kind === 'word' && token.value === 'with')
  return { column, expression: expressionUntil(c, end), ttl: c.accept('with', 'ttl') }
}

/** `(a, b)` before AS: columns without types. */
function namesAlone(c: Cursor): boolean {
  const close = c.tokens.findIndex((token, i) => i > c.at && token.kind === 'symbol' && token.value === ')')
  if (!c.looking('(') || close <= c.at + 1) return false
  return c.tokens.slice(c.at + 1, close).every((token, i) => (token.value === ',') === (i % 2 === 1))
}

/** After AS: a query, perhaps WITH [NO] DATA. */
function queryWithData(c: Cursor): Pick<RelationSyntax, 'query' | 'noData'> {
  const [a, b, end] = c.tokens.slice(-3).map(token => (token.kind === 'word' ? token.value : ''))
  const noData = a === 'with' && b === 'no' && end === 'data'
  const words = noData ? 3 : b === 'with' && end === 'data' ? 2 : 0
  const sub = new (c.constructor as typeof Cursor)(c.sql, c.tokens.slice(0, c.tokens.length - words))
  sub.at = c.at
  c.at = c.tokens.length
  return { query: query(sub).query, noData }
}

/** Two primary keys were declared. */
export function manyKeys(table: string): SqlError {
  const message = `multiple primary keys for table "${table}" are not allowed`
  return new SqlError('invalid_table_definition', message)
}

const SERIALS: Readonly<Record<string, Type>> = {
  serial: { name: 'int4' },
  serial4: { name: 'int4' },
  bigserial: { name: 'int8' },
  serial8: { name: 'int8' },
  smallserial: { name: 'int2' },
  serial2: { name: 'int2' },
}

const COLUMN_WORDS = new Set([
  'primary',
  'not',
  'null',
  'default',
  'as',
  'unique',
  'check',
  'references',
  'generated',
  'stored',
  'constraint',
  'using',
  'collate',
])

/** `name type [constraints]`. */
export function column(c: Cursor): ColumnSyntax {
  const position = c.token?.start ?? c.end
  const name = c.identifier()
  const serial = SERIALS[c.token?.kind === 'word' ? c.token.value : '']
  if (serial !== undefined) c.at++
  const { type, modifier } = serial === undefined ? columnType(c) : { type: serial, modifier: undefined }
  let numbered: IdentitySyntax | undefined
  let notNull = false
  let primaryKey = false
  let fallback: Fragment | undefined
  let generated: Fragment | undefined
  const stop = (token: { kind: string; value: string }) =>
    token.value === ',' || (token.kind === 'word' && COLUMN_WORDS.has(token.value))
  const constraints: ConstraintSyntax[] = []
  let keyName: string | undefined
  for (;;) {
    const label = constraintLabel(c)
    const own = constraint(c, label, name)
    if (own !== undefined) constraints.push(own)
    else if (c.accept('primary', 'key')) {
      primaryKey = true
      keyName = label
    } else if (c.accept('not', 'null')) notNull = true
    else if (c.accept('null')) notNull = false
    else if (c.accept('default')) {
      const first = c.token
      fallback = expressionUntil(c, token => token !== first && stop(token))
    } else if (c.looking('generated') && isIdentity(c)) {
      if (numbered !== undefined)
        throw new SqlError('syntax_error', `multiple identity specifications for column "${name}"`)
      numbered = identity(c)
    } else if (c.accept('collate')) {
      const { start } = c.token ?? { start: c.end }
      checkCollation(c.identifier(), type, start)
    } else if (c.accept('generated', 'always', 'as') || c.accept('as')) {
      generated = expressionUntil(c, stop)
      c.accept('stored')
    } else if (label !== undefined) throw c.error()
    else break
  }
  return {
    name,
    type,
    notNull: notNull || serial !== undefined || numbered !== undefined,
    primaryKey,
    ...(serial !== undefined && { serial: true as const }),
    ...(numbered !== undefined && { identity: numbered }),
    position,
    ...(modifier !== undefined && { modifier }),
    ...(constraints.length > 0 && { constraints }),
    ...(keyName !== undefined && { keyName }),
    ...(fallback && { default: fallback }),
    ...(generated && { generated }),
  }
}

/** A type up to a comma or a word that goes on. */
export function columnType(
  c: Cursor,
  words: ReadonlySet<string> = COLUMN_WORDS,
): { readonly type: Type; readonly modifier: Modifier | undefined } {
  const start = c.token
  let angle = 0
  const stop = (token: { kind: string; value: string }) => {
    if (token.kind === 'symbol')
      for (const letter of token.value) angle += letter === '<' ? 1 : letter === '>' ? -1 : 0
    const ends = token.kind === 'word' ? words.has(token.value) : token.value === ',' || token.value === '='
    return angle === 0 && ends
  }
  const { from, to } = c.skipTo(stop)
  const text = c.sql.slice(from, to)
  const type = text === '' ? undefined : (parseTypeName(text) ?? namedType(text, from))
  if (type === undefined) {
    if (text === '') throw c.error(start)
    throw new SqlError('undefined_object', `type "${text}" does not exist`, { position: from })
  }
  return {
    type,
    modifier: errorsAt(
      () => from,
      () => parseModifier(text),
    ),
  }
}

export function expressionUntil(
  c: Cursor,
  stop: (token: { kind: string; value: string }) => boolean,
): Fragment {
  const { from, to } = c.skipTo(stop)
  if (from === to) throw c.error()
  return parseExpression(c.sql, from, to)
}

/** A query to the end, but for so many words of another clause. */
export function query(c: Cursor, others = 0): { readonly query: Fragment; readonly onWindowClose: boolean } {
  const start = c.token
  const closes = emitOnWindowClose(c.tokens)
  const last = closes ? c.tokens.at(-5) : c.tokens.at(-1 - others)
  const body = parseFragment(c.sql, start?.start ?? c.end, last?.end ?? c.end)
  c.at = c.tokens.length
  if (!('SelectStmt' in body.node)) throw c.error(start)
  return { query: body, onWindowClose: closes }
}

/** Whether EMIT ON WINDOW CLOSE are the last words. */
function emitOnWindowClose(tokens: readonly Token[]): boolean {
  const last = tokens.slice(-4).map(token => (token.kind === 'word' ? token.value : ''))
  return last.join(' ') === 'emit on window close'
}

/** A query that a WITH ( … ) clause, a FORMAT clause or the end follows. */
function queryBefore(c: Cursor, word: string): ReturnType<typeof query> {
  const from = c.token?.start ?? c.end
  const first = c.at
  let last = c.tokens.length
  let depth = 0
  for (let i = c.at; i < c.tokens.length; i++) {
    const token = c.tokens[i]!
    if (token.value === '(') depth++
    if (token.value === ')') depth--
    const next = c.tokens[i + 1]
    if (depth === 0 && i > first && token.kind === 'word' && token.value === word && next?.value === '(') {
      last = i
      break
    }
  }
  const end = c.tokens[last - 1]!.end
  const sub = new (c.constructor as typeof Cursor)(c.sql, c.tokens.slice(0, last))
  sub.at = first
  c.at = last
  const body = query(sub)
  if (from > end) throw c.error()
  return body
}

export function nameList(c: Cursor): string[] {
  c.expect('(')
  const names: string[] = []
  do names.push(c.identifier())
  while (c.accept(','))
  c.expect(')')
  return names
}

/** ( key.with.dots = 'value', … ) */
export function optionList(c: Cursor, bare = false): Record<string, string> {
  const options: Record<string, string> = {}
  c.expect('(')
  do {
    let key = c.identifier()
    while (c.accept('.')) key += `.${c.identifier()}`
    if (bare && (c.looking(',') || c.looking(')'))) {
      options[key] = 'true'
      continue
    }
    c.expect('=')
    const token = c.token
    if (token === undefined) throw c.error()
    if (options[key] !== undefined)
      throw new SqlError('invalid_parameter_value', `duplicate option "${key}"`, { position: token.start })
    const secret = secretReference(c)
    if (secret !== undefined) {
      options[key] = secret
      continue
    }
    c.at++
    if (token.kind === 'word' && c.accept('(')) {
      c.skipTo(() => false)
      c.expect(')')
    }
    options[key] = token.kind === 'string' ? token.value : c.sql.slice(token.start, c.tokens[c.at - 1]!.end)
  } while (c.accept(',') && !c.looking(')'))
  c.expect(')')
  return options
}

function formatClause(c: Cursor): FormatSpec | undefined {
  // RisingWave's older words for a plain format.
  if (c.accept('row', 'format')) return { format: 'plain', encode: c.identifier(), options: {} }
  if (!c.accept('format')) return undefined
  const format = c.identifier()
  c.expect('encode')
  const encode = c.identifier()
  const { start } = c.token ?? { start: c.end }
  const options = c.accept('(', ')') || !c.looking('(') ? {} : optionList(c)
  if (Object.values(options).some(value => namedSecret(value) !== undefined))
    throw notSupported('a secret in the options of a format', { position: start })
  return { format, encode, options }
}

/** After ON COMMIT. */
function commitAction(c: Cursor): NonNullable<RelationSyntax['onCommit']> {
  if (c.accept('drop')) return 'drop'
  if (c.accept('delete', 'rows')) return 'delete rows'
  c.expect('preserve', 'rows')
  return 'preserve rows'
}

function conflictAction(c: Cursor): NonNullable<RelationSyntax['conflict']> {
  if (c.accept('do', 'update', 'if', 'not', 'null')) return 'update-if-not-null'
  if (c.accept('do', 'nothing') || c.accept('ignore')) return 'ignore'
  if (c.accept('do', 'update', 'full') || c.accept('overwrite')) return 'overwrite'
  throw c.error()
}

function inclusion(c: Cursor): { what: string; name: string } {
  const what = c.identifier()
  return { what, name: c.accept('as') ? c.identifier() : `_rw_kafka_${what}` }
}
