import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Service, startPostgres } from '../scripts/services.ts'
import { difference } from './fuzz/compare.ts'
import { type Database, freshWeir, oracle } from './fuzz/servers.ts'

/*
 * Files of sql-tests/oracle: tables, epochs of changes and queries, each after a comment that names it. Every query is run on
 * PostgreSQL and here after every epoch, and here also as a materialized view made before the first change.
 */

const FOLDER = new URL('./oracle/', import.meta.url)

let service: Service
let pg: Awaited<ReturnType<typeof oracle>>

before(async () => {
  service = await startPostgres(await mkdtemp(join(tmpdir(), 'weir-oracle-')))
  pg = await oracle(service.address)
})

after(async () => {
  await pg.close()
  await service.stop()
})

interface Section {
  readonly name: string
  readonly statements: readonly string[]
}

function sections(text: string): readonly Section[] {
  return text
    .split(/^-- /m)
    .slice(1)
    .map(part => {
      const end = part.indexOf('\n')
      const statements = part
        .slice(end)
        .split(/;\s*$/m)
        .map(s => s.trim())
      return { name: part.slice(0, end).trim(), statements: statements.filter(s => s !== '') }
    })
}

async function both(statement: string, weir: Database): Promise<void> {
  for (const server of [pg, weir]) {
    const answer = await server.run(statement)
    assert.ok(!('code' in answer), `${statement}\n${JSON.stringify(answer)}`)
  }
}

async function compare(name: string, weir: Database): Promise<readonly string[]> {
  const all = sections(await readFile(new URL(name, FOLDER), 'utf8'))
  const queries = all.filter(s => s.name === 'queries').flatMap(s => s.statements)
  const wrong: string[] = []
  const views = new Map<number, string>()
  const answered = new Set<string>()
  await pg.reset()
  for (const statement of all.filter(s => s.name === 'tables').flatMap(s => s.statements))
    await both(statement, weir)
  for (const [i, query] of queries.entries()) {
    const made = await weir.run(`CREATE MATERIALIZED VIEW q${i} AS SELECT * FROM (${query}) q`)
    if ('code' in made) wrong.push(`${query}\nview refused: ${made.code} ${made.message}`)
    else views.set(i, `SELECT * FROM q${i}`)
  }
  for (const [n, { statements }] of all.filter(s => s.name === 'epoch').entries()) {
    for (const statement of statements) await both(statement, weir)
    for (const [i, query] of queries.entries()) {
      const expected = await pg.run(query)
      assert.ok(!('code' in expected), `${query}\n${JSON.stringify(expected)}`)
      if (expected.rows.length > 0) answered.add(query)
      const selected = difference(expected, await weir.run(query))
      if (selected !== undefined) wrong.push(`${query}\nas a query after epoch ${n + 1}: ${selected}`)
      const view = views.get(i)
      const kept = view === undefined ? undefined : difference(expected, await weir.run(view))
      if (kept !== undefined) wrong.push(`${query}\nas a view after epoch ${n + 1}: ${kept}`)
    }
  }
  // A query that never yields a row tests nothing.
  return [...wrong, ...queries.filter(q => !answered.has(q)).map(q => `${q}\nnever has a row`)]
}

for (const name of (await readdir(FOLDER)).sort()) {
  test(`${name}: every query and view equals PostgreSQL's answer after every epoch`, async () => {
    const weir = await freshWeir()
    try {
      const wrong = await compare(name, weir)
      assert.equal(
        wrong.length,
        0,
        `${wrong.length} differences\n${wrong.slice(0, Number(process.env['WEIR_SHOWN'] ?? 8)).join('\n\n')}`,
      )
    } finally {
      await weir.close()
    }
  })
}
