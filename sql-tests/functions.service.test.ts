import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { listFunctions } from '../executor/functions/index.ts'
import { type Service, startPostgres } from '../scripts/services.ts'
import { explained } from './functions/differences.ts'
import { callsOf } from './functions/generated.ts'
import { numberTemplateCalls } from './functions/number-templates.ts'
import { difference } from './fuzz/compare.ts'
import { type Database, freshWeir, oracle } from './fuzz/servers.ts'

/** Calls of each registered function with edge values. */
const CALLS = Number(process.env['WEIR_FUNCTION_CALLS'] ?? 5)
const LISTS = join(dirname(fileURLToPath(import.meta.url)), 'functions', 'lists')

/** Functions that answer from the server, the session or chance, or without end (the lists have generate_series). */
const OTHERWISE =
  /^(generate_series|pg_|has_|to_reg|inet_|txid_|obj_|col_|shobj_|version|current_|timeofday|random|gen_random|\$)/

let service: Service
let pg: Awaited<ReturnType<typeof oracle>>
let weir: Database

before(async () => {
  service = await startPostgres(await mkdtemp(join(tmpdir(), 'weir-functions-')))
  pg = await oracle(service.address)
  await pg.run('SET statement_timeout = 5000')
  weir = await freshWeir()
})

after(async () => {
  await weir.close()
  await pg.close()
  await service.stop()
})

/** What weir does otherwise than PostgreSQL, without a reason; a function that PostgreSQL has not is passed over. */
async function check(sql: string, own: 'skip' | 'compare'): Promise<string | undefined> {
  const expected = await pg.run(sql)
  if (own === 'skip' && 'code' in expected && expected.code === '42883') return undefined
  const actual = await weir.run(sql)
  let found = difference(expected, actual)
  if (found === undefined && 'code' in expected && 'code' in actual && expected.code !== actual.code)
    found = `expected ${expected.code} ${expected.message}\nactual   ${actual.code} ${actual.message}`
  if (found === undefined || explained(sql, found)) return undefined
  return `${sql}\n${found}`
}

async function checkAll(statements: Iterable<string>, own: 'skip' | 'compare'): Promise<void> {
  const found: string[] = []
  for (const sql of statements) {
    const difference = await check(sql, own)
    if (difference !== undefined) found.push(difference)
  }
  assert.equal(found.length, 0, `${found.length} differ:\n${found.slice(0, 40).join('\n\n')}`)
}

for (const file of readdirSync(LISTS))
  test(`${file}: every expression equals PostgreSQL's`, async () => {
    const lines = readFileSync(join(LISTS, file), 'utf8').split('\n')
    const statements = lines.filter(line => line.trim() !== '' && !line.startsWith('--'))
    const complete = /^(select|create|insert)\b/i
    await checkAll(
      statements.map(line => (complete.test(line) ? line : `SELECT ${line}`)),
      'compare',
    )
  })

test('to_char of numbers equals PostgreSQL’s for every template', async () => {
  await checkAll(numberTemplateCalls(), 'compare')
})

test(`every registered function that PostgreSQL has too equals it on ${CALLS} calls with edge values`, async () => {
  const entries = listFunctions().filter(entry => !OTHERWISE.test(entry.name))
  await checkAll(
    entries.flatMap(entry => callsOf(entry, CALLS)),
    'skip',
  )
})
