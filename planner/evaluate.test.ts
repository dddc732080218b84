import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { loadModule, parseSync } from 'libpg-query'
import { type BatchInput, runBatch } from '../executor/batch.ts'
import { cellValue } from '../storage/column-buffer.ts'
import { Catalog } from './catalog.ts'
import type { BindContext, PgNode } from './contract.ts'
import { bindQuery, planBatch } from './query.ts'

before(async () => {
  await loadModule()
})

const INPUT: BatchInput = {
  epoch: 1,
  read: () => [],
  readAt: () => [],
  source: () => assert.fail('no sources'),
  monotonic: () => 0,
}

const context = (): BindContext => ({
  catalog: Catalog.empty(),
  database: 'dev',
  searchPath: ['public'],
  systemRelation: () => undefined,
  parameters: [],
  inferred: new Map(),
  blocks: { last: 0 },
  setting: () => '',
  nowMicros: 0n,
  user: 'root',
  position: at => at,
  mode: 'batch',
})

async function rows(sql: string): Promise<unknown[][]> {
  const { stmts } = parseSync(sql) as { stmts: { stmt: PgNode }[] }
  const job = planBatch(bindQuery(stmts[0]!.stmt, context()), [])
  const out: unknown[][] = []
  for await (const chunk of runBatch(job, INPUT)) {
    for (let i = 0; i < chunk.length; i++) {
      const row = chunk.columns.map(column => cellValue(column, i))
      for (let n = 0; n < chunk.weights[i]!; n++) out.push(row)
    }
  }
  return out
}

const T = '(VALUES (1, 10), (2, 20), (2, 21), (3, NULL)) t(a, b)'
const U = '(VALUES (2), (3), (5)) u(a)'

const CASES: Readonly<Record<string, readonly unknown[][]>> = {
  'SELECT 1 + 2, true AND NULL': [[3, null]],
  "SELECT 'x', upper('y')": [['x', 'Y']],
  [`SELECT a, b FROM ${T} WHERE b > 10 ORDER BY b DESC`]: [
    [2, 21],
    [2, 20],
  ],
  [`SELECT a, count(*), sum(b) FROM ${T} GROUP BY a HAVING count(*) > 1`]: [[2, 2n, 41n]],
  [`SELECT count(*) FROM ${T} WHERE a > 99`]: [[0n]],
  [`SELECT DISTINCT a FROM ${T} ORDER BY a LIMIT 2 OFFSET 1`]: [[2], [3]],
  [`SELECT t.b FROM ${T} JOIN ${U} ON t.a = u.a ORDER BY 1`]: [[20], [21], [null]],
  [`SELECT t.b FROM ${T}, ${U} WHERE t.a = u.a AND t.b = 21`]: [[21]],
  [`SELECT a, t.b FROM ${T} FULL JOIN ${U} USING (a) ORDER BY a, b`]: [
    [1, 10],
    [2, 20],
    [2, 21],
    [3, null],
    [5, null],
  ],
  [`SELECT u.a FROM ${U} WHERE u.a IN (SELECT a FROM ${T}) ORDER BY 1`]: [[2], [3]],
  [`SELECT u.a FROM ${U} WHERE u.a NOT IN (SELECT b FROM ${T})`]: [],
  [`SELECT u.a FROM ${U} WHERE NOT EXISTS (SELECT 1 FROM ${T} WHERE t.a = u.a)`]: [[5]],
  [`SELECT u.a, (SELECT count(*) FROM ${T} WHERE t.a = u.a) FROM ${U} ORDER BY 1`]: [
    [2, 2n],
    [3, 1n],
    [5, 0n],
  ],
  [`SELECT a FROM ${U} WHERE a > (SELECT min(b) FROM ${T}) OR EXISTS (SELECT 1 FROM ${T} WHERE t.a = u.a) ORDER BY a`]:
    [[2], [3]],
  'SELECT 1 UNION SELECT 1 UNION ALL SELECT 2 ORDER BY 1': [[1], [2]],
  [`SELECT a FROM ${T} EXCEPT SELECT a FROM ${U}`]: [[1]],
  [`WITH c AS (SELECT a + 1 AS n FROM ${U}) SELECT max(n) FROM c`]: [[6]],
  [`SELECT a, b FROM (SELECT *, row_number() OVER (PARTITION BY a ORDER BY b DESC) AS rn FROM ${T}) x
    WHERE rn = 1 ORDER BY a`]: [
    [1, 10],
    [2, 21],
    [3, null],
  ],
  'SELECT x FROM generate_series(1, 3) AS g(x) WHERE x <> 2': [[1], [3]],
  'SELECT unnest(ARRAY[4, 5])': [[4], [5]],
  "SELECT CASE WHEN 2 BETWEEN 1 AND 3 THEN 'in' ELSE 'out' END, greatest(1, NULL, 3), NULLIF(1, 1)": [
    ['in', 3, null],
  ],
  'SELECT (ARRAY[7, 8])[2], 3 = ANY(ARRAY[1, 3]), (1, 2) < (1, 3)': [[8, true, true]],
  "SELECT CAST('12' AS int) % 5, '2020-01-31'::date + 1 > '2020-01-31'::date": [[2, true]],
  [`SELECT b FROM ${T} ORDER BY b NULLS FIRST LIMIT 1`]: [[null]],
  [`SELECT count(DISTINCT a) FILTER (WHERE b > 10) FROM ${T}`]: [[1n]],
}

for (const [sql, expected] of Object.entries(CASES)) {
  test(sql.replace(/\s+/g, ' '), async () => assert.deepEqual(await rows(sql), expected))
}
