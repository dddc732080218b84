import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from 'pg'
import { parseSlt } from '../sql-tests/slt-parse.ts'
import { withClient } from './connect.ts'
import { quantile } from './measure.ts'
import { nexmarkQueries, sourcesOf } from './nexmark-queries.ts'
import { withFolder, withServer } from './server-process.ts'
import { milliseconds, printTable } from './table.ts'
import { tpchQueries, tpchTables } from './tpch/schema.ts'

const SUITES = fileURLToPath(new URL('../sql-tests/suites', import.meta.url))
/** What EXPLAIN takes. */
const PLANNED =
  /^\s*(select|with|values|insert|update|delete|merge|create\s+(materialized\s+view|table|sink|index)|\()/i
const TIMES = 5
/** A statement that waits for something hangs no measurement. */
const STATEMENT_MS = 20_000

interface Corpus {
  readonly name: string
  readonly times: number[]
  /** Of the same texts, planned again. */
  readonly again: number[]
  /** Processor time of the server's main thread, of the same as `again`. */
  readonly cpu: number[]
  refused: number
}

interface Planner {
  readonly client: Client
  readonly pid: number
}

/**
 * Time from a statement's text to its plan: the round trip of EXPLAIN, which parses, binds, optimises and lowers what it is
 * given and writes the plan down besides. Every text is planned a few times at its place in its file, and then run.
 */
export async function reportPlanning(folder: string | undefined): Promise<void> {
  const corpora: Corpus[] = []
  await withFresh(async planner => {
    corpora.push(await suites('sql-tests/suites', SUITES, planner))
  })
  await withFresh(async planner => {
    const { client } = planner
    const texts = corpus('TPC-H and Nexmark')
    for (const [name, columns] of Object.entries(tpchTables))
      await client.query(`CREATE TABLE ${name} (${columns})`)
    for (const sql of sourcesOf(0)) await client.query(sql)
    for (const [i, sql] of [...tpchQueries(), ...Object.values(nexmarkQueries)].entries()) {
      if (i < 22) await explain(planner, sql, texts)
      await explain(planner, `CREATE MATERIALIZED VIEW v${i} AS SELECT * FROM (${sql}) q`, texts)
    }
    corpora.push(texts)
  })
  if (folder !== undefined)
    await withFresh(async planner => {
      corpora.push(await suites(folder, folder, planner))
    })
  printTable(
    [
      'EXPLAIN, round trip',
      'statements',
      'refused',
      'first p50',
      'p99',
      'median of 5, p50',
      'p99',
      'processor, p50',
      'p99',
      'marks 1 and 10 ms',
    ],
    corpora.map(({ name, times, again, cpu, refused }) => {
      const all = [times, again, cpu].flatMap(list => [quantile(list, 0.5), quantile(list, 0.99)])
      const marks = `${all[2]! < 1 ? 'met' : 'missed'}, ${all[3]! < 10 ? 'met' : 'missed'}`
      return [name, String(times.length), String(refused), ...all.map(milliseconds), marks]
    }),
  )
}

function corpus(name: string): Corpus {
  return { name, times: [], again: [], cpu: [], refused: 0 }
}

async function explain({ client, pid }: Planner, sql: string, into: Corpus): Promise<void> {
  const took: number[] = []
  const busy: number[] = []
  for (let n = 0; n < TIMES; n++) {
    const before = mainThreadMs(pid)
    const from = performance.now()
    const planned = await client.query(`EXPLAIN ${sql}`).catch(() => undefined)
    if (planned === undefined) {
      into.refused++
      return
    }
    took.push(performance.now() - from)
    busy.push(mainThreadMs(pid) - before)
  }
  into.times.push(took[0]!)
  into.again.push(quantile(took, 0.5))
  into.cpu.push(quantile(busy, 0.5))
}

async function suites(name: string, folder: string, planner: Planner): Promise<Corpus> {
  const into = corpus(name)
  const { client } = planner
  await client.query(`SET statement_timeout = ${STATEMENT_MS}`)
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.slt')) continue
    for (const record of parsed(join(folder, file))) {
      if (record.kind !== 'query' && record.kind !== 'statement') continue
      if (PLANNED.test(record.sql) && record.error === undefined) await explain(planner, record.sql, into)
      await client.query(record.sql).catch(() => {})
    }
  }
  return into
}

function parsed(file: string): ReturnType<typeof parseSlt> {
  try {
    return parseSlt(file)
  } catch {
    // A file of another dialect; what it holds cannot be known.
    console.error(`left out: ${file} (${readFileSync(file).length} bytes)`)
    return []
  }
}

/** Of the processor, what the first thread of a process has used. */
function mainThreadMs(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
}

function withFresh(use: (planner: Planner) => Promise<void>): Promise<void> {
  return withFolder(folder =>
    withServer(folder, [], server => withClient(server, client => use({ client, pid: server.pid }))),
  )
}
