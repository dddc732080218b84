import { assert, notSupported } from '../../types/error.ts'
import { parseAlter } from './alter.ts'
import { parseComment } from './comment.ts'
import { parseCreate } from './create.ts'
import { dropFunction } from './create-function.ts'
import { Cursor, parseFragment } from './cursor.ts'
import { parseExplainedJob, parseExplainOptions } from './explain.ts'
import { parseGrant } from './grants.ts'
import { OTHER_STATEMENTS, orKnownElsewhere } from './known-elsewhere.ts'
import { longInsert } from './long-insert.ts'
import { ofFragment } from './of-fragment.ts'
import { relationWord } from './relation-word.ts'
import { parseDropRole } from './roles.ts'
import { dropSecret } from './secret.ts'
import { selectInto } from './select-into.ts'
import { parseSession, SESSION_WORDS } from './session.ts'
import { parseShow } from './show.ts'
import type { Fragment, ParsedStatement, Statement } from './statement.ts'
import { type Token, tokenize } from './tokens.ts'
import { dropType } from './user-type.ts'

export { loadParser, parseStored, parseStoredExpression } from './cursor.ts'
export { temporaryName } from './range-name.ts'
export type * from './statement.ts'

/** Splits at semicolons and reads each statement. Throws 42601 with PostgreSQL's words and the position in `sql`. */
export function parseStatements(sql: string): readonly ParsedStatement[] {
  const statements: ParsedStatement[] = []
  let from: Token[] = []
  const end = () => {
    if (from.length === 0) return
    const [first, last] = [from[0]!, from.at(-1)!]
    const statement = parseStatement(new Cursor(sql, from))
    statements.push({ text: sql.slice(first.start, last.end), offset: first.start, statement })
    from = []
  }
  for (const token of tokenize(sql)) {
    if (token.kind === 'symbol' && token.value === ';') end()
    else from.push(token)
  }
  end()
  return statements
}

/** A query of our own making. */
export function parseQuery(sql: string): Fragment {
  const [parsed] = parseStatements(sql)
  assert(parsed?.statement.kind === 'query', 'it is one query')
  return parsed.statement.query
}

function parseStatement(c: Cursor): Statement {
  const first = c.token!
  if (
    first.value === '(' ||
    (first.kind === 'word' && ['select', 'with', 'values', 'table'].includes(first.value))
  )
    return selectInto(c.rest(), first.value)
  if (first.kind !== 'word') throw c.error()
  if (SESSION_WORDS.has(first.value)) return parseSession(c)
  c.at++
  switch (first.value) {
    case 'insert':
      c.at--
      return ofFragment(longInsert(c) ?? c.rest(), first.value)
    case 'update':
    case 'delete':
    case 'merge':
    case 'truncate':
      c.at--
      return ofFragment(c.rest(), first.value)
    case 'create':
      return orKnownElsewhere(c, () => parseCreate(c, c.accept('or', 'replace')))
    case 'drop':
      return orKnownElsewhere(c, () => parseDrop(c))
    case 'show':
      return parseShow(c)
    case 'desc':
    case 'describe': {
      const name = c.name()
      c.finish()
      return { kind: 'describe', name }
    }
    case 'alter':
      return orKnownElsewhere(c, () => parseAlter(c))
    case 'comment':
      return orKnownElsewhere(c, () => parseComment(c))
    case 'grant':
    case 'revoke':
      return parseGrant(c, first.value === 'grant')
    case 'flush':
      c.finish()
      return { kind: 'flush' }
    case 'refresh':
      return orKnownElsewhere(c, () => parseRefresh(c))
    case 'cancel':
      return cancelJobs(c)
    case 'wait':
    case 'recover':
      c.finish()
      return { kind: first.value }
    case 'explain':
      return parseExplain(c)
    default: {
      // PostgreSQL's grammar tells a typing mistake from a statement that is not there yet.
      if (OTHER_STATEMENTS.has(first.value))
        throw notSupported(first.value.toUpperCase(), { position: first.start })
      parseFragment(c.sql, first.start, c.end)
      throw notSupported(first.value.toUpperCase(), { position: first.start })
    }
  }
}

function parseDrop(c: Cursor): Statement {
  if (c.accept('function')) return dropFunction(c, 'function')
  if (c.accept('aggregate')) return dropFunction(c, 'aggregate')
  if (c.accept('secret')) return dropSecret(c)
  if (c.accept('type')) return dropType(c, 'type')
  if (c.accept('domain')) return dropType(c, 'domain')
  if (c.accept('user')) return parseDropRole(c, true)
  if (c.accept('role') || c.accept('group')) return parseDropRole(c, false)
  const what = relationWord(c)
  const ifExists = c.accept('if', 'exists')
  const names = c.list(() => c.name())
  const cascade = c.cascades()
  c.finish()
  return { kind: 'drop', what, names, ifExists, cascade }
}

function parseExplain(c: Cursor): Statement {
  const options = parseExplainOptions(c)
  const rest = new Cursor(c.sql, c.tokens.slice(c.at))
  if (rest.token === undefined) throw c.error()
  const job = parseExplainedJob(rest, options)
  if (job !== undefined) return job
  return { kind: 'explain', options, statement: parseStatement(rest) }
}

/** After REFRESH: `MATERIALIZED VIEW [CONCURRENTLY] name [WITH DATA]`. */
function parseRefresh(c: Cursor): Statement {
  c.expect('materialized', 'view')
  c.accept('concurrently')
  const view = c.name()
  c.accept('with', 'data')
  c.finish()
  return { kind: 'refresh', view }
}

/** After CANCEL: `JOB 1` or `JOBS 1, 2`. */
function cancelJobs(c: Cursor): Statement {
  if (!c.accept('jobs')) c.expect('job')
  const jobs: number[] = []
  do {
    if (c.token?.kind !== 'number' || !/^\d+$/.test(c.token.value)) throw c.error()
    jobs.push(Number(c.token.value))
    c.at++
  } while (c.accept(','))
  c.finish()
  return { kind: 'cancel jobs', jobs }
}
