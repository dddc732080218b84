import { notSupported, SqlError } from '../../types/error.ts'
import { quote, quoteIdent } from '../../types/sql-text.ts'
import { parseIntervalText } from '../../types/time/parse-time.ts'
import type { Type } from '../../types/type.ts'
import { namedType, parseTypeName } from '../../types/type-names.ts'
import { intervalFields } from '../bind/type.ts'
import type { PgNode } from '../contract.ts'
import { copyOf } from './copy.ts'
import type { Cursor } from './cursor.ts'
import { clusterOf, lockOf, reindexOf, setConstraintsOf, vacuumOf } from './maintenance.ts'
import { ofFragment } from './of-fragment.ts'
import type { SessionStatement } from './statement.ts'
import { subscriptionCursor, timedFetch } from './subscription-cursor.ts'

/** Words that begin a statement about the session itself; PostgreSQL's grammar reads the whole of it. */
export const SESSION_WORDS: ReadonlySet<string> = new Set([
  'abort',
  'analyse',
  'analyze',
  'begin',
  'checkpoint',
  'close',
  'cluster',
  'commit',
  'copy',
  'deallocate',
  'declare',
  'discard',
  'end',
  'execute',
  'fetch',
  'listen',
  'lock',
  'move',
  'notify',
  'prepare',
  'reindex',
  'release',
  'reset',
  'rollback',
  'savepoint',
  'set',
  'start',
  'unlisten',
  'vacuum',
])

type Body = Readonly<Record<string, unknown>>

/** `SET name = both`: a word that PostgreSQL reserves is a value for RisingWave. */
function reservedValue(c: Cursor): SessionStatement | undefined {
  const [first, name, equals, value, ...more] = c.tokens.slice(c.at)
  if (first?.value !== 'set' || name?.kind !== 'word' || more.length > 0) return undefined
  if (value?.kind !== 'word' || !['both', 'all'].includes(value.value)) return undefined
  if (equals?.value !== '=' && equals?.value !== 'to') return undefined
  return { kind: 'set', name: name.value, value: value.value, local: false, reset: false }
}

/** Reads one session statement; the cursor stands at its first word. */
export function parseSession(c: Cursor): SessionStatement {
  const declared = subscriptionCursor(c)
  if (declared !== undefined) return declared
  const timed = timedFetch(c)
  if (timed !== undefined) return timed
  const reserved = reservedValue(c)
  if (reserved !== undefined) return reserved
  const last = c.tokens.at(-1)!
  const fragment = c.rest()
  const [node, body] = Object.entries(fragment.node)[0] as [string, Body]
  switch (node) {
    case 'TransactionStmt':
      return transaction(body)
    case 'VariableSetStmt':
      return set(body)
    case 'DeclareCursorStmt':
      return {
        kind: 'declare',
        name: String(body['portalname']),
        hold: (Number(body['options']) & CURSOR_OPT_HOLD) !== 0,
        binary: (Number(body['options']) & CURSOR_OPT_BINARY) !== 0,
        scroll: scrolls(Number(body['options'])),
        query: { ...fragment, node: body['query'] as PgNode },
      }
    case 'FetchStmt':
      return fetch(body)
    case 'ClosePortalStmt':
      return { kind: 'close', name: body['portalname'] as string | undefined }
    case 'PrepareStmt':
      return {
        kind: 'prepare',
        name: String(body['name']),
        types: ((body['argtypes'] ?? []) as readonly PgNode[]).map(typeOf),
        statement: ofFragment({ ...fragment, node: body['query'] as PgNode }, 'PREPARE of this statement'),
      }
    case 'ExecuteStmt': {
      const open = c.tokens.find(token => token.kind === 'symbol' && token.value === '(')
      const values = open === undefined ? '' : c.sql.slice(open.end, last.start)
      return { kind: 'execute', name: String(body['name']), values, position: open?.end ?? last.end }
    }
    case 'CopyStmt':
      return copyOf(fragment, body)
    case 'DeallocateStmt':
      return { kind: 'deallocate', name: body['name'] as string | undefined }
    case 'ListenStmt':
      return { kind: 'listen', channel: String(body['conditionname']) }
    case 'NotifyStmt':
      return {
        kind: 'notify',
        channel: String(body['conditionname']),
        payload: String(body['payload'] ?? ''),
      }
    case 'UnlistenStmt':
      return { kind: 'unlisten', channel: body['conditionname'] as string | undefined }
    case 'VacuumStmt':
      return vacuumOf(fragment, body)
    case 'ReindexStmt':
      return reindexOf(fragment, body)
    case 'ClusterStmt':
      return clusterOf(fragment, body)
    case 'LockStmt':
      return lockOf(fragment, body)
    case 'ConstraintsSetStmt':
      return setConstraintsOf(fragment, body)
    case 'CheckPointStmt':
      return { kind: 'checkpoint' }
    case 'DiscardStmt':
      return { kind: 'discard', what: String(body['target']).slice('DISCARD_'.length) }
    default:
      throw notSupported(c.tokens[0]!.value.toUpperCase(), { position: c.tokens[0]!.start })
  }
}

const CURSOR_OPT_BINARY = 1
const CURSOR_OPT_SCROLL = 2
const CURSOR_OPT_NO_SCROLL = 4
const CURSOR_OPT_HOLD = 32
const FETCH_ALL = 2 ** 31 - 1

