import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Chunk } from '../types/chunk.ts'
import { SqlError } from '../types/error.ts'
import { arrayOf, type Schema, type Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { chunkOf } from './chunk-builder.ts'
import { decodeStateObject, encodeStateObject, type StoredSpec, type TableRows } from './codec.ts'
import { cellValue } from './column-buffer.ts'
import { joined } from './parts.ts'
import { StateObjectReader } from './state-object-reader.ts'
import { StateTable } from './state-table.ts'
import { virtualNodes } from './virtual-nodes.ts'

const PLAIN = { noNullPrototype: true }
const int64: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-300n, 300n),
  fc.constant(2n ** 52n),
)
const decimal = fc.oneof(
  fc.record({ digits: fc.bigInt(-(2n ** 200n), 2n ** 200n), scale: fc.nat(16383) }, PLAIN),
  fc.record({ digits: int64, scale: fc.nat(20) }, PLAIN),
  fc
    .constantFrom('NaN', 'Infinity', '-Infinity')
    .map(special => ({ digits: 0n, scale: 0, special }) as Value),
)
const interval = fc.record({ months: fc.integer(), days: fc.integer(), micros: int64 }, PLAIN)
/** Not of fast-check's own class of arrays. */
const octets: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 60 }).map(bytes => Uint8Array.from(bytes))
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const orNull = (value: fc.Arbitrary<Value>): fc.Arbitrary<Value> => fc.option(value)
const STRUCT: Type = {
  name: 'struct',
  fields: [
    { name: 'a', type: { name: 'int8' } },
    { name: 'b', type: arrayOf({ name: 'text' }) },
    { name: 'c', type: { name: 'bytea' } },
  ],
}
/** Every physical form, with values of it. */
const COLUMNS: readonly (readonly [Type, fc.Arbitrary<Value>])[] = [
  [{ name: 'bool' }, fc.boolean()],
  [{ name: 'int4' }, fc.integer()],
  [{ name: 'int8' }, int64],
  [{ name: 'timestamptz' }, fc.bigInt(1_700_000_000_000_000n, 1_700_000_001_000_000n)],
  [{ name: 'float8' }, fc.double()],
  [{ name: 'text' }, text],
  [{ name: 'bytea' }, octets],
  [{ name: 'numeric' }, decimal],
  [{ name: 'interval' }, interval],
  [arrayOf(arrayOf({ name: 'int4' })), fc.array(fc.array(fc.option(fc.integer())), { maxLength: 3 })],
  [arrayOf({ name: 'float8' }), fc.array(fc.double(), { maxLength: 3 })],
  [
    { name: 'vector' },
    fc.array(
      fc.float({ noNaN: true, noDefaultInfinity: true }).map(v => v + 0),
      { minLength: 1, maxLength: 5 },
    ),
  ],
  [{ name: 'bit' }, fc.array(fc.constantFrom('0', '1'), { maxLength: 20 }).map(bits => bits.join(''))],
  [{ name: 'json' }, fc.json().map(text => ` ${text}`)],
  [{ name: 'variant' }, fc.integer().map(n => `{"int32": ${n}}`)],
  [STRUCT, fc.tuple(orNull(int64), orNull(fc.array(orNull(text), { maxLength: 3 })), orNull(octets))],
]
const SCHEMA: Schema = COLUMNS.map(([type], i) => ({ name: `c${i}`, type }))
const TYPES = SCHEMA.map(field => field.type)
const row = fc.tuple(...COLUMNS.map(([, value]) => fc.option(value, { freq: 6 })))
const weight = fc.oneof(
  fc.constant(1),
  fc.integer({ min: -3, max: 3 }).filter(w => w !== 0),
)
const chunks = fc.array(fc.array(fc.tuple(row, weight), { maxLength: 12 }), { maxLength: 4 })

test('rows of every type come back as they were, in the order given', async () => {
  await fc.assert(
    fc.asyncProperty(chunks, fc.subarray([0, 1, 2, 5, 7, 9]), async (groups, shard) => {
      const spec = bag(shard)
      const given = groups.map(rows =>
        chunkOf(
          TYPES,
          rows.map(([values]) => values),
          rows.map(([, w]) => w),
        ),
      )
      const body = await encoded([{ spec, epoch: 7, chunks: given }])
      const read = [...decodeStateObject(body, 'k')]
      assert.ok(read.every(({ epoch, spec }) => epoch === 7 && spec.mode === 'bag'))
      assert.deepEqual(
        read.flatMap(({ chunk }) => rowsOf(chunk)),
        given.flatMap(rowsOf),
      )
    }),
    { numRuns: 150 },
  )
})

