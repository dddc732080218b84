import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Expression } from '../../types/job.ts'
import { BOOL, INT4, INT8, TIMESTAMP } from '../../types/type.ts'
import { call, column, literal } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'
import { panes } from './panes.ts'
import { prune } from './prune.ts'
import { pushDown } from './push-down.ts'
import { rankLimit } from './rank-limit.ts'
import { useIndex } from './use-index.ts'

const scan: Plan = {
  op: 'scan',
  relation: 1,
  schema: ['a', 'b', 'c'].map(name => ({ name, type: INT4 })),
  key: [],
  appendOnly: false,
}
const columns = scan.schema.map((f, i) => column(i, f.type))

function compare(operator: string, left: Expression, value: number): Expression {
  return call(`${operator}(int4, int4) -> bool`, [left, literal(value, INT4)], BOOL)
}

function compareInt8(operator: string, left: Expression, value: bigint): Expression {
  return call(`${operator}(int8, int8) -> bool`, [left, literal(value, INT8)], BOOL)
}

function sum(input: Plan): Plan {
  const call = { distinct: false, type: INT8 }
  const calls = [1, 2].map(i => ({ ...call, fn: 'sum(int4) -> int8', args: [i] }))
  return { op: 'aggregate', input, groups: [0], calls }
}

test('a subplan that is read twice stays one when its readers need different columns', () => {
  const pick = (i: number): Plan => ({
    op: 'project',
    input: sum(scan),
    columns: [column(i, INT8)],
    names: ['s'],
  })
  const plan = prune({ op: 'union', inputs: [pick(1), pick(2)] })
  assert(plan.op === 'union')
  const [left, right] = plan.inputs as [Plan, Plan]
  assert(left.op === 'project' && right.op === 'project')
  assert.equal(left.input, right.input)
  assert.equal(schemaOf(left.input).length, 3)
})

test('a call of an aggregate that nobody reads is not computed', () => {
  const plan = prune({ op: 'project', input: sum(scan), columns: [column(2, INT8)], names: ['s'] })
  assert(plan.op === 'project' && plan.input.op === 'aggregate')
  assert.deepEqual(
    plan.input.calls.map(c => c.args),
    [[2]],
  )
})

test('a row number that only limits is not computed', () => {
  const top: Plan = {
    op: 'top-n',
    input: scan,
    partition: [0],
    order: [{ column: 1, descending: true, nullsFirst: false }],
    offset: 0,
    limit: Number.MAX_SAFE_INTEGER,
    withTies: false,
    rank: 'row_number',
  }
  const ranked = call('<=(int8, int8) -> bool', [column(3, INT8), literal(2n, INT8)], BOOL)
  const limited = rankLimit({ op: 'filter', input: top, predicate: ranked })
  assert.deepEqual(limited, { ...top, limit: 2 })
  const plan = prune({ op: 'project', input: limited, columns: columns.slice(0, 2), names: ['a', 'b'] })
  assert(plan.op === 'project' && plan.input.op === 'top-n')
  assert.deepEqual([plan.input.rank, schemaOf(plan.input.input).length], [undefined, 2])
})

test('a window that only ranks becomes a top-n under a limit of its rank', () => {
  const frame = {
    unit: 'range',
    start: { at: 'unbounded preceding' },
    end: { at: 'current row' },
    exclude: 'none',
  } as const
  const order = [{ column: 1, descending: true, nullsFirst: false }]
  const call = { kind: 'window', fn: 'rank', args: [], frame, type: INT8 } as const
  const window: Plan = { op: 'window', input: scan, partition: [0], order, calls: [call] }
  const predicate = compareInt8('<=', column(3, INT8), 2n)
  const plan = rankLimit({ op: 'filter', input: window, predicate })
  assert(plan.op === 'top-n')
  assert.deepEqual([plan.rank, plan.limit, plan.partition], ['rank', 2, [0]])
  const two: Plan = { ...window, calls: [call, { ...call, fn: 'lag', args: [1], type: INT4 }] }
  const filter: Plan = { op: 'filter', input: two, predicate }
  assert.equal(rankLimit(filter), filter)
})

test('a condition of LEFT JOIN on its right side selects the right rows beforehand', () => {
  const join: Plan = {
    op: 'join',
    type: 'left',
    left: scan,
    right: scan,
    leftKeys: [0],
    rightKeys: [0],
    nullSafe: [false],
    residual: call('and', [compare('>', column(1, INT4), 1), compare('>', column(4, INT4), 2)], BOOL),
  }
  const plan = pushDown(join, [])
  assert(plan.op === 'join' && plan.right.op === 'filter')
  assert.deepEqual(plan.right.predicate, compare('>', column(1, INT4), 2))
  assert.deepEqual(plan.residual, compare('>', column(1, INT4), 1))
})

test('rows counted by window and key are added up by pane first', () => {
  const times: Plan = {
    ...scan,
    schema: ['k', 'at', 'x'].map(name => ({ name, type: name === 'at' ? TIMESTAMP : INT4 })),
  }
  const hop: Plan = { op: 'hop', input: times, time: 1, slide: 6n, size: 10n, offset: 1n }
  const count = { fn: 'count(*)', args: [], distinct: false, type: INT8 }
  const counted: Plan = { op: 'aggregate', input: hop, groups: [0, 3], calls: [count] }
  const plan = panes(counted)
  assert(plan.op === 'aggregate' && plan.input.op === 'hop' && plan.input.input.op === 'panes')
  assert.deepEqual(plan.groups, [0, 2])
  assert.deepEqual([plan.input.input.width, plan.input.input.offset, plan.input.time], [2n, 1n, 1])
  const bySum = { ...counted, calls: [{ ...count, fn: 'sum(int4) -> int8', args: [2] }] }
  assert.equal(panes(bySum), bySum)
  const byTime = { ...counted, groups: [0, 1, 3] }
  assert.equal(panes(byTime), byTime)
})

test('a condition on the partition passes a top-n, another does not', () => {
  const top: Plan = {
    op: 'top-n',
    input: scan,
    partition: [1],
    order: [],
    offset: 0,
    limit: 3,
    withTies: false,
  }
  const [passes, stays] = [compare('=', column(1, INT4), 1), compare('=', column(2, INT4), 1)]
  const plan = pushDown(top, [passes, stays])
  assert.deepEqual(plan, {
    op: 'filter',
    predicate: stays,
    input: { ...top, input: { op: 'filter', input: scan, predicate: passes } },
  })
})

test('conditions on the leading keys of an index read the index, in place of the relation', () => {
  const index = {
    relation: 9,
    schema: [1, 0].map(i => scan.schema[i]!),
    key: [1],
    appendOnly: false,
    keys: [column(1, INT4)],
    columns: [1, 0, -1],
  }
  const indexed: Plan = { ...scan, indexes: [index] } as Plan
  const reading = (shown: number, by: number): Plan => ({
    op: 'project',
    input: indexed,
    columns: [column(shown, INT4)],
    names: ['k'],
    predicate: compare('>', column(by, INT4), 5),
  })
  const plan = useIndex(reading(0, 1))
  assert(plan.op === 'project' && plan.input.op === 'project' && plan.input.input.op === 'scan')
  assert.equal(plan.input.input.relation, 9)
  assert.deepEqual(plan.input.input.scan, { columns: [], equals: [], range: { column: 0, from: 5 } })
  for (const other of [reading(0, 0), reading(2, 1)]) assert.equal(useIndex(other), other)
})
