import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../storage/chunk-builder.ts'
import type { GraphNode, OperatorSpec } from '../types/job.ts'
import { INT8, NUMERIC, type Schema } from '../types/type.ts'
import { batchGraph } from './batch-graph.ts'

const ROWS = 20_000
const PIECE_ROWS = 2048
const number: Schema = [{ name: 'n', type: INT8 }]
const order = [{ column: 0, descending: true, nullsFirst: false }]
const frame = {
  unit: 'rows',
  start: { at: 'unbounded preceding' },
  end: { at: 'current row' },
  exclude: 'none',
} as const
const whole = { ...frame, end: { at: 'unbounded following' } } as const
const window = { kind: 'window' as const, fn: 'row_number', args: [], frame, type: INT8 }
const sum = { kind: 'aggregate' as const, fn: 'sum(int8)', args: [0], frame, type: NUMERIC }

const specs: Readonly<Record<string, OperatorSpec>> = {
  'GROUP BY': { kind: 'aggregate', groups: [0], calls: [] },
  'a window function of many partitions': { kind: 'window', partition: [0], order, calls: [window] },
  'a window function of one partition': {
    kind: 'window',
    partition: [],
    order,
    calls: [window, { ...window, frame: whole }],
  },
  'a running sum': { kind: 'window', partition: [], order, calls: [sum] },
  'top-N of many partitions': { kind: 'top-n', partition: [0], order, offset: 0, limit: 2, withTies: false },
  'top-N of one partition': {
    kind: 'top-n',
    partition: [],
    order,
    offset: 0,
    limit: ROWS,
    withTies: false,
    rank: 'rank',
  },
  EXCEPT: { kind: 'set-operation', operation: 'except', all: true },
  'a full join': { kind: 'join', type: 'full', leftKeys: [0], rightKeys: [0], nullSafe: [false] },
}

for (const [name, spec] of Object.entries(specs))
  test(`${name}: what a query says when its rows have come leaves in pieces`, () => {
    const two = spec.kind === 'set-operation' || spec.kind === 'join'
    const input: OperatorSpec = { kind: 'input', relation: 1, schema: number }
    const rest = { schema: number, shard: [], fragment: 0 }
    const nodes: GraphNode[] = [
      { id: 0, inputs: [], spec: input, ...rest },
      { id: 1, inputs: [], spec: input, ...rest },
      { id: 2, inputs: two ? [0, 1] : [0], spec, ...rest },
    ]
    let emitted = 0
    const graph = batchGraph(
      { relation: 0, nodes },
      1,
      () => 0,
      chunk => {
        emitted += chunk.length
      },
    )
    const build = spec.kind === 'join' ? 1 : 0
    for (let row = 0; row < ROWS; row += 1000) {
      const rows = Array.from({ length: 1000 }, (_, i) => [BigInt(row + i)])
      graph.receive(build, chunkOf([INT8], rows))
    }
    while (graph.step());
    for (const port of two ? [1, 0] : [0]) graph.complete(2, port)
    while (graph.step());
    assert.equal(emitted, 0)
    graph.finish(2)
    let steps = 0
    for (let before = emitted, more = true; more; before = emitted, steps++) {
      more = graph.step()
      assert.ok(emitted - before <= 2 * PIECE_ROWS, `${emitted - before} rows in one step`)
    }
    assert.equal(emitted, ROWS)
    assert.ok(steps >= ROWS / PIECE_ROWS / 2, `${steps} steps`)
  })
