import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { loadModule, parseSync } from 'libpg-query'
import { SqlError } from '../types/error.ts'
import type { GraphNode } from '../types/job.ts'
import { INT4, INT8, TEXT, TIMESTAMP, type Type } from '../types/type.ts'
import { Catalog, type Relation } from './catalog.ts'
import type { BindContext, PgNode } from './contract.ts'
import { planDelete, planDml, planInsert, planUpdate } from './dml/bind.ts'
import { bindQuery, planBatch, planStream } from './query.ts'

before(async () => {
  await loadModule()
})

function relation(
  id: number,
  name: string,
  columns: Record<string, Type>,
  more: Partial<Relation> = {},
): Relation {
  return {
    id,
    database: 'dev',
    schema: 'public',
    name,
    kind: 'table',
    sql: '',
    columns: Object.entries(columns).map(([c, type]) => ({ name: c, type, notNull: false })),
    key: [],
    declaredKey: false,
    appendOnly: false,
    options: {},
    dependsOn: [],
    owner: 'root',
    createdAtMs: 0,
    ...more,
  }
}

const catalog = [
  relation(20000, 't', { a: INT4, b: TEXT, c: INT8 }, { key: [0], declaredKey: true }),
  relation(20001, 'u', { a: INT4, d: INT8 }),
  relation(
    20002,
    'bid',
    { auction: INT8, price: INT8, date_time: TIMESTAMP },
    { kind: 'source', appendOnly: true },
  ),
  relation(20003, 'v', { x: INT4 }, { kind: 'view', query: 'SELECT a AS x FROM t WHERE c > 1' }),
].reduce((all, r) => all.with(r), Catalog.empty())

function context(mode: 'stream' | 'batch'): BindContext {
  return {
    catalog,
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
    mode,
  }
}

function parse(sql: string): PgNode {
  return (parseSync(sql) as { stmts: { stmt: PgNode }[] }).stmts[0]!.stmt
}

function stream(sql: string) {
  return planStream(bindQuery(parse(sql), context('stream')))
}

function batch(sql: string): readonly GraphNode[] {
  return planBatch(bindQuery(parse(sql), context('batch')), []).nodes
}

function kinds(nodes: readonly GraphNode[]): string[] {
  return nodes.map(n => n.spec.kind)
}

function fails(sql: string, sqlstate: string, message: RegExp): void {
  assert.throws(
    () => batch(sql),
    (error: unknown) =>
      error instanceof SqlError && error.sqlstate === sqlstate && message.test(error.message),
  )
}

test('filter and projection are one node', () => {
  const plan = stream("SELECT b, a + 1 AS n FROM t WHERE b = 'x'")
  assert.deepEqual(kinds(plan.nodes), ['input', 'project'])
  assert.deepEqual(plan.schema, [
    { name: 'b', type: TEXT },
    { name: 'n', type: INT4 },
  ])
})

test('the key of a table is kept when its columns are in the output', () => {
  assert.deepEqual(stream('SELECT b, a FROM t').key, [1])
  assert.deepEqual(stream('SELECT b FROM t').key, [])
})

test('an equality of a comma join becomes a join key', () => {
  const join = stream('SELECT t.b, u.d FROM t, u WHERE t.a = u.a AND u.d > 5').nodes.find(
    n => n.spec.kind === 'join',
  )!
  assert.ok(join.spec.kind === 'join')
  assert.deepEqual([join.spec.leftKeys, join.spec.rightKeys, join.spec.residual], [[0], [0], undefined])
})

test('a join stores only columns that are needed above it', () => {
  const plan = stream(`SELECT category, max(price) FROM (
    SELECT x.price AS category, b.price, b.auction FROM bid b JOIN bid x ON b.auction = x.auction
    WHERE b.date_time < x.date_time) j GROUP BY category`)
  const join = plan.nodes.find(n => n.spec.kind === 'join')!
  assert.deepEqual(
    join.schema.map(f => f.name),
    ['auction', 'price', 'date_time', 'auction', 'price', 'date_time'],
  )
  const top = batch('SELECT 1 FROM (SELECT a, b, c FROM t ORDER BY c LIMIT 3) x')
  assert.deepEqual(
    top.find(n => n.spec.kind === 'sort')!.schema.map(f => f.name),
    ['c'],
  )
})

test('groups are the key of an aggregate', () => {
  const plan = stream('SELECT count(*), a % 2 AS g FROM t GROUP BY g HAVING count(*) > 1')
  assert.deepEqual(plan.key, [1])
  assert.equal(plan.appendOnly, false)
})

test('a source read twice is one input', () => {
  const hop = "HOP(bid, date_time, INTERVAL '2 seconds', INTERVAL '10 seconds')"
  const count = `SELECT auction, count(*) AS num, window_start AS ws FROM ${hop} GROUP BY auction, window_start`
  const plan =
    stream(`SELECT x.auction FROM (${count}) x JOIN (SELECT max(num) AS m, ws FROM (${count}) c GROUP BY ws) y
    ON x.ws = y.ws AND x.num >= y.m`)
  assert.equal(kinds(plan.nodes).filter(k => k === 'input').length, 1)
  assert.equal(kinds(plan.nodes).filter(k => k === 'hop').length, 1)
})

