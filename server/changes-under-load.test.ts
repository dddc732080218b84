import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { rowsOf, TestServer } from './test-server.ts'

// Enough that a statement's query is cut into steps, and rows are put aside between them.
const ROWS = 6000
const SECONDS = 4

const server = await TestServer.start({ inline: true, barrierIntervalMs: 100 })
after(() => server.close())

async function withClient<R>(use: (run: (text: string) => Promise<unknown[][]>) => Promise<R>): Promise<R> {
  const client = await server.connect()
  try {
    return await use(text => rowsOf(client, text))
  } finally {
    await client.end()
  }
}

test('UPDATE and MERGE of many clients lose and double no row, and views follow', async () => {
  await withClient(async run => {
    await run('CREATE TABLE accounts (id int PRIMARY KEY, balance bigint, label varchar)')
    await run(`INSERT INTO accounts SELECT i, 0, 'new' FROM generate_series(0, ${ROWS - 1}) AS t(i)`)
    await run('CREATE TABLE visits (id int PRIMARY KEY, n bigint)')
    await run(
      'CREATE MATERIALIZED VIEW sums AS SELECT id % 10 AS d, count(*) AS n, sum(balance) AS s FROM accounts GROUP BY id % 10',
    )
    await run(
      'CREATE MATERIALIZED VIEW joined AS SELECT a.id, a.balance, v.n FROM accounts a LEFT JOIN visits v ON a.id = v.id',
    )
  })
  const added: number[] = Array(7).fill(0)
  const merged: number[] = Array(5).fill(0)
  const visited: number[] = Array(3).fill(0)
  const statements: readonly ((i: number) => [text: string, counts: number[] | undefined, at: number])[] = [
    i => [`UPDATE accounts SET balance = balance + 1 WHERE id % 7 = ${i % 7}`, added, i % 7],
    i => [
      `MERGE INTO accounts a USING (SELECT id FROM accounts WHERE id % 5 = ${i % 5}) s ON a.id = s.id
       WHEN MATCHED THEN UPDATE SET balance = a.balance - 1`,
      merged,
      i % 5,
    ],
    i => [
      `UPDATE accounts a SET label = b.label || '${i % 10}' FROM accounts b WHERE b.id = ${ROWS - 1} - a.id AND length(b.label) < 9`,
      undefined,
      0,
    ],
    i => [
      `MERGE INTO visits v USING (SELECT id FROM accounts WHERE id % 3 = ${i % 3}) s ON v.id = s.id
       WHEN MATCHED THEN UPDATE SET n = v.n + 1 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 1)`,
      visited,
      i % 3,
    ],
  ]
  const end = performance.now() + SECONDS * 1000
  const writers = statements.map(statement =>
    withClient(async run => {
      for (let i = 0; i === 0 || performance.now() < end; i++) {
        const [text, counts, at] = statement(i)
        await run(text)
        if (counts !== undefined) counts[at]!++
      }
    }),
  )
  // One more keeps the main thread busy with sorts and joins.
  const reader = withClient(async run => {
    while (performance.now() < end) {
      const [[count]] = (await run('SELECT count(*) FROM accounts a JOIN accounts b ON a.id = b.id')) as [
        [string],
      ]
      assert.equal(Number(count), ROWS, 'every account is there at every moment')
    }
  })
  await Promise.all([...writers, reader])
  await withClient(async run => {
    const expected = Array.from({ length: ROWS }, (_, id) => [id, added[id % 7]! - merged[id % 5]!])
    const accounts = await run('SELECT id, balance FROM accounts ORDER BY id')
    assert.deepEqual(
      accounts.map(row => row.map(Number)),
      expected,
    )
    const visits = Array.from({ length: ROWS }, (_, id) => [id, visited[id % 3]!]).filter(([, n]) => n! > 0)
    assert.deepEqual(
      (await run('SELECT id, n FROM visits ORDER BY id')).map(row => row.map(Number)),
      visits,
    )
    const sums = 'SELECT id % 10 AS d, count(*) AS n, sum(balance) AS s FROM accounts GROUP BY id % 10'
    assert.deepEqual(await run('SELECT * FROM sums ORDER BY d'), await run(`${sums} ORDER BY d`))
    const joined = 'SELECT a.id, a.balance, v.n FROM accounts a LEFT JOIN visits v ON a.id = v.id'
    assert.deepEqual(await run('SELECT * FROM joined ORDER BY id'), await run(`${joined} ORDER BY id`))
  })
})
