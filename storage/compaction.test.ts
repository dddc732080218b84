import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Schema } from '../types/type.ts'
import { chunkOf } from './chunk-builder.ts'
import type { TableRows } from './codec.ts'
import { cellValue } from './column-buffer.ts'
import { type Merge, mergeObjects, pastObjects, pickCompaction, type Tables } from './compaction.ts'
import type { StateObject, TableMode, Version } from './contract.ts'
import { memoryStore } from './memory-store.ts'
import { loadObjects, uploadObject } from './state-objects.ts'
import { decodeRows } from './stored-rows.ts'
import { emptyVersion } from './version.ts'

const SCHEMA: Schema = [
  { name: 'k', type: { name: 'int8' } },
  { name: 'v', type: { name: 'text' } },
]
const TYPES = SCHEMA.map(field => field.type)
type Change = readonly [key: bigint, value: string, weight: 1 | -1]

const change: fc.Arbitrary<Change> = fc.tuple(
  fc.bigInt(0n, 5n),
  fc.constantFrom('a', 'b', 'c'),
  fc.constantFrom(1, -1),
)
const history = fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 12 })

for (const mode of ['keyed', 'bag', 'append', 'log'] as const) {
  test(`compaction of any neighbours keeps what a ${mode} table folds to`, async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.nat(11), fc.nat(11), fc.nat(12), async (epochs, a, b, cursor) => {
        const store = memoryStore()
        const objects: StateObject[] = []
        for (const [i, changes] of epochs.entries()) {
          const object = await uploadObject(store, `state/${i + 1}-w-1`, [rowsOfEpoch(mode, i + 1, changes)])
          if (object !== undefined) objects.push(object)
        }
        const from = Math.min(a, b, objects.length)
        const to = Math.min(Math.max(a, b) + 1, objects.length)
        const merge: Merge = { objects: objects.slice(from, to), fold: from === 0 }
        const rows = await mergeObjects(store, merge, tablesOf(cursor))
        const merged = await uploadObject(store, 'state/merged-w-2', rows)
        const after = [
          ...objects.slice(0, from),
          ...(merged === undefined ? [] : [merged]),
          ...objects.slice(to),
        ]
        assert.deepEqual(
          await content(store, mode, after, cursor),
          await content(store, mode, objects, cursor),
        )
        if (mode === 'keyed' && from === 0 && to === objects.length && merged !== undefined)
          assert.equal(merged.tables['1/0/rows'], (await content(store, mode, after, cursor)).length)
      }),
      { numRuns: 150 },
    )
  })
}

test('epochs of a log that every reader passed are left out, an object with nothing else is not written', async () => {
  const store = memoryStore()
  const objects: StateObject[] = []
  for (let epoch = 1; epoch <= 4; epoch++)
    objects.push(
      (await uploadObject(store, `state/${epoch}-w-1`, [rowsOfEpoch('log', epoch, [[1n, 'a', 1]])]))!,
    )
  const merge: Merge = { objects, fold: true }
  const kept = await mergeObjects(store, merge, tablesOf(2))
  assert.deepEqual(
    kept.filter(({ chunks }) => [...chunks].length > 0).map(({ epoch }) => epoch),
    [3, 4],
  )
  const none = await mergeObjects(store, merge, tablesOf(4))
  assert.equal(await uploadObject(store, 'state/x-w-2', none), undefined)
})

test('large blocks of an append table go on as they are, small ones become one', async () => {
  const store = memoryStore()
  const changes = (from: number, count: number): Change[] =>
    Array.from({ length: count }, (_, i) => [BigInt(from + i), `text ${from + i}`, 1])
  const objects: StateObject[] = []
  for (const [i, part] of [changes(0, 20_000), changes(20_000, 5), changes(20_005, 7)].entries())
    objects.push((await uploadObject(store, `state/${i + 1}-w-1`, [rowsOfEpoch('append', i + 1, part)]))!)
  const merge: Merge = { objects, fold: true }
  const [whole, joined] = await mergeObjects(store, merge, tablesOf(0))
  assert.deepEqual(
    whole!.blocks!.map(({ rows }) => rows),
    [20_000],
  )
  assert.equal(
    [...joined!.chunks].reduce((sum, chunk) => sum + chunk.length, 0),
    12,
  )
  const merged = await uploadObject(store, 'state/merged-w-2', [whole!, joined!])
  assert.deepEqual(await content(store, 'append', [merged!], 0), await content(store, 'append', objects, 0))
})

test('dropped tables are neither merged nor loaded', async () => {
  const store = memoryStore()
  const rows = rowsOfEpoch('bag', 1, [[1n, 'a', 1]])
  const other = { ...rows, spec: { ...rows.spec, id: '2/0/rows' } }
  const object = (await uploadObject(store, 'state/1-w-1', [rows, other]))!
  const merged = await mergeObjects(
    store,
    { objects: [object], fold: true },
    { mode: t => (t === '1/0/rows' ? undefined : 'bag'), cursor: () => 0 },
  )
  assert.deepEqual(
    merged.map(({ spec }) => spec.id),
    ['2/0/rows'],
  )
  const seen: string[] = []
  const without = { ...object, tables: { '2/0/rows': 1 } }
  await loadObjects(store, version([without]), ({ table }) => void seen.push(table))
  assert.deepEqual(seen, ['2/0/rows'])
})

