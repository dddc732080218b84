import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { parseDecimal } from '../../types/decimal.ts'
import type { AggregateCall, GraphNode, OperatorSpec } from '../../types/job.ts'
import { toJson } from '../../types/json.ts'
import { arrayOf, BOOL, INT4, INT8, JSONB, NUMERIC, type Schema, TEXT, type Type } from '../../types/type.ts'
import { batchGraph } from '../batch-graph.ts'
import { Harness, type Row } from './harness.ts'
import { PIECE_ROWS } from './in-pieces.ts'

const SCHEMA: Schema = [
  { name: 'g', type: INT4 },
  { name: 't', type: TEXT },
  { name: 'n', type: NUMERIC },
  { name: 'j', type: JSONB },
  { name: 'k', type: INT8 },
  { name: 'f', type: BOOL },
]
const [T, N, J, K, F] = [1, 2, 3, 4, 5]
const TYPES = SCHEMA.map(field => field.type)
const LARGE = 3 * PIECE_ROWS
const DOCUMENTS = ['null', '1', '1.0', '-7.25', '"a"', '[]', '[1, "b"]', '{"k": [2]}', 'true']

/** Most rows are of group 0; NULLs, equal rows and forms of equal values are among them. */
function someRows(count: number): readonly Row[] {
  let seed = 7
  const below = (n: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
    return (seed >>> 8) % n
  }
  return Array.from({ length: count }, () => [
    below(10) === 0 ? 1 + below(50) : 0,
    below(20) === 0 ? null : `t${below(300)}`,
    below(20) === 0 ? null : parseDecimal(`${below(40)}${'.'.repeat(below(2))}`.replace(/\.$/, '.0'))!,
    below(20) === 0 ? null : DOCUMENTS[below(DOCUMENTS.length)]!,
    below(20) === 0 ? null : BigInt(below(100)),
    below(3) > 0,
  ])
}

function inQuery(spec: OperatorSpec, rows: readonly Row[]): { rows: readonly string[]; steps: number } {
  const rest = { schema: SCHEMA, shard: [], fragment: 0 }
  const nodes: GraphNode[] = [
    { id: 0, inputs: [], spec: { kind: 'input', relation: 1, schema: SCHEMA }, ...rest },
    { id: 1, inputs: [0], spec, ...rest },
  ]
  const found: string[] = []
  const graph = batchGraph(
    { relation: 0, nodes },
    1,
    () => 0,
    ({ columns, length }) => {
      for (let row = 0; row < length; row++) found.push(toJson(columns.map(column => cellValue(column, row))))
    },
  )
  for (let at = 0; at < rows.length; at += 1000) graph.receive(0, chunkOf(TYPES, rows.slice(at, at + 1000)))
  graph.finish(1)
  let steps = 0
  while (graph.step()) steps++
  return { rows: found.sort(), steps }
}

const call = (fn: string, args: readonly number[], type: Type, more: Partial<AggregateCall> = {}) =>
  ({ fn, args, distinct: false, type, ...more }) satisfies AggregateCall
const by = (column: number, descending = false) => [{ column, descending, nullsFirst: descending }]

const CALLS: Readonly<Record<string, AggregateCall>> = {
  'array_agg of numerics': call('array_agg(any)', [N], arrayOf(NUMERIC)),
  'array_agg by another column': call('array_agg(any)', [T], arrayOf(TEXT), { order: by(K, true) }),
  'array_agg of different numerics': call('array_agg(any)', [N], arrayOf(NUMERIC), { distinct: true }),
  string_agg: call('string_agg(text, text)', [T, T], TEXT, { order: by(K) }),
  'string_agg of some rows': call('string_agg(text, text)', [T, T], TEXT, { filter: F }),
  'jsonb_agg in the order of documents': call('jsonb_agg(jsonb)', [J], JSONB),
  'jsonb_agg backwards': call('jsonb_agg(jsonb)', [J], JSONB, { order: by(J, true) }),
  jsonb_agg_strict: call('jsonb_agg_strict(jsonb)', [J], JSONB),
  jsonb_object_agg: call('jsonb_object_agg(text, jsonb)', [T, J], JSONB, { filter: F }),
  'first_value by another column': call('first_value(any)', [T], TEXT, { order: by(K) }),
  'last_value by another column': call('last_value(any)', [T], TEXT, { order: by(K, true) }),
}

for (const [name, own] of Object.entries(CALLS))
  test(`${name}: a query gathers and sorts what a stream keeps in order`, () => {
    const filled = name === 'jsonb_object_agg' ? (row: Row) => row[T] !== null : () => true
    const rows = someRows(LARGE).filter(filled)
    const spec: OperatorSpec = { kind: 'aggregate', groups: [0], calls: [own] }
    const stream = new Harness(spec, [SCHEMA], { appendOnly: true })
    stream.push(0, rows)
    assert.deepEqual(inQuery(spec, rows).rows, stream.barrier())
  })

test('a value made of many rows is made in pieces', () => {
  const rows = Array.from({ length: LARGE }, (_, i): Row => [0, `t${i}`, null, `${i}`, BigInt(i), true])
  for (const own of [CALLS['array_agg by another column']!, CALLS['jsonb_agg backwards']!]) {
    const { steps } = inQuery({ kind: 'aggregate', groups: [], calls: [own] }, rows)
    assert.ok(steps >= (3 * LARGE) / PIECE_ROWS, `${steps} steps`)
  }
})

test('a call without rows is NULL', () => {
  const spec: OperatorSpec = { kind: 'aggregate', groups: [], calls: [CALLS['jsonb_agg backwards']!] }
  assert.deepEqual(inQuery(spec, []).rows, ['[null]'])
})
