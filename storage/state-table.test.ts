import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { INT8, NUMERIC, TEXT } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { chunkOf } from './chunk-builder.ts'
import { cellValue } from './column-buffer.ts'
import type { TableSpec } from './contract.ts'
import { StateTable } from './state-table.ts'

const schema = [
  { name: 'k', type: INT8 },
  { name: 't', type: TEXT },
  { name: 'n', type: NUMERIC },
]
const spec = (mode: TableSpec['mode']): TableSpec => ({
  id: '1/1/rows',
  schema,
  mode,
  key: [0],
  shard: [],
  indexes: [
    { kind: 'hash', columns: [1] },
    { kind: 'ordered', prefix: [1], order: [{ column: 0, descending: false, nullsFirst: false }] },
  ],
})

const cell = fc.oneof(fc.constant(null), fc.integer({ min: 0, max: 5 }))
const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), cell, cell, fc.boolean(), fc.boolean()), {
  maxLength: 80,
})
const toRow = ([k, t, n]: readonly [number, number | null, number | null, ...unknown[]]): Value[] => [
  BigInt(k),
  t === null ? null : `text ${'é'.repeat(t)}`,
  n === null ? null : { digits: BigInt(n) * 10n ** BigInt(k % 3), scale: k % 3 },
]
const content = (table: StateTable): string[] => {
  const found: string[] = []
  table.forEachRow(id =>
    found.push(`${[0, 1, 2].map(i => show(table.valueAt(id, i)))} x${table.weights[id]}`),
  )
  return found.sort()
}
const show = (value: Value): string =>
  value !== null && typeof value === 'object' && 'digits' in value
    ? String(Number(value.digits) / 10 ** value.scale)
    : String(value)

for (const mode of ['keyed', 'bag'] as const)
  test(`a ${mode} table equals a map, and the fold of its deltas equals the table`, () => {
    fc.assert(
      fc.property(rows, steps => {
        const table = new StateTable(spec(mode))
        const folded = new StateTable(spec(mode))
        const model = new Map<string, [string, number]>()
        for (const step of steps) {
          const row = toRow(step)
          const chunk = chunkOf(
            schema.map(f => f.type),
            [row],
          )
          const shown = row.map(show).join()
          const name = mode === 'keyed' ? String(row[0]) : shown
          const before = model.get(name)?.[1] ?? 0
          if (mode === 'bag') {
            const weight = step[3] && before > 0 ? -1 : 1
            table.add(chunk, 0, weight)
            model.set(name, [shown, before + weight])
          } else if (step[3]) {
            table.insert(chunk, 0)
            model.set(name, [shown, 1])
          } else {
            const id = table.find(chunk, 0)
            assert.equal(id !== -1, before > 0)
            if (id !== -1) table.remove(id)
            model.delete(name)
          }
          if (model.get(name)?.[1] === 0) model.delete(name)
          if (step[4]) for (const delta of table.seal()?.chunks ?? []) folded.load([delta])
          assert.equal(table.size, model.size)
          const listed: number[] = []
          for (let id = table.first(0, chunk, 0, [1]); id !== -1; id = table.next(0, id)) listed.push(id)
          const ordered: number[] = []
          table
            .orderedIndex(1)
            .rows(chunk, 0, [1])
            ?.walk(id => ordered.push(id) > 0)
          assert.deepEqual(listed.sort(), ordered.toSorted())
          const keys = ordered.map(id => Number(table.valueAt(id, 0)))
          assert.deepEqual(
            keys,
            keys.toSorted((a, b) => a - b),
          )
        }
        assert.deepEqual(content(table), [...model.values()].map(([row, n]) => `${row} x${n}`).sort())
        for (const delta of table.seal()?.chunks ?? []) folded.load([delta])
        assert.deepEqual(content(folded), content(table))
        assert.equal(table.seal(), undefined)
      }),
      { numRuns: 150 },
    )
  })