function transaction(body: Body): SessionStatement {
  const chain = body['chain'] === true
  const name = String(body['savepoint_name'])
  switch (body['kind']) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START': {
      const tag = body['kind'] === 'TRANS_STMT_BEGIN' ? 'BEGIN' : 'START TRANSACTION'
      return { kind: 'transaction', what: 'begin', tag, ...modes(body['options']) }
    }
    case 'TRANS_STMT_COMMIT':
      return { kind: 'transaction', what: 'commit', chain }
    case 'TRANS_STMT_ROLLBACK':
      return { kind: 'transaction', what: 'rollback', chain }
    case 'TRANS_STMT_SAVEPOINT':
      return { kind: 'transaction', what: 'savepoint', name }
    case 'TRANS_STMT_RELEASE':
      return { kind: 'transaction', what: 'release', name }
    case 'TRANS_STMT_ROLLBACK_TO':
      return { kind: 'transaction', what: 'rollback to', name }
    default:
      throw notSupported('two-phase commit')
  }
}

function modes(options: unknown): { readonly readOnly?: boolean } {
  const elements = (options ?? []) as readonly { DefElem: { defname: string; arg: PgNode } }[]
  const found = elements.find(({ DefElem }) => DefElem.defname === 'transaction_read_only')
  return found === undefined ? {} : { readOnly: constant(found.DefElem.arg) === '1' }
}

function set(body: Body): SessionStatement {
  const name = String(body['name']).toLowerCase()
  const local = body['is_local'] === true
  switch (body['kind']) {
    case 'VAR_SET_VALUE': {
      const args = body['args'] as readonly PgNode[]
      const offset = name === 'timezone' ? zoneInterval(args) : undefined
      if (offset !== undefined) return { kind: 'set', name, value: offset, local, reset: false }
      const values = args.map(arg => constant(arg))
      const quoted = name === 'search_path' ? values.map(quoteIdent) : values
      return { kind: 'set', name, value: quoted.join(', '), local, reset: false }
    }
    case 'VAR_SET_DEFAULT':
      return { kind: 'set', name, value: undefined, local, reset: false }
    case 'VAR_RESET':
      return { kind: 'set', name, value: undefined, local, reset: true }
    case 'VAR_RESET_ALL':
      return { kind: 'reset all' }
    case 'VAR_SET_MULTI':
      if (name === 'transaction snapshot') throw notSupported('SET TRANSACTION SNAPSHOT')
      return { kind: 'transaction', what: 'set', session: name !== 'transaction', ...modes(body['args']) }
    default:
      throw notSupported('SET … FROM CURRENT')
  }
}

/** Hours east of `SET TIME ZONE INTERVAL '-08:00' HOUR TO MINUTE`; undefined: it says no interval. */
function zoneInterval([first]: readonly PgNode[]): string | undefined {
  const cast = first?.['TypeCast'] as { arg: PgNode; typeName: Body } | undefined
  if (cast === undefined) return undefined
  const fields = intervalFields(cast.typeName)
  const { months, days, micros } = parseIntervalText(constant(cast.arg), 'UTC', fields)
  if (months !== 0 || days !== 0)
    throw new SqlError(
      'invalid_parameter_value',
      `cannot specify ${months === 0 ? 'days' : 'months'} in time zone interval`,
    )
  return (Number(micros) / 3.6e9).toFixed(6)
}

/** The text of a setting's value. */
function constant(node: PgNode): string {
  const cast = node['TypeCast'] as { arg: PgNode } | undefined
  if (cast !== undefined) return constant(cast.arg)
  const value = node['A_Const'] as Readonly<Record<string, Body>>
  if (value['sval'] !== undefined) return String(value['sval']['sval'] ?? '')
  if (value['fval'] !== undefined) return String(value['fval']['fval'])
  if (value['boolval'] !== undefined) return value['boolval']['boolval'] === true ? 'on' : 'off'
  return String(value['ival']?.['ival'] ?? 0)
}

function fetch(body: Body): SessionStatement {
  const howMany = Number(body['howMany'] ?? 0)
  const { direction } = body
  const jump = direction === 'FETCH_RELATIVE' || direction === 'FETCH_ABSOLUTE'
  const common = { kind: 'fetch', name: String(body['portalname']), move: body['ismove'] === true } as const
  if (!jump) {
    const count = howMany === FETCH_ALL ? Number.POSITIVE_INFINITY : howMany
    return { ...common, count: direction === 'FETCH_BACKWARD' ? -count : count }
  }
  return {
    ...common,
    count: 1,
    to: { from: direction === 'FETCH_RELATIVE' ? 'here' : 'start', row: howMany },
  }
}

/** undefined: left to the statement (`unknown`). */
function typeOf(node: PgNode): Type | undefined {
  const body = (node['TypeName'] ?? node) as Body
  const names = (body['names'] as readonly { String: { sval: string } }[]).map(n => n.String.sval)
  const name = `${names.at(-1)}${body['arrayBounds'] === undefined ? '' : '[]'}`
  if (name === 'unknown') return undefined
  const path = `${names.map(quote).join('.')}${body['arrayBounds'] === undefined ? '' : '[]'}`
  const type = parseTypeName(name) ?? namedType(path, 0)
  if (type === undefined) throw new SqlError('undefined_object', `type "${name}" does not exist`)
  return type
}

/** undefined: neither SCROLL nor NO SCROLL. */
function scrolls(options: number): boolean | undefined {
  if ((options & CURSOR_OPT_SCROLL) !== 0) return true
  return (options & CURSOR_OPT_NO_SCROLL) === 0 ? undefined : false
}
