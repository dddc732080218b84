import { notSupported, SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import { parseTypeName } from '../../types/type-names.ts'
import type { FunctionArgument } from '../function-def.ts'
import { columnType, optionList } from './create.ts'
import { type Cursor, parseExpression } from './cursor.ts'
import type { FunctionName, FunctionSyntax, Statement } from './statement.ts'

/** Words that begin a clause after RETURNS. */
const CLAUSES = new Set([
  'language', 'as', 'immutable', 'stable', 'volatile', 'strict', 'called', 'returns', 'leakproof', 'not',
  'external', 'security', 'parallel', 'cost', 'rows', 'support', 'set', 'return', 'begin', 'with', 'using',
  'runtime', 'window', 'append',
]) // biome-ignore format: a table

/** Other languages that PostgreSQL's or RisingWave's users may ask for. */
const KNOWN_LANGUAGES = ['python', 'rust', 'wasm', 'java', 'plpgsql', 'c', 'internal', 'plpython3u', 'plperl']

type Draft = { -readonly [K in keyof FunctionSyntax]: FunctionSyntax[K] }

/** CREATE [OR REPLACE] FUNCTION or AGGREGATE, after that word. */
export function createFunction(c: Cursor, kind: FunctionSyntax['of'], replace: boolean): Statement {
  const ifNotExists = c.accept('if', 'not', 'exists')
  const name = c.name()
  const args = argumentList(c, true)
  const made: Draft = {
    of: kind, name, args, ifNotExists, replace, set: false, result: undefined, columns: undefined,
    language: undefined, body: undefined, isExpression: false, strict: false, volatility: undefined, options: {},
  } // biome-ignore format: a table
  while (c.token !== undefined) clause(c, made)
  return { kind: 'create function', ...made }
}

function clause(c: Cursor, made: Draft): void {
  const start = c.token!
  if (c.accept('returns', 'null', 'on', 'null', 'input') || c.accept('strict')) made.strict = true
  else if (c.accept('called', 'on', 'null', 'input')) made.strict = false
  else if (c.accept('returns', 'table')) returnsTable(c, made)
  else if (c.accept('returns')) {
    made.set = c.accept('setof')
    made.result = columnType(c, CLAUSES).type
  } else if (c.accept('language')) made.language = language(c)
  else if (c.accept('as')) {
    made.body = c.token?.kind === 'string' ? c.string() : undefined
    if (made.body === undefined)
      throw notSupported('AS naming a function elsewhere', { position: start.start })
    if (c.accept(',')) throw notSupported('AS with a link symbol', { position: start.start })
  } else if (c.accept('return')) {
    const { from, to } = c.skipTo(token => token.kind === 'word' && token.value === 'with')
    if (from === to) throw c.error()
    parseExpression(c.sql, from, to)
    made.body = c.sql.slice(from, to)
    made.isExpression = true
  } else if (c.accept('immutable')) made.volatility = 'immutable'
  else if (c.accept('stable')) made.volatility = 'stable'
  else if (c.accept('volatile')) made.volatility = 'volatile'
  else if (c.accept('with')) made.options = optionList(c)
  else if (c.accept('cost') || c.accept('rows') || c.accept('parallel') || c.accept('runtime')) c.at++
  else if (c.accept('leakproof') || c.accept('not', 'leakproof')) return
  else if (c.accept('security', 'invoker') || c.accept('external', 'security', 'invoker')) return
  else if (['security', 'external', 'begin', 'using', 'set', 'support', 'window'].includes(start.value))
    throw notSupported(`a function's ${start.text.toUpperCase()}`, { position: start.start })
  else throw c.error()
}

function language(c: Cursor): 'sql' | 'javascript' {
  const token = c.token
  const word = c.nameOrText().toLowerCase()
  if (word === 'sql' || word === 'javascript') return word
  if (KNOWN_LANGUAGES.includes(word)) throw notSupported(`LANGUAGE ${word}`, { position: token!.start })
  throw new SqlError('undefined_object', `language "${word}" does not exist`)
}

function returnsTable(c: Cursor, made: Draft): void {
  const columns = argumentList(c, false)
  if (columns.length === 0 || columns.some(column => column.name === undefined)) throw c.error()
  const fields = columns.map(({ name, type }) => ({ name: name!, type }))
  made.set = true
  made.columns = fields.map(field => field.name)
  made.result = fields.length === 1 ? fields[0]!.type : { name: 'struct', fields }
}

/** `([name] type [DEFAULT …], …)`. */
function argumentList(c: Cursor, modes: boolean): FunctionArgument[] {
  const args: FunctionArgument[] = []
  c.expect('(')
  if (c.accept(')')) return args
  do args.push(argument(c, modes))
  while (c.accept(','))
  c.expect(')')
  return args
}

const ARGUMENT_END = new Set(['default'])

function argument(c: Cursor, modes: boolean): FunctionArgument {
  const start = c.token
  for (const mode of ['out', 'inout', 'variadic'])
    if (modes && c.looking(mode) && c.tokens[c.at + 1]?.kind === 'word')
      throw notSupported(`a function's ${mode.toUpperCase()} argument`, { position: start!.start })
  if (c.tokens[c.at + 1]?.kind === 'word') c.accept('in')
  const at = c.at
  const { from, to } = c.skipTo(endOfType(c))
  const whole = parseTypeName(c.sql.slice(from, to))
  let name: string | undefined
  let type: Type | undefined = whole
  if (whole === undefined) {
    c.at = at
    if (c.tokens[at + 1] !== undefined && !['symbol'].includes(c.tokens[at + 1]!.kind)) name = c.identifier()
    type = columnType(c, ARGUMENT_END).type
  }
  if (!c.accept('default') && !c.accept('='))
    return name === undefined ? { type: type! } : { name, type: type! }
  const value = c.skipTo(token => token.value === ',' && token.kind === 'symbol')
  parseExpression(c.sql, value.from, value.to)
  const text = c.sql.slice(value.from, value.to)
  return { ...(name !== undefined && { name }), type: type!, default: text }
}

/** A type ends at a comma or a default; commas within <> are its own. */
function endOfType(c: Cursor): (token: Cursor['tokens'][number]) => boolean {
  let angle = 0
  return token => {
    if (token.kind === 'symbol')
      for (const letter of token.value) angle += letter === '<' ? 1 : letter === '>' ? -1 : 0
    const word = token.kind === 'word' && token.value === 'default'
    return c.token !== undefined && angle === 0 && (token.value === ',' || token.value === '=' || word)
  }
}

/** DROP FUNCTION or AGGREGATE, after that word. */
export function dropFunction(c: Cursor, of: FunctionSyntax['of']): Statement {
  const ifExists = c.accept('if', 'exists')
  const functions = c.list(() => functionName(c))
  const cascade = c.cascades()
  c.finish()
  return { kind: 'drop function', of, functions, ifExists, cascade }
}

/** `name [(types)]`. */
export function functionName(c: Cursor): FunctionName {
  const name = c.name()
  if (!c.looking('(')) return { name, args: undefined }
  if (c.accept('(', '*', ')')) return { name, args: [] }
  return { name, args: argumentList(c, true).map(arg => arg.type) }
}