test('arenas grow, collect garbage and keep every text', () => {
  const table = new StateTable(spec('keyed'))
  const types = schema.map(f => f.type)
  const model = new Map<bigint, string>()
  for (let round = 0; round < 12; round++) {
    for (let i = 0; i < 2000; i++) {
      const key = BigInt((i * 7919 + round * 31) % 3000)
      const chunk = chunkOf(types, [[key, `${'x'.repeat((i + round) % 90)}${i}`, null]])
      const id = table.find(chunk, 0)
      if (id !== -1 && i % 3 === 0) {
        table.remove(id)
        model.delete(key)
      } else {
        table.insert(chunk, 0)
        model.set(key, `${'x'.repeat((i + round) % 90)}${i}`)
      }
    }
    table.seal()
  }
  const found = new Map<bigint, string>()
  for (const chunk of table.scanChunks([0, 1], 100))
    for (let i = 0; i < chunk.length; i++)
      found.set(cellValue(chunk.columns[0]!, i) as bigint, cellValue(chunk.columns[1]!, i) as string)
  assert.deepEqual([...found].sort(), [...model].sort())
  const arena = table.columns[1]!
  assert.ok(arena.garbage * 2 <= arena.used || arena.garbage < 1 << 16)
})

test('a bag keeps 1.0 and 1.00 apart, a bag of merged forms adds them up', () => {
  const decimals = chunkOf([NUMERIC], [[{ digits: 10n, scale: 1 }], [{ digits: 100n, scale: 2 }]])
  const bag = { id: '1/1/rows', schema: [{ name: 'n', type: NUMERIC }], key: [], shard: [], indexes: [] }
  for (const [forms, size] of [
    [{}, 2],
    [{ forms: 'merged' as const }, 1],
  ] as const) {
    const table = new StateTable({ ...bag, ...forms, mode: 'bag' })
    table.add(decimals, 0, 1)
    table.add(decimals, 1, 1)
    assert.equal(table.size, size)
    table.add(decimals, 1, -1)
    assert.deepEqual(table.valueAt(0, 0), { digits: 10n, scale: 1 })
    assert.equal(table.weights[0], 1)
  }
})

test('chunks loaded together fold as one by one, and rows that are gone leave no hole', () => {
  const chunk = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), cell, cell, fc.boolean()), {
    maxLength: 12,
  })
  const types = schema.map(field => field.type)
  fc.assert(
    fc.property(fc.array(chunk, { maxLength: 8 }), fc.boolean(), (chunks, together) => {
      const table = new StateTable(spec('keyed'))
      const model = new Map<string, string>()
      for (const steps of chunks) {
        const weights = steps.map(step => (step[3] ? 1 : -1))
        const loaded = chunkOf(types, steps.map(toRow), weights)
        if (together) table.loadMore(loaded, 40)
        else table.load([loaded])
        for (const step of steps) {
          const row = toRow(step)
          if (step[3]) model.set(String(row[0]), `${row.map(show)} x1`)
          else model.delete(String(row[0]))
        }
      }
      table.loaded()
      assert.deepEqual(content(table), [...model.values()].sort())
      assert.equal(table.size, model.size)
      assert.equal(table.seal(), undefined)
      let listed = 0
      for (const t of [null, 0, 1, 2, 3, 4, 5]) {
        const asked = chunkOf(types, [toRow([0, t, null])])
        for (let id = table.first(0, asked, 0, [1]); id !== -1; id = table.next(0, id)) listed++
      }
      assert.equal(listed, model.size)
      if (together) assert.equal(table.end, table.size)
      table.insert(chunkOf(types, [toRow([11, 1, 1])]), 0)
      assert.ok(table.end <= 11)
    }),
    { numRuns: 300 },
  )
})

test('half a million loaded rows, many of them more than once, are those that came last', () => {
  const table = new StateTable({ ...spec('keyed'), schema: schema.slice(0, 1), indexes: [] })
  const present = new Set<number>()
  let key = 7
  for (let chunk = 0; chunk < 100; chunk++) {
    const keys = Array.from({ length: 5000 }, () => (key = (key * 48271) % 2147483647) % 300_000)
    const weights = keys.map(k => (k % 5 === chunk % 5 ? -1 : 1))
    const rows = keys.map(k => [BigInt(k)])
    table.loadMore(chunkOf([INT8], rows, weights), 0)
    for (const [i, k] of keys.entries()) weights[i] === 1 ? present.add(k) : present.delete(k)
  }
  table.loaded()
  assert.equal(table.size, present.size)
  assert.ok(table.end < 300_000)
  for (let k = 0; k < 300_000; k += 7)
    assert.equal(table.find(chunkOf([INT8], [[BigInt(k)]]), 0) !== -1, present.has(k))
})
