import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { mulberry32 } from './services.ts'
import { Weir } from './weir.ts'

const POINTS = ['C01', 'C02', 'C03', 'C05', 'C08', 'C09']
const seed = Number(process.env['WEIR_SEED'] ?? Date.now() % 2 ** 31)
let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-crash-keys-'))
})
after(() => rm(folder, { recursive: true, force: true }))

/** Rows of a family that are there without the others, and the view's opinion of it. */
const HALVES = `SELECT (SELECT count(*) FROM child WHERE parent NOT IN (SELECT id FROM parent)),
  (SELECT count(*) FROM grandchild WHERE child NOT IN (SELECT id FROM child)),
  (SELECT count(*) FROM parent FULL JOIN child ON parent.id = child.parent FULL JOIN grandchild g ON g.child = child.id
    WHERE parent.id IS NULL OR child.id IS NULL OR g.child IS NULL),
  (SELECT n FROM families) - (SELECT count(*) FROM parent)`

test(`a family goes and moves as one, whenever the process dies (WEIR_SEED=${seed})`, async t => {
  const random = mulberry32(seed)
  const start = async (crashAt: string) => {
    const weir = new Weir({ data: folder, env: { WEIR_CRASH_AT: crashAt } })
    await weir.ready()
    return weir
  }
  let weir = await start('')
  await weir.query(`CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE child (id int PRIMARY KEY, parent int REFERENCES parent ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE TABLE grandchild (child int REFERENCES child ON DELETE CASCADE);
    CREATE MATERIALIZED VIEW families AS SELECT count(*) AS n FROM parent JOIN child ON child.parent = parent.id
      JOIN grandchild ON grandchild.child = child.id`)
  let next = 0
  for (const point of POINTS) {
    await weir.stop()
    const at = `${point}:${6 + Math.floor(random() * 12)}`
    weir = await start(at)
    for (let i = 0; i < 40 && weir.exited === undefined; i++) {
      const id = ++next
      await weir
        .query(`BEGIN; INSERT INTO parent VALUES (${id}); INSERT INTO child VALUES (${id}, ${id});
          INSERT INTO grandchild VALUES (${id}); COMMIT`)
        .then(() => weir.query(`UPDATE parent SET id = -id WHERE id = ${id}`))
        .then(() => weir.query(`DELETE FROM parent WHERE id = ${-id + (id % 3)}`))
        .catch(() => undefined)
    }
    assert.notEqual(weir.exited, undefined, `${at} was not reached\n${weir.log}`)
    weir = await start('')
    assert.deepEqual(await weir.query(HALVES), [['0', '0', '0', '0']], at)
    await assert.rejects(weir.query('INSERT INTO child VALUES (1000000, 1000000)'), { code: '23503' })
  }
  const [left] = await weir.query('SELECT count(*) FROM parent')
  t.diagnostic(`${next} families, ${left} of them left`)
  await weir.stop()
})