test('of ten thousand epochs few objects are left, and each byte is rewritten a few times', () => {
  let objects: StateObject[] = []
  let rewritten = 0
  const epochs = 10_000
  for (let epoch = 1; epoch <= epochs; epoch++) {
    objects.push({ key: `${epoch}`, size: 10_000, tables: {}, from: epoch, to: epoch })
    const merge = pickCompaction(version(objects), tablesOf(0))
    if (merge === undefined) continue
    const size = merge.objects.reduce((sum, object) => sum + object.size, 0)
    rewritten += size
    const keys = new Set(merge.objects.map(object => object.key))
    const { from } = merge.objects[0]!
    const rest = objects.filter(object => !keys.has(object.key))
    objects = [...rest, { key: `m${epoch}`, size, tables: {}, from, to: epoch }]
    assert.equal(merge.fold, rest.length === 0)
  }
  assert.ok(objects.length <= 40, `${objects.length} objects`)
  assert.ok(rewritten / (epochs * 10_000) < 8, `${rewritten / (epochs * 10_000)} times`)
})

test('objects that hold nothing but delivered epochs and dropped tables go without being read', () => {
  const object = (key: string, to: number, ...held: readonly string[]): StateObject => ({
    key,
    size: 1,
    tables: Object.fromEntries(held.map(id => [id, 1])),
    from: 1,
    to,
  })
  const objects = [
    object('delivered', 5, '1/0/log'),
    object('half', 6, '1/0/log'),
    object('with state', 5, '1/0/log', '2/0/rows'),
    object('with a dropped table', 5, '1/0/log', '3/0/rows'),
  ]
  const tables: Tables = {
    mode: id => (id === '1/0/log' ? 'log' : id === '2/0/rows' ? 'keyed' : undefined),
    cursor: id => (id === '1/0/log' ? 5 : 0),
  }
  assert.deepEqual(
    pastObjects(version(objects), tables).map(({ key }) => key),
    ['delivered', 'with a dropped table'],
  )
})

test('large objects of logs alone are not merged, those with state among them are', () => {
  const objects = (held: string): StateObject[] =>
    Array.from({ length: 8 }, (_, i) => ({
      key: `${i}`,
      size: 5 << 20,
      tables: { [held]: 1 },
      from: i,
      to: i,
    }))
  const tables: Tables = { mode: id => (id === '1/0/log' ? 'log' : 'keyed'), cursor: () => 0 }
  assert.equal(pickCompaction(version(objects('1/0/log')), tables), undefined)
  assert.equal(pickCompaction(version(objects('2/0/rows')), tables)?.objects.length, 8)
})

test('a missing object is told with its name', async () => {
  const store = memoryStore()
  const object = (await uploadObject(store, 'state/1-w-1', [rowsOfEpoch('bag', 1, [[1n, 'a', 1]])]))!
  await store.delete([object.key])
  await assert.rejects(
    loadObjects(store, version([object]), () => {}),
    /object state\/1-w-1 is missing/,
  )
})

function tablesOf(cursor: number): Tables {
  return { mode: () => 'bag', cursor: () => cursor }
}

function version(objects: readonly StateObject[]): Version {
  return { ...emptyVersion('b'), objects }
}

/** In a keyed table one key changes once an epoch; append and log tables only grow. */
function rowsOfEpoch(mode: TableMode, epoch: number, changes: readonly Change[]): TableRows {
  const own = mode === 'keyed' ? [...new Map(changes.map(c => [c[0], c])).values()] : changes
  const grows = mode === 'append' || mode === 'log'
  const chunk = chunkOf(
    TYPES,
    own.map(([k, v, weight]) => [k, mode === 'keyed' && weight < 0 ? null : v]),
    own.map(([, , weight]) => (grows ? 1 : weight)),
  )
  return {
    spec: { id: '1/0/rows', mode, key: mode === 'keyed' ? [0] : [], shard: [0], schema: SCHEMA },
    epoch,
    chunks: [chunk],
  }
}

async function content(
  store: ReturnType<typeof memoryStore>,
  mode: TableMode,
  objects: readonly StateObject[],
  cursor: number,
): Promise<string[]> {
  const rows = new Map<string, number>()
  const listed: string[] = []
  await loadObjects(store, version(objects), stored => {
    const { epoch } = stored
    const chunk = decodeRows(stored)
    for (let i = 0; i < chunk.length; i++) {
      const [k, v] = chunk.columns.map(column => cellValue(column, i))
      const weight = chunk.weights[i]!
      if (mode === 'keyed') {
        for (const row of rows.keys()) if (row.startsWith(`${k} `)) rows.delete(row)
        if (weight > 0) rows.set(`${k} ${v}`, 1)
      } else if (mode === 'bag') rows.set(`${k} ${v}`, (rows.get(`${k} ${v}`) ?? 0) + weight)
      else if (epoch <= cursor) continue
      else if (mode === 'append') listed.push(`${k} ${v}`)
      else listed.push(`${epoch} ${k} ${v}`)
    }
  })
  for (const [row, weight] of rows) if (weight !== 0) listed.push(`${row} ${weight}`)
  return listed.sort()
}
