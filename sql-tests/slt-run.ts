import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Location, parseSlt, type Record } from './slt-parse.ts'

export interface SltTarget {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
}

/** Runs every record of a file in order; throws Error naming file, line, expectation and answer at the first failure. */
export async function runSlt(file: string, target: SltTarget): Promise<number> {
  const connections = new Map<string, pg.Client>()
  const variables = new Map<string, string>()
  let count = 0
  const client = async (name: string) => {
    const open = connections.get(name)
    if (open !== undefined) return open
    const made = new pg.Client({ ...target, types: { getTypeParser: () => (text: string) => text } })
    await made.connect()
    connections.set(name, made)
    return made
  }
  try {
    for (const record of parseSlt(file)) {
      if (record.kind === 'halt') break
      if (record.kind === 'sleep') await sleep(record.ms)
      else if (record.kind !== 'control') await runRecord(record, await client(record.connection), variables)
      count++
    }
  } finally {
    for (const open of connections.values()) await open.end().catch(() => {})
  }
  return count
}

type Runnable = Exclude<Record, { kind: 'halt' | 'sleep' | 'control' }>

async function runRecord(record: Runnable, client: pg.Client, variables: Map<string, string>): Promise<void> {
  const retry = record.kind === 'let' ? undefined : record.retry
  for (let attempt = 0; ; attempt++) {
    try {
      return await attemptRecord(record, client, variables)
    } catch (error) {
      if (retry === undefined || attempt >= retry.count) throw error
      await sleep(retry.backoffMs)
    }
  }
}

async function attemptRecord(
  record: Runnable,
  client: pg.Client,
  variables: Map<string, string>,
): Promise<void> {
  const sql = substitute(record.sql, variables)
  let rows: (string | null)[][] = []
  let affected = 0
  let failure: string | undefined
  try {
    const result = await client.query({ text: sql, rowMode: 'array' })
    const last = Array.isArray(result) ? result.at(-1) : result
    rows = last.rows as (string | null)[][]
    affected = last.rowCount ?? 0
  } catch (error) {
    failure = (error as Error).message
  }
  const wantsError =
    record.kind === 'query' ? record.error : record.kind === 'statement' ? record.error : undefined
  if (wantsError !== undefined) {
    if (failure === undefined) throw mismatch(record.at, sql, `an error matching /${wantsError}/`, 'success')
    if (!new RegExp(wantsError, 's').test(failure)) throw mismatch(record.at, sql, `/${wantsError}/`, failure)
    return
  }
  if (failure !== undefined) throw mismatch(record.at, sql, 'success', failure)
  if (record.kind === 'let') {
    for (const [i, name] of record.names.entries()) variables.set(name, String(rows[0]?.[i] ?? ''))
  } else if (record.kind === 'query') {
    compareRows(record, sql, rows)
  } else if (typeof record.expect === 'object' && record.expect.count !== affected) {
    throw mismatch(record.at, sql, `${record.expect.count} rows`, `${affected}`)
  }
}

function compareRows(
  record: Extract<Record, { kind: 'query' }>,
  sql: string,
  rows: (string | null)[][],
): void {
  let actual = rows.map(row => row.map(cell))
  let expected = record.expected.map(line => line.trim().split(/\s+/).join(' '))
  let got: string[]
  if (record.sort === 'valuesort') {
    got = actual.flat().sort()
    expected = expected.sort()
  } else {
    if (record.sort === 'rowsort') actual = actual.sort()
    got = actual.map(row => row.join(' ').split(/\s+/).join(' ').trim())
    if (record.sort === 'rowsort') {
      got.sort()
      expected = expected.sort()
    }
  }
  if (got.join('\n') !== expected.join('\n'))
    throw mismatch(record.at, sql, expected.join('\n'), got.join('\n'))
}

/** A cell as sqllogictest prints it. */
function cell(value: string | null): string {
  if (value === null) return 'NULL'
  return value === '' ? '(empty)' : value
}

function substitute(sql: string, variables: Map<string, string>): string {
  let text = sql
  for (const [name, value] of variables)
    text = text.replaceAll(`\${${name}}`, value).replaceAll(`$${name}`, value)
  return text
}

function mismatch(at: Location, sql: string, expected: string, actual: string): Error {
  return new Error(`${at.file}:${at.line}\n${sql}\nexpected: ${expected}\nactual:   ${actual}`)
}
