import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { GraphNode, OperatorSpec } from '../../types/job.ts'
import { INT4, type Schema } from '../../types/type.ts'
import { batchGraph } from '../batch-graph.ts'

const schema: Schema = [
  { name: 'key', type: INT4 },
  { name: 'came', type: INT4 },
]
const ROWS = 20_000

function sorted(keys: readonly number[], spec: Extract<OperatorSpec, { kind: 'sort' }>) {
  const rest = { schema, shard: [], fragment: 0 }
  const nodes: GraphNode[] = [
    { id: 0, inputs: [], spec: { kind: 'source', relation: 1, schema }, ...rest },
    { id: 1, inputs: [0], spec, ...rest },
  ]
  const rows: unknown[][] = []
  const graph = batchGraph(
    { relation: 0, nodes },
    1,
    () => 0,
    chunk => {
      for (let row = 0; row < chunk.length; row++)
        rows.push(chunk.columns.map(column => cellValue(column, row)))
    },
  )
  const types = schema.map(field => field.type)
  let held = 0
  for (let from = 0; from < keys.length; from += 1000) {
    graph.receive(
      0,
      chunkOf(
        types,
        keys.slice(from, from + 1000).map((key, i) => [key, from + i]),
      ),
    )
    held = Math.max(held, graph.bytes)
  }
  graph.finish(0)
  graph.complete(1, 0)
  while (graph.step());
  return { rows, held }
}

for (const [name, keyOf] of [
  ['rising', (i: number) => i],
  ['falling', (i: number) => -i],
  ['mixed, with equal ones', (i: number) => (i * 7919) % 501],
] as const)
  for (const [offset, limit] of [
    [0, 10],
    [100, 2000],
    [0, 5000],
  ] as const)
    test(`the first rows of an order are those of the whole sort: keys ${name}, ${limit} from ${offset} on`, () => {
      const keys = Array.from({ length: ROWS }, (_, i) => keyOf(i))
      const order = [{ column: 0, descending: false, nullsFirst: false }]
      const few = sorted(keys, { kind: 'sort', order, offset, limit, withTies: false })
      const all = sorted(keys, { kind: 'sort', order, offset: 0, withTies: false })
      assert.deepEqual(few.rows, all.rows.slice(offset, offset + limit))
      if (limit < 100) assert(few.held * 3 < all.held, `${few.held} of ${all.held} bytes`)
    })

test('LIMIT without an order keeps so many rows as they come', () => {
  const keys = Array.from({ length: ROWS }, (_, i) => i)
  const few = sorted(keys, { kind: 'sort', order: [], offset: 5, limit: 3, withTies: false })
  assert.deepEqual(
    few.rows.map(([key]) => key),
    [5, 6, 7],
  )
  assert(few.held < 10_000, `${few.held} bytes`)
})
