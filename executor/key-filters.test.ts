import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../storage/chunk-builder.ts'
import type { GraphNode, JoinType, OperatorSpec } from '../types/job.ts'
import { INT4, INT8 } from '../types/type.ts'
import { keyFilters, ownScans } from './key-filters.ts'
import { RowFilter } from './row-filter.ts'

const schema = [
  { name: 'k', type: INT4 },
  { name: 'v', type: INT4 },
]
const column = (index: number) => ({ kind: 'column' as const, index, type: INT4 })
const scan = (relation: number): OperatorSpec => ({ kind: 'input', relation, schema })
const node = (id: number, spec: OperatorSpec, inputs: readonly number[]): GraphNode => ({
  id,
  spec,
  inputs,
  schema,
  shard: 'any',
  fragment: 1,
})
const join = (type: JoinType, build: 'left' | 'right'): OperatorSpec => ({
  kind: 'join',
  type,
  leftKeys: [0],
  rightKeys: [0],
  nullSafe: [false],
  build,
})
const sum: OperatorSpec = { kind: 'aggregate', groups: [0], calls: [] }
const swapped: OperatorSpec = { kind: 'project', columns: [column(1), column(0)] }

test('a filter goes below the aggregate to the column that holds the key', () => {
  const nodes = [
    node(1, scan(1), []),
    node(2, scan(2), []),
    node(3, swapped, [2]),
    node(4, sum, [3]),
    node(5, join('left', 'left'), [1, 4]),
  ]
  assert.deepEqual(keyFilters({ nodes }), [
    { join: 5, node: 3, port: 0, worked: true, one: false, keys: [0], columns: [1] },
  ])
})

test('rows that are kept or padded for want of a match are not filtered', () => {
  const kinds = [
    ['inner', 'left', 1],
    ['inner', 'right', 1],
    ['semi', 'left', 1],
    ['semi', 'right', 1],
    ['anti', 'left', 1],
    ['anti', 'right', 0],
    ['left', 'left', 1],
    ['left', 'right', 0],
    ['right', 'left', 0],
    ['right', 'right', 1],
    ['full', 'right', 0],
  ] as const
  for (const [type, build, count] of kinds) {
    const nodes: readonly GraphNode[] = [
      node(1, scan(1), []),
      node(2, sum, [1]),
      node(3, scan(2), []),
      node(4, sum, [3]),
      node(5, join(type, build), [2, 4]),
    ]
    assert.equal(keyFilters({ nodes }).length, count, `${type}, gathered: ${build}`)
  }
})

test('what two nodes read each scans by itself, so that both sides need not come at once', () => {
  const nodes = [
    node(1, scan(1), []),
    node(2, sum, [1]),
    node(3, sum, [1]),
    node(4, join('inner', 'right'), [2, 3]),
  ]
  const job = { relation: 0, nodes }
  assert.equal(keyFilters(job)[0]!.node, 2)
  const own = ownScans(job, () => true)
  assert.deepEqual([...own.originals], [[5, 1]])
  assert.deepEqual(
    own.job.nodes.map(({ id, inputs }) => [id, ...inputs]),
    [[1], [2, 1], [5], [3, 5], [4, 2, 3]],
  )
  assert.equal(ownScans(job, () => false).job, job)
})

test('no row with a partner is dropped, and most of the others are', () => {
  const gathered = chunkOf(
    [INT8],
    Array.from({ length: 1000 }, (_, i) => [BigInt(i * 7)]),
  )
  const filter = new RowFilter([0], gathered.columns, gathered.length)
  let kept = 0
  for (let from = 0; from < 70_000; from += 1000) {
    const rows = Array.from({ length: 1000 }, (_, i) => [BigInt(from + i)])
    const found = filter.apply(chunkOf([INT8], rows))
    const values = new Set(found?.columns[0]?.data as BigInt64Array | undefined)
    for (const [value] of rows)
      if (value! < 7000n && value! % 7n === 0n) assert(values.has(value!), `${value}`)
    kept += found?.length ?? 0
  }
  assert(kept >= 1000 && kept < 4000, `${kept} of 70000`)
})
