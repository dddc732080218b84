import assert from 'node:assert/strict'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type Service, startPostgres } from '../../scripts/services.ts'
import { type Case, makeCase, script } from './case.ts'
import { check, type Finding } from './check.ts'
import { freshWeir, oracle } from './servers.ts'
import { shrink } from './shrink.ts'

const CASES = Number(process.env['WEIR_FUZZ_CASES'] ?? 2000)
/** Cases of a run take the seeds from here on: the same ones unless told, so that a change is judged by itself. */
const SEED = Number(process.env['WEIR_SEED'] ?? 1)
/** Queries that share tables, changes and a server. */
const VIEWS = 20
/** Differences shown before the run gives up. */
const SHOWN_MAX = Number(process.env['WEIR_FUZZ_SHOWN'] ?? 5)

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

async function run(given: Case): Promise<{ findings: Finding[]; compared: number }> {
  const weir = await freshWeir()
  try {
    await pg.reset()
    return await check(given, { weir, pg })
  } finally {
    await weir.close()
  }
}

test(`every view equals its query and PostgreSQL's answer (WEIR_SEED=${SEED})`, async () => {
  const shown: string[] = []
  let compared = 0
  for (let done = 0; done < CASES && shown.length < SHOWN_MAX; done += VIEWS) {
    const seed = SEED + done
    const given = makeCase(seed, VIEWS)
    const result = await run(given)
    compared += result.compared
    for (const found of result.findings.slice(0, SHOWN_MAX - shown.length))
      shown.push(await describe(given, found, seed))
  }
  console.log(`fuzz: ${CASES} queries, ${compared} comparisons, seed ${SEED}`)
  assert.equal(shown.length, 0, shown.join('\n\n'))
})

async function describe(given: Case, found: Finding, seed: number): Promise<string> {
  const same = (other: Finding) => other.what === found.what && other.view === found.view
  const small = await shrink(given, found.view, async next => (await run(next)).findings.some(same))
  const last = (await run(small)).findings.find(same) ?? found
  return `-- WEIR_SEED=${seed} ${last.what} ${last.view ?? ''}\n${script(small)}\n${last.detail}`
}
