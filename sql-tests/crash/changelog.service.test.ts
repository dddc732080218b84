import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { mulberry32 } from './services.ts'
import { Weir } from './weir.ts'

const ROUNDS = 6
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)

const DATAGEN = `connector = 'datagen', fields.n.kind = 'sequence', fields.n.start = '1', fields.n.end = '20000',
  datagen.rows.per.second = '2000'`

const SETUP = [
  'CREATE TABLE t (v int, w int)',
  `CREATE TABLE generated (n int) WITH (${DATAGEN})`,
  'CREATE MATERIALIZED VIEW told AS WITH c AS CHANGELOG FROM t SELECT *, _changelog_row_id AS id FROM c',
  'CREATE TABLE log (v int, w int, op int, id bigint)',
  'CREATE SINK logs INTO log AS WITH c AS CHANGELOG FROM t SELECT v, w, changelog_op, _changelog_row_id FROM c',
  'CREATE TABLE narrow (v int)',
  `CREATE SINK narrows INTO narrow AS SELECT v FROM t WITH (type = 'append-only', force_append_only = 'true')`,
  'ALTER TABLE narrow ADD COLUMN w int DEFAULT 5',
]

const signed = (relation: string, op: string) =>
  `SELECT v, w, sum(CASE WHEN ${op} IN (1, 3) THEN 1 ELSE -1 END) AS n FROM ${relation} GROUP BY v, w HAVING sum(CASE WHEN ${op} IN (1, 3) THEN 1 ELSE -1 END) <> 0`

test(`a changelog tells each change once and no row has another's number, whenever the server is killed (WEIR_SEED=${seed})`, async () => {
  const random = mulberry32(seed)
  const pick = (n: number) => Math.floor(random() * n)
  const folder = mkdtempSync(join(tmpdir(), 'weir-changelog-'))
  const start = async () => {
    const server = new Weir({ data: folder })
    assert.ok(await server.ready(), server.log)
    return server
  }
  const statement = () =>
    [
      `INSERT INTO t SELECT ${pick(5)}, ${pick(3)} FROM generate_series(1, ${1 + pick(20)})`,
      `UPDATE t SET w = w + 1 WHERE v = ${pick(5)}`,
      `DELETE FROM t WHERE _row_id = (SELECT min(_row_id) FROM t)`,
      `DELETE FROM t WHERE v = ${pick(5)} AND w > 2`,
    ][pick(4)]!
  let weir = await start()
  try {
    for (const sql of SETUP) await weir.query(sql)
    let changed = 0
    for (let round = 0; round < ROUNDS; round++) {
      const work = (async () => {
        while (weir.exited === undefined) {
          await weir.query(statement())
          changed++
        }
      })().catch(() => {})
      await sleep(300 + random() * 1200)
      await weir.stop('SIGKILL')
      await work
      weir = await start()
      const rows = (sql: string) => weir.query(sql)
      const t = 'SELECT v, w, count(*) AS n FROM t GROUP BY v, w ORDER BY 1, 2'
      assert.deepEqual(await rows(`${signed('told', 'changelog_op')} ORDER BY 1, 2`), await rows(t))
      // Each changelog has numbers of its own.
      const all = (relation: string, op: string) =>
        rows(
          `SELECT v, w, ${op} AS op, count(*), count(*) - count(DISTINCT id) FROM ${relation} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
        )
      const told = await all('told', 'changelog_op')
      assert.deepEqual(await all('log', 'op'), told)
      assert.ok(
        told.every(row => row[4] === '0'),
        'no number is given twice',
      )
      const came = 'SELECT v FROM told WHERE changelog_op IN (1, 3) ORDER BY 1'
      assert.deepEqual(await rows('SELECT v FROM narrow WHERE w = 5 ORDER BY 1'), await rows(came))
    }
    assert.ok(changed > ROUNDS, 'statements went through')
    for (let i = 0; i < 300; i++) {
      if ((await weir.query('SELECT count(*) FROM generated'))[0]![0] === '20000') break
      await sleep(100)
    }
    const numbers = 'SELECT count(*), count(DISTINCT n), count(DISTINCT _row_id) FROM generated'
    assert.deepEqual(await weir.query(numbers), [['20000', '20000', '20000']])
  } finally {
    await weir.stop('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
})
