import { notSupported, SqlError } from '../../types/error.ts'
import { isViewOption, viewOption } from '../view-options.ts'
import { optionList } from './create.ts'
import type { Cursor } from './cursor.ts'
import type { AlterAction } from './statement.ts'

/** PostgreSQL's parameters of how rows are kept, each of tables and indexes; those of vacuum begin with autovacuum_. */
const PARAMETERS =
  /^(fillfactor|toast_tuple_target|parallel_workers|vacuum_index_cleanup|vacuum_truncate|log_autovacuum_min_duration|user_catalog_table|deduplicate_items|buffering|fastupdate|gin_pending_list_limit|pages_per_range|autosummarize|autovacuum_\w+)$/
const COLUMN_PARAMETERS = /^n_distinct(_inherited)?$/
const VIEW_OPTIONS = /^(security_barrier|security_invoker|check_option)$/
const STORAGES = ['plain', 'external', 'extended', 'main']

/** After SET or RESET: `(fillfactor = 70, …)`; undefined: something else. Nothing here is kept so, so nothing changes. */
export function storageOfRelation(c: Cursor): AlterAction | undefined {
  if (!c.looking('(')) return undefined
  const options = optionsOfView(c)
  if (options !== undefined) return { do: 'view options', set: options }
  parameters(c, PARAMETERS)
  return { do: 'storage', column: undefined }
}

/** After ALTER COLUMN name: SET STORAGE, COMPRESSION, STATISTICS, `(n_distinct = …)`, RESET (…); undefined: something else. */
export function storageOfColumn(c: Cursor, column: string): AlterAction | undefined {
  const action: AlterAction = { do: 'storage', column }
  if (c.accept('set', 'statistics')) {
    c.accept('-')
    if (c.token?.kind !== 'number') throw c.error()
    c.at++
    return action
  }
  if (c.accept('set', 'compression')) {
    c.identifier()
    return action
  }
  if (c.accept('set', 'storage')) {
    const { start } = c.token ?? { start: c.end }
    const kind = c.identifier()
    if (STORAGES.includes(kind.toLowerCase())) return action
    throw new SqlError('invalid_parameter_value', `invalid storage type "${kind}"`, { position: start })
  }
  if (!c.looking('set', '(') && !c.looking('reset', '(')) return undefined
  c.at++
  parameters(c, COLUMN_PARAMETERS)
  return action
}

/** `(check_option = local, …)`, or names alone, which are taken back; undefined: something else. */
function optionsOfView(c: Cursor): Readonly<Record<string, string | undefined>> | undefined {
  const resets = c.tokens[c.at - 1]!.value === 'reset'
  if (!isViewOption(c.tokens[c.at + 1]?.value ?? '')) return undefined
  const given = Object.entries(optionList(c, true))
  const other = given.find(([name]) => !isViewOption(name))
  if (other !== undefined) throw notSupported(`option "${other[0]}" of a view`)
  return Object.fromEntries(given.map(([name, text]) => [name, resets ? undefined : viewOption(name, text)]))
}

function parameters(c: Cursor, known: RegExp): void {
  c.expect('(')
  c.list(() => {
    const first = c.identifier()
    const name = first === 'toast' && c.accept('.') ? c.identifier() : first
    if (VIEW_OPTIONS.test(name)) throw notSupported(`option "${name}" of a view`)
    if (!known.test(name)) throw new SqlError('invalid_parameter_value', `unrecognized parameter "${name}"`)
    if (c.accept('=') || c.accept('to')) value(c)
  })
  c.expect(')')
}

function value(c: Cursor): void {
  c.accept('-')
  if (c.token === undefined || c.token.kind === 'symbol') throw c.error()
  c.at++
}
