import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A record of a sqllogictest file (the dialect of sqllogictest-rs). */
export type Record =
  | {
      readonly kind: 'statement'
      readonly expect: 'ok' | 'error' | { readonly count: number }
      /** Regular expression the error must match; undefined: any. */
      readonly error: string | undefined
      readonly sql: string
      readonly retry: Retry | undefined
      readonly connection: string
      readonly at: Location
    }
  | {
      readonly kind: 'query'
      readonly types: string
      readonly sort: 'nosort' | 'rowsort' | 'valuesort'
      readonly error: string | undefined
      readonly sql: string
      readonly expected: readonly string[]
      readonly retry: Retry | undefined
      readonly connection: string
      readonly at: Location
    }
  | {
      readonly kind: 'let'
      readonly names: readonly string[]
      readonly sql: string
      readonly connection: string
      readonly at: Location
    }
  | { readonly kind: 'sleep'; readonly ms: number; readonly at: Location }
  | { readonly kind: 'halt'; readonly at: Location }
  | { readonly kind: 'control'; readonly words: readonly string[]; readonly at: Location }

export interface Retry {
  readonly count: number
  readonly backoffMs: number
}

export interface Location {
  readonly file: string
  readonly line: number
}

/** Engine names for skipif/onlyif. */
const ENGINES = new Set(['weir', 'risingwave', 'postgres'])

/** Reads a file and the files it includes. Throws Error with file and line on a malformed record. */
export function parseSlt(file: string): Record[] {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/)
  const records: Record[] = []
  let connection = 'default'
  let skip = false
  let i = 0
  while (i < lines.length) {
    const line = lines[i]!.trim()
    const at = { file, line: i + 1 }
    i++
    if (line === '' || line.startsWith('#')) continue
    const words = line.split(/\s+/)
    switch (words[0]) {
      case 'include':
        for (const name of words.slice(1)) records.push(...parseSlt(join(dirname(file), name)))
        continue
      case 'connection':
        connection = words[1] ?? 'default'
        continue
      case 'skipif':
        skip ||= ENGINES.has(words[1] ?? '') && words[1] !== 'postgres'
        continue
      case 'onlyif':
        skip ||= words[1] !== 'weir' && words[1] !== 'risingwave'
        continue
      case 'sleep':
        records.push({ kind: 'sleep', ms: durationMs(words[1] ?? '0s'), at })
        continue
      case 'halt':
        records.push({ kind: 'halt', at })
        continue
      case 'control':
        records.push({ kind: 'control', words: words.slice(1), at })
        continue
      case 'hash-threshold':
      case 'subtest':
        continue
      case 'statement':
      case 'query':
      case 'let': {
        const from = i
        while (i < lines.length && lines[i] !== '' && lines[i]!.trim() !== '----') i++
        const sql = lines.slice(from, i).join('\n')
        const result: string[] = []
        if (i < lines.length && lines[i]!.trim() === '----') {
          i++
          while (i < lines.length && lines[i] !== '') result.push(lines[i++]!)
        }
        if (!skip) records.push(record(words, line, sql, result, connection, at))
        skip = false
        connection = 'default'
        continue
      }
      default:
        throw new Error(`${file}:${at.line}: unknown record "${line}"`)
    }
  }
  return records
}

function record(
  words: readonly string[],
  line: string,
  sql: string,
  result: readonly string[],
  connection: string,
  at: Location,
): Record {
  const retryAt = words.indexOf('retry')
  const retry =
    retryAt === -1
      ? undefined
      : { count: Number(words[retryAt + 1]), backoffMs: durationMs(words[retryAt + 3] ?? '1s') }
  if (words[0] === 'let') {
    const names = [...line.matchAll(/[A-Za-z_][A-Za-z0-9_]*/g)].map(match => match[0]).slice(1)
    return { kind: 'let', names, sql, connection, at }
  }
  const error = words[1] === 'error' ? errorPattern(line, result) : undefined
  if (words[0] === 'statement') {
    const expect =
      words[1] === 'count' ? { count: Number(words[2]) } : words[1] === 'error' ? 'error' : ('ok' as const)
    return { kind: 'statement', expect, error, sql, retry, connection, at }
  }
  const sort = words.find(word => word === 'rowsort' || word === 'valuesort') as
    | 'rowsort'
    | 'valuesort'
    | undefined
  const types = words[1] ?? ''
  return { kind: 'query', types, sort: sort ?? 'nosort', error, sql, expected: result, retry, connection, at }
}

/** `statement error REGEX`, or the exact text below ---- (matched as a substring). '' matches everything. */
function errorPattern(line: string, result: readonly string[]): string {
  const inline = line.replace(/^(statement|query)\s+error\s*/, '').replace(/\s*retry \d+ backoff \S+$/, '')
  if (inline !== '') return inline
  const text = result.join('\n').trim()
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function durationMs(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text)
  if (match === null) throw new Error(`not a duration: ${text}`)
  return Number(match[1]) * (match[2] === 'ms' ? 1 : match[2] === 'm' ? 60_000 : 1000)
}
