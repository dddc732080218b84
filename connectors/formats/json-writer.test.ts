import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { encoder } from './encoder.ts'
import { JsonBytes, rowWriter } from './json-writer.ts'
import { RowWriter } from './row-writer.ts'
import { rowJson } from './to-json.ts'

const RUNS = Number(process.env['WEIR_CASES'] ?? 500)
const names = ['bool', 'int2', 'int4', 'int8', 'float8', 'numeric', 'text', 'jsonb', 'json', 'bytea'] as const
const more = ['date', 'time', 'timestamp', 'timestamptz'] as const
const schema: Schema = [...names, ...more].map(name => ({ name: `"${name}é`, type: { name } }))
const int = (bits: bigint) => fc.bigInt({ min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n })
// The years 1 to 9999, all that PostgreSQL has, and the infinities.
const edges = fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n), 2n ** 53n - 1n, -1n)
const common = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n })
const micros = fc.oneof(
  edges,
  common,
  fc.bigInt({ min: -210_866_803_200_000_000n, max: 9_223_371_331_199_999_999n }),
)
const long = fc.oneof(edges, int(64n), int(54n), int(20n))
const decimal = fc.oneof(
  fc.record({ digits: fc.oneof(int(100n), int(54n), int(20n)), scale: fc.integer({ min: 0, max: 20 }) }),
  fc.constant({ digits: 0n, scale: 0, special: 'NaN' as const }),
)
const text = fc.string({ unit: 'binary', maxLength: 20 }).map(s => s.toWellFormed())
const cells: fc.Arbitrary<Value>[] = [
  fc.boolean(),
  int(16n).map(Number),
  int(32n).map(Number),
  long,
  fc.double(),
  decimal,
  fc.oneof(text, fc.string()),
  fc.json(),
  fc.json().map(document => ` ${document}`),
  fc.uint8Array({ maxLength: 5 }),
  fc.oneof(fc.integer({ min: -719162, max: 2932896 }), fc.integer({ min: -2440588, max: 2145031948 })),
  fc.bigInt({ min: 0n, max: 86_399_999_999n }),
  micros,
  micros,
]
const row = fc.tuple(...cells.map(cell => fc.oneof({ weight: 9, arbitrary: cell }, fc.constant(null))))

test(`rows written from columns are what values printed one by one give, ${RUNS} random chunks`, () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), fc.subarray([0, 3, 5, 6, 11]), (rows, only) => {
      const writer = new RowWriter(schema, 1)
      for (const values of rows) writer.push(values, 1)
      const chunk = writer.chunk()
      const out = new JsonBytes()
      const [all, some] = [rowWriter(out, chunk, schema), rowWriter(out, chunk, schema, only)]
      rows.forEach((_, i) => {
        all(i)
        assert.equal(out.take().toString(), rowJson(chunk, i, schema))
        some(i)
        assert.equal(out.take().toString(), rowJson(chunk, i, schema, only))
      })
    }),
    { numRuns: RUNS },
  )
})

test('what was taken stays as it is while more is written than a block holds', () => {
  const out = new JsonBytes()
  const texts = Array.from({ length: 40 }, (_, i) => String(i % 10).repeat(i * 1500))
  const taken = texts.map(text => {
    for (const half of [text.slice(0, text.length / 2), text.slice(text.length / 2)]) out.text(half)
    return out.take()
  })
  assert.deepEqual(taken.map(String), texts)
})

test('an epoch gives upserts and debezium changes by key, and only additions when append-only is forced', () => {
  const two: Schema = [
    { name: 'id', type: { name: 'int4' } },
    { name: 'v', type: { name: 'text' } },
  ]
  const writer = new RowWriter(two)
  const changes = [
    [1, 'new', 1],
    [1, 'old', -1],
    [2, 'gone', -1],
    [3, 'twice', 2],
  ] as const
  for (const [id, v, weight] of changes) writer.push([id, v], weight)
  const chunk = writer.chunk()
  const encoded = (name: string, options = {}) => {
    const format = { format: name, encode: 'json', options }
    const encode = encoder({ schema: two, key: [0], appendOnly: false, format })
    return [...encode([chunk])].map(({ key, value }) => [String(key), value === null ? null : String(value)])
  }
  assert.deepEqual(encoded('upsert'), [
    ['{"id":1}', '{"id":1,"v":"new"}'],
    ['{"id":2}', null],
    ['{"id":3}', '{"id":3,"v":"twice"}'],
  ])
  const payload = (before: string, after: string, op: string) =>
    `{"payload":{"before":${before},"after":${after},"op":"${op}"}}`
  assert.deepEqual(encoded('debezium'), [
    ['{"payload":{"id":1}}', payload('{"id":1,"v":"old"}', '{"id":1,"v":"new"}', 'u')],
    ['{"payload":{"id":2}}', payload('{"id":2,"v":"gone"}', 'null', 'd')],
    ['{"payload":{"id":3}}', payload('null', '{"id":3,"v":"twice"}', 'c')],
  ])
  const added = ['{"id":3}', '{"id":3,"v":"twice"}']
  assert.deepEqual(encoded('plain', { force_append_only: 'true' }), [
    ['{"id":1}', '{"id":1,"v":"new"}'],
    added,
    added,
  ])
  assert.throws(() => encoded('plain'), /the sink is not append-only/)
})