test('of rows in the order of their virtual nodes a filter gives just the wanted ones', async () => {
  const rows = Array.from({ length: 70_000 }, (_, i) => [BigInt(i), `t${i}`])
  const given = chunkOf([{ name: 'int8' }, { name: 'text' }], rows)
  const spec: StoredSpec = { id: '1/2/x', mode: 'bag', key: [], shard: [0] }
  const table = new StateTable(
    { ...spec, schema: given.columns.map(({ type }, i) => ({ name: `c${i}`, type })), indexes: [] },
    false,
  )
  table.load([given])
  const delta = { spec, epoch: 1, chunks: table.scanByVirtualNode(1000), ordered: true }
  const reader = StateObjectReader.open(await encoded([delta]), 'k')
  let last = 0
  for (const { chunk } of reader.read('1/2/x')) {
    const nodes = new Uint8Array(chunk.length)
    virtualNodes(chunk, [0], nodes)
    for (const node of nodes) {
      assert.ok(node >= last)
      last = node
    }
  }
  assert.equal(last, 255)
  let count = 0
  for (const [from, to] of [
    [0, 17],
    [17, 18],
    [18, 250],
    [250, 256],
  ] as const) {
    for (const { chunk } of reader.read('1/2/x', { vnodes: { from, to } })) {
      const nodes = new Uint8Array(chunk.length)
      virtualNodes(chunk, [0], nodes)
      assert.ok(nodes.every(node => node >= from && node < to))
      assert.equal(cellValue(chunk.columns[1]!, 0), `t${cellValue(chunk.columns[0]!, 0)}`)
      count += chunk.length
    }
  }
  assert.equal(count, rows.length)
})

test('a deletion and an insertion of one key keep their order though the shard column is not in the key', async () => {
  const rows = Array.from({ length: 200 }, (_, i) => [
    [1n, null],
    [1n, BigInt(i)],
  ]).flat()
  const given = chunkOf(
    [{ name: 'int8' }, { name: 'int8' }],
    rows,
    rows.map((_, i) => (i % 2 === 0 ? -1 : 1)),
  )
  const spec: StoredSpec = { id: '1/2/x', mode: 'keyed', key: [0], shard: [1] }
  const read = [...decodeStateObject(await encoded([{ spec, epoch: 1, chunks: [given] }]), 'k')]
  assert.deepEqual(
    read.flatMap(({ chunk }) => rowsOf(chunk)),
    rowsOf(given),
  )
})

test('the index tells tables, epochs, rows and schemas; an empty object has none', async () => {
  const chunk = chunkOf(TYPES, [TYPES.map(() => null)])
  const reader = StateObjectReader.open(
    await encoded([
      { spec: bag([]), epoch: 3, chunks: [chunk, chunk] },
      { spec: bag([]), epoch: 4, chunks: [chunk] },
      { spec: { ...bag([]), id: '9/9/y' }, epoch: 4, chunks: [] },
    ]),
    'k',
  )
  const [table, ...others] = reader.tables()
  assert.deepEqual(others, [])
  assert.deepEqual(table!.epochs, [3, 4])
  assert.equal(table!.rows, 3)
  assert.deepEqual(table!.spec.schema, SCHEMA)
  assert.deepEqual([...reader.read('none')], [])
  assert.deepEqual(StateObjectReader.open(await encoded([]), 'k').tables(), [])
})

test('every flipped bit and every cut is told with the name of the object', async () => {
  const rows = fc.sample(row, { numRuns: 8, seed: 5 })
  const body = await encoded([
    { spec: bag([1]), epoch: 1, chunks: [chunkOf(TYPES, rows)] },
    { spec: { ...bag([]), id: '2/0/small' }, epoch: 1, chunks: [chunkOf(TYPES, rows.slice(0, 1))] },
  ])
  const refused = (bytes: Uint8Array): void =>
    assert.throws(
      () => [...decodeStateObject(bytes, 'state/42')],
      (error: unknown) =>
        error instanceof SqlError && error.sqlstate === 'XX001' && error.message.includes('state/42'),
    )
  for (let bit = 0; bit < body.length * 8; bit++) {
    const bent = Uint8Array.from(body)
    bent[bit >> 3]! ^= 1 << (bit & 7)
    refused(bent)
  }
  for (let length = 0; length < body.length; length += 7) refused(body.slice(0, length))
})

function bag(shard: readonly number[]): StoredSpec {
  return { id: '1/2/x', mode: 'bag', key: [], shard, schema: SCHEMA }
}

function rowsOf(chunk: Chunk): Value[][] {
  return Array.from({ length: chunk.length }, (_, i) => [
    chunk.weights[i]!,
    ...chunk.columns.map(column => cellValue(column, i)),
  ])
}

async function encoded(deltas: readonly TableRows[]): Promise<Uint8Array> {
  return joined((await encodeStateObject(deltas)).parts)
}
