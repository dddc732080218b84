import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseText } from '../../types/text-io.ts'
import {
  DATE,
  INT4,
  INT8,
  INTERVAL,
  JSON_TEXT,
  JSONB,
  NUMERIC,
  TEXT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
  TIMETZ,
} from '../../types/type.ts'
import { decoder } from './decoder.ts'
import { encoder } from './encoder.ts'
import { RowWriter } from './row-writer.ts'

const bytes = (text: string) => Buffer.from(text)
const json = { format: 'plain', encode: 'json', options: {} }

test('JSON keeps every digit of integers and numerics, and canonical jsonb', () => {
  const schema = [
    { name: 'a', type: INT8 },
    { name: 'b', type: NUMERIC },
    { name: 'c', type: JSONB },
    { name: 'd', type: TEXT },
  ]
  const decode = decoder(schema, [], json)
  const value = '{"a":9007199254740993,"b":1.10,"c":{"bb":1,"a":[1,{"__proto__":2}]}}'
  const [decoded] = decode(null, bytes(value))
  assert.deepEqual(decoded!.row, [
    9007199254740993n,
    { digits: 110n, scale: 2 },
    '{"a": [1, {"__proto__": 2}], "bb": 1}',
    null,
  ])
})

test('a json column keeps the order of members and the digits of a record, and is written as a text', () => {
  const schema = [{ name: 'j', type: JSON_TEXT }]
  const [decoded] = decoder(schema, [], json)(null, bytes('{"j": {"bb": 1.50, "a": [1e2, null]}}'))
  assert.deepEqual(decoded!.row, ['{"bb":1.50,"a":[1e2,null]}'])
  const writer = new RowWriter(schema)
  writer.push(decoded!.row, 1)
  const encode = encoder({ schema, key: [], appendOnly: true, format: json })
  const written = String([...encode([writer.chunk()])][0]!.value)
  assert.equal(written, JSON.stringify({ j: '{"bb":1.50,"a":[1e2,null]}' }))
})

test('records that do not fit are refused', () => {
  const decode = decoder([{ name: 'a', type: INT4 }], [], json)
  for (const bad of ['{"a":2147483648}', '{"a":1.5}', '{"a":true}', '{"a":"x"}', '{', '5']) {
    assert.throws(() => decode(null, bytes(bad)), { name: 'SqlError' })
  }
})

test('timestamps are read with their zone and written in UTC', () => {
  const schema = [
    { name: 'a', type: TIMESTAMP },
    { name: 'b', type: TIMESTAMPTZ },
  ]
  const decode = decoder(schema, [], json)
  const [decoded] = decode(null, bytes('{"a":"2026-01-01 00:00:00.5","b":"2026-01-01T01:00:00+01:00"}'))
  const writer = new RowWriter(schema)
  writer.push(decoded!.row, 1)
  const encode = encoder({ schema, key: [], appendOnly: true, format: json })
  assert.equal(
    String([...encode([writer.chunk()])][0]!.value),
    '{"a":"2026-01-01 00:00:00.500000","b":"2026-01-01T00:00:00.000000Z"}',
  )
})

test('times that no Date holds are written, with their era, and read again', () => {
  const schema = [
    { name: 'a', type: TIMESTAMP },
    { name: 'b', type: TIMESTAMPTZ },
    { name: 'c', type: DATE },
    { name: 'd', type: TIME },
  ]
  const writer = new RowWriter(schema)
  const row = [9_223_371_331_199_999_999n, -63_517_824_000_000_000n, 2_145_031_948, 86_400_000_000n]
  writer.push(row, 1)
  const encode = encoder({ schema, key: [], appendOnly: true, format: json })
  const written = String([...encode([writer.chunk()])][0]!.value)
  assert.equal(
    written,
    '{"a":"294247-01-01 23:59:59.999999","b":"0044-03-15T00:00:00.000000Z BC","c":"5874868-01-01","d":"24:00:00.000000"}',
  )
  const read = (record: string) => decoder(schema, [], json)(null, bytes(record))[0]!.row
  assert.deepEqual(read(written), row)
  assert.deepEqual(
    read('{"a":"0044-03-15 00:00:00","b":"infinity","c":"0044-03-15 BC","d":"10:00"}'),
    [-60_772_291_200_000_000n, 2n ** 63n - 1n, -735_160, 36_000_000_000n],
    'a year of the first century is that year',
  )
})

test('intervals and times with a zone are read as they are written', () => {
  const schema = [
    { name: 'a', type: INTERVAL },
    { name: 'b', type: TIMETZ },
  ]
  const row = [{ months: -14, days: 3, micros: -1_500_000n }, parseText(TIMETZ, '10:00:00.5+01:30')]
  const writer = new RowWriter(schema)
  writer.push(row, 1)
  const [record] = encoder({ schema, key: [], appendOnly: true, format: json })([writer.chunk()])
  assert.equal(String(record!.value), '{"a":"P-1Y-2M3DT0H0M-1.500000S","b":"10:00:00.5+01:30"}')
  assert.deepEqual(decoder(schema, [], json)(null, record!.value)[0]!.row, row)
})

test('an update becomes one debezium record and is read back as delete and insert', () => {
  const schema = [
    { name: 'id', type: INT4 },
    { name: 'v', type: TEXT },
  ]
  const format = { format: 'debezium', encode: 'json', options: {} }
  const writer = new RowWriter(schema)
  writer.push([1, 'new'], 1)
  writer.push([1, 'old'], -1)
  const [record] = [...encoder({ schema, key: [0], appendOnly: false, format })([writer.chunk()])]
  assert.deepEqual(decoder(schema, [0], format)(null, record!.value), [
    { row: [1, 'old'], weight: -1 },
    { row: [1, 'new'], weight: 1 },
  ])
})

test('CSV cells may be quoted, and an empty number is NULL', () => {
  const schema = [
    { name: 'a', type: TEXT },
    { name: 'b', type: INT4 },
    { name: 'c', type: TEXT },
  ]
  const decode = decoder(schema, [], { format: 'plain', encode: 'csv', options: {} })
  assert.deepEqual(decode(null, bytes('"x,""y""",,z\n'))[0]!.row, ['x,"y"', null, 'z'])
})