test('a projection of an append-only source is append only', () => {
  assert.equal(stream('SELECT price FROM bid').appendOnly, true)
})

test('row_number with an outer bound is a bounded top-n', () => {
  const plan = stream(`SELECT auction, price FROM
    (SELECT *, row_number() OVER (PARTITION BY auction ORDER BY price DESC) AS rn FROM bid) x WHERE rn <= 3`)
  const top = plan.nodes.find(n => n.spec.kind === 'top-n')!
  assert.ok(top.spec.kind === 'top-n')
  assert.equal(top.spec.limit, 3)
})

test('IN and NOT EXISTS become semi and anti joins', () => {
  const types = (sql: string) => batch(sql).flatMap(n => (n.spec.kind === 'join' ? [n.spec.type] : []))
  assert.deepEqual(types('SELECT * FROM t WHERE a IN (SELECT a FROM u)'), ['semi'])
  assert.deepEqual(types('SELECT * FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.a = t.a)'), ['anti'])
})

test('a correlated scalar aggregate is a left join on its key', () => {
  const nodes = batch('SELECT a, (SELECT count(*) FROM u WHERE u.a = t.a) FROM t')
  const join = nodes.find(n => n.spec.kind === 'join')!
  assert.ok(join.spec.kind === 'join')
  assert.deepEqual([join.spec.type, join.spec.leftKeys.length], ['left', 1])
})

test('a view is inlined', () => {
  assert.deepEqual(kinds(batch('SELECT x FROM v')), ['input', 'project'])
  assert.deepEqual(bindQuery(parse('SELECT x FROM v'), context('batch')).dependsOn, [20003])
})

test('equality on the whole key narrows the scan', () => {
  const [input] = batch('SELECT b FROM t WHERE a = 7')
  assert.ok(input!.spec.kind === 'input')
  assert.deepEqual(input!.spec.scan, { columns: [0], equals: [7] })
})

test('parameters take their types from the other operand', () => {
  assert.deepEqual(bindQuery(parse('SELECT * FROM t WHERE c = $1'), context('batch')).parameters, [INT8])
})

test('names that do not exist fail with the code and words of PostgreSQL', () => {
  fails('SELECT nope FROM t', '42703', /column "nope" does not exist/)
  fails('SELECT 1 FROM nope', '42P01', /relation "nope" does not exist/)
  fails('SELECT a FROM t, u', '42702', /column reference "a" is ambiguous/)
  fails('SELECT a, count(*) FROM u', '42803', /must appear in the GROUP BY clause/)
})

test('now() is refused in a view', () => {
  assert.throws(() => stream('SELECT now() FROM t'), /`NOW\(\)` function is only allowed in/)
})

test('insert fills missing columns and adds the weight', () => {
  const bound = planInsert(parse("INSERT INTO t (b, a) VALUES ('x', 1) RETURNING *"), context('batch'))
  const plan = planDml(bound, [])
  assert.deepEqual(
    plan.job.nodes.at(-1)!.schema.map(f => f.name),
    ['a', 'b', 'c', 'weight', 'counted'],
  )
  assert.equal(plan.returning!.schema.length, 3)
})

test('update emits the old and the new rows of one scan; delete the old', () => {
  const update = planDml(planUpdate(parse("UPDATE t SET b = 'y' WHERE a = 1"), context('batch')), [])
  assert.deepEqual(kinds(update.job.nodes).filter(k => k === 'input').length, 1)
  const remove = planDml(planDelete(parse('DELETE FROM t WHERE a = 1'), context('batch')), [])
  assert.equal(remove.tag, 'DELETE')
})

test('a name that is nearly right is told in the hint', () => {
  const hint = (sql: string) => {
    try {
      batch(sql)
    } catch (error) {
      return (error as SqlError).hint
    }
    return 'no error'
  }
  assert.equal(hint('SELECT * FROM nowhere_near'), undefined)
  const bids = '(SELECT 1 AS price) AS bids'
  assert.equal(hint(`SELECT pirce FROM ${bids}`), 'Perhaps you meant to reference the column "bids.price".')
  assert.equal(hint(`SELECT bid.price FROM ${bids}`), 'Perhaps you meant to reference the table "bids".')
  assert.match(hint('SELECT lowr(b) FROM t') ?? '', /Perhaps you meant the function "lower"\.$/)
  assert.doesNotMatch(hint('SELECT lower(1, 2) FROM t') ?? '', /Perhaps/)
})

test('LIMIT and OFFSET may be parameters, NULL for no limit', () => {
  const bound = bindQuery(parse('SELECT a FROM t ORDER BY a LIMIT $1 + 1 OFFSET $2'), context('batch'))
  assert.deepEqual(bound.parameters, [INT4, INT8])
  const cut = (...values: (number | bigint | null)[]) => {
    const { spec } = planBatch(bound, values).nodes.at(-1)!
    assert(spec.kind === 'sort')
    return [spec.limit, spec.offset]
  }
  assert.deepEqual(cut(4, 2n), [5, 2])
  assert.deepEqual(cut(null, null), [undefined, 0])
  assert.throws(() => cut(-5, 0n), { sqlstate: '2201W' })
})
