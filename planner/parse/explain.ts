import { notSupported, SqlError } from '../../types/error.ts'
import type { Cursor } from './cursor.ts'
import type { ExplainOptions, Statement } from './statement.ts'

/** What changes nothing in a plan that is shown as it will run. */
const IGNORED: ReadonlySet<string> = new Set([
  'costs',
  'settings',
  'summary',
  'generic_plan',
  'memory',
  'physical',
  'distsql',
])
const REFUSED: ReadonlySet<string> = new Set(['backfill', 'logical', 'trace', 'buffers', 'wal', 'timing'])
const FORMATS: ReadonlySet<string> = new Set(['text', 'json', 'xml', 'yaml', 'dot'])

/** What stands between EXPLAIN and the statement: `VERBOSE`, or options in parentheses. Throws 42601. */
export function parseExplainOptions(c: Cursor): ExplainOptions {
  const options: Options = { format: 'text', analyze: c.accept('analyze'), verbose: c.accept('verbose') }
  if (!startsOptions(c)) return checked(options)
  c.expect('(')
  do {
    const position = c.token?.start
    const option = c.identifier()
    if (option === 'format') options.format = c.identifier()
    else if (option === 'duration_secs') options.seconds = seconds(c)
    else if (option === 'type') flag(c.identifier(), true, options, position)
    else flag(option, isOn(c), options, position)
  } while (c.accept(','))
  c.expect(')')
  return checked(options)
}

interface Options {
  format: string
  verbose: boolean
  analyze: boolean
  seconds?: number
}

/** What RisingWave watches a job for, and the longest that is taken. */
const [SECONDS, LONGEST] = [10, 3600]

function seconds(c: Cursor): number {
  const token = c.token
  if (token?.kind !== 'number' || !/^\d+$/.test(token.value) || Number(token.value) > LONGEST)
    throw new SqlError('invalid_parameter_value', `duration_secs must be a whole number up to ${LONGEST}`, {
      position: token?.start ?? c.end,
    })
  c.at++
  return Number(token.value)
}

const JOBS = [['materialized', 'view'], ['sink'], ['index'], ['source'], ['table']] as const

/**
 * After EXPLAIN ANALYZE: `MATERIALIZED VIEW name`, `SINK name`, `INDEX name`, `SOURCE name`, `ID number`; `TABLE name` where a
 * duration is given, otherwise that is a query. Undefined: another statement follows.
 */
export function parseExplainedJob(c: Cursor, { analyze, seconds }: ExplainOptions): Statement | undefined {
  if (!analyze) return undefined
  const kind = 'explain job'
  const watched = seconds ?? SECONDS
  const number = c.tokens[c.at + 1]
  if (c.looking('id') && number?.kind === 'number') {
    c.at += 2
    c.finish()
    return { kind, what: undefined, job: Number(number.value), seconds: watched }
  }
  const words = JOBS.find(each => c.looking(...each))
  if (words === undefined || (words[0] === 'table' && seconds === undefined)) return undefined
  c.expect(...words)
  const what = words.length === 2 ? 'materialized view' : words[0]
  const job = c.name()
  c.finish()
  return { kind, what, job, seconds: watched }
}

function flag(name: string, on: boolean, options: Options, position: number | undefined): void {
  if (name === 'verbose' || name === 'analyze') options[name] = on
  else if (REFUSED.has(name)) {
    if (on) throw notSupported(`EXPLAIN (${name.toUpperCase()})`)
  } else if (!IGNORED.has(name))
    throw new SqlError('syntax_error', `unrecognized EXPLAIN option "${name}"`, { position })
}

function checked({ format, verbose, analyze, seconds }: Options): ExplainOptions {
  if (!FORMATS.has(format)) {
    const message = `unrecognized value for EXPLAIN option "format": "${format}"`
    throw new SqlError('invalid_parameter_value', message)
  }
  if (format !== 'text' && format !== 'json') throw notSupported(`EXPLAIN (FORMAT ${format.toUpperCase()})`)
  return { format, verbose, analyze, seconds }
}

/** A parenthesis that is not the beginning of a query. */
function startsOptions(c: Cursor): boolean {
  return c.looking('(') && !['(', 'select', 'with', 'values', 'table'].some(word => c.looking('(', word))
}

function isOn(c: Cursor): boolean {
  if (c.token === undefined || c.looking(',') || c.looking(')')) return true
  const { value } = c.token
  if (!/^(on|off|true|false|0|1)$/i.test(value)) throw c.error()
  c.at++
  return /^(on|true|1)$/i.test(value)
}
