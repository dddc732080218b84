import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SqlError } from '../../types/error.ts'
import type { Schema, TypeName } from '../../types/type.ts'
import { rowsOf } from './chunk-rows.ts'
import { decoder, recordDecoder } from './decoder.ts'
import { jsonRecord } from './json-record.ts'
import { RowWriter } from './row-writer.ts'

const RUNS = Number(process.env['WEIR_CASES'] ?? 600)
const json = { format: 'plain', encode: 'json', options: {} }
const names: TypeName[] = [
  'bool',
  'int2',
  'int4',
  'int8',
  'oid',
  'float4',
  'float8',
  'numeric',
  'text',
  'bytea',
]
const more: TypeName[] = ['date', 'time', 'timestamp', 'timestamptz', 'uuid', 'jsonb']
const struct = { name: 'struct', fields: [{ name: 'x', type: { name: 'int4' } }] } as const
const schema: Schema = [
  ...[...names, ...more].map(name => ({ name, type: { name } })),
  { name: 'Quoted', type: { name: 'text' } },
  { name: 'ключ', type: { name: 'int4' } },
  { name: 'list', type: { name: 'array', element: { name: 'int8' } } },
  { name: 'struct', type: struct },
]

type Outcome = readonly unknown[] | { readonly error: string; readonly condition: string }

function outcome(run: () => readonly unknown[]): Outcome {
  try {
    return run()
  } catch (error) {
    if (error instanceof SqlError) return { error: error.message, condition: error.condition }
    throw error
  }
}

/** Decodes the records one after the other as one batch, and each by JSON.parse: the same rows, the same errors. */
function same(records: readonly Uint8Array[]): void {
  const decode = recordDecoder(schema, [], json)
  const plain = decoder(schema, [], json)
  const rows = new RowWriter(schema, 1)
  const all = Buffer.concat(records)
  const errors: Outcome[] = []
  const expectedErrors: Outcome[] = []
  const expected: unknown[] = []
  let at = 0
  for (const record of records) {
    const wanted = outcome(() => plain(null, record).map(({ row }) => row))
    if (Array.isArray(wanted)) expected.push(...wanted)
    else expectedErrors.push(wanted)
    const end = at + record.length
    const got = outcome(() => {
      decode(rows, all, -1, -1, at, end)
      return []
    })
    if (!Array.isArray(got)) errors.push(got)
    at = end
  }
  const normal = (row: unknown) => (row as unknown[]).map(v => (v instanceof Uint8Array ? [...v] : v))
  assert.deepEqual(rowsOf(rows.chunk()).map(normal), expected.map(normal).map(wellFormed))
  assert.deepEqual(errors, expectedErrors)
}

// Text columns hold UTF-8: a lone surrogate becomes U+FFFD there.
function wellFormed(row: readonly unknown[]): unknown[] {
  return row.map(value => (typeof value === 'string' ? value.toWellFormed() : value))
}

const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,22})(\.\d{1,12})?([eE][+-]?\d{1,3})?$/)
const day = fc.stringMatching(/^[0-2]\d{3}-[01]\d-[0-3]\d$/)
const time = fc.stringMatching(/^[0-2]\d:[0-6]\d(:[0-6]\d(\.\d{1,10})?)?( ?Z|[+-]\d\d(:\d\d)?)?$/)
const words = fc.oneof(
  fc.constantFrom('true', 'false', 't', '0', 'NaN', '-Infinity', '', 'x', '\\x00ff', 'AQID'),
  fc.uuid(),
  digits,
  day,
  time,
  fc.tuple(day, fc.constantFrom(' ', 'T', '  '), time).map(parts => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 8 }),
)
const scalars = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '[]', '{}', '1699999999', '1699999999999', '-0', '-0.0'),
  digits,
  words.map(text => JSON.stringify(text)),
  words
    .map(text => [...text].map(c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''))
    .map(t => `"${t}"`),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom(
    '[1,2]',
    '{"x":1}',
    '{"X":2,"x":"3"}',
    '"a\\n\\"b\\\\\\/"',
    '"\\ud83d\\ude00"',
    '"\\ud800"',
    '"é"',
  ),
)
const keys = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...schema.map(field => field.name)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('INT4', 'Text', 'quoted', 'other', '__proto__', 'te\\u0078t', 'é'),
  },
)
const space = fc.constantFrom('', '', '', ' ', '\n\t ', '\r')
const member = fc.tuple(space, keys, space, space, scalars, space)
const document = fc
  .array(
    member.map(([a, key, b, c, value, d]) => `${a}"${key}"${b}:${c}${value}${d}`),
    { maxLength: 8 },
  )
  .chain(members => space.map(s => `${s}{${members.join(',')}}${s}`))
// What breaks a record: a byte more, less or changed.
const broken = fc
  .tuple(document, fc.nat(), fc.nat(255), fc.constantFrom(0, 1, 2))
  .map(([text, at, byte, how]) => {
    const bytes = [...Buffer.from(text)]
    if (how < 2) bytes.splice(at % bytes.length, 1, ...(how === 0 ? [] : [byte]))
    else bytes.splice(at % bytes.length, 0, byte)
    return Uint8Array.from(bytes)
  })
const record = fc.oneof(
  { weight: 4, arbitrary: document.map(text => Buffer.from(text)) },
  { weight: 1, arbitrary: broken },
  {
    weight: 1,
    arbitrary: fc.array(document, { maxLength: 2 }).map(list => Buffer.from(`[${list.join(',')}]`)),
  },
)

test(`generated decoders give the rows and errors of JSON.parse, ${RUNS} random batches`, () => {
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 12 }), records => same(records)),
    { numRuns: RUNS },
  )
})

test('every prefix of a record, alone and before another record, is what JSON.parse makes of it', () => {
  const text = Buffer.from(
    '{"int4":-12,"text":"aé\\n","float8":1.5e3,"jsonb":{"a":[1,null]},"bool":true,"date":"2024-02-29"}',
  )
  for (let end = 0; end <= text.length; end++) {
    same([text.subarray(0, end)])
    same([text, text.subarray(0, end), text.subarray(end), text])
  }
})

test('numbers and times at their limits are what JSON.parse makes of them', () => {
  const numbers = [31, 53, 63].flatMap(bits => [2n ** BigInt(bits) - 1n, 2n ** BigInt(bits)])
  const powers = Array.from({ length: 20 }, (_, i) => 10n ** BigInt(i))
  const all = [...numbers, ...powers, ...powers.map(n => n - 1n), 32767n, 32768n].flatMap(n => [
    n,
    -n,
    -n - 1n,
  ])
  const dates = [
    '1900-02-28',
    '1900-02-29',
    '1900-03-01',
    '2000-02-29',
    '2001-02-29',
    '2100-03-01',
    '0999-12-31',
    '1000-01-01',
  ]
  const numeric = [
    'int2',
    'int4',
    'int8',
    'oid',
    'float8',
    'numeric',
    'text',
    'jsonb',
    'timestamp',
    'date',
    'time',
  ]
  const record = (name: string, value: string) => Buffer.from(`{"${name}":${value}}`)
  same(
    all.flatMap(n =>
      numeric.flatMap(name => [record(name, `${n}`), record(name, `"${n}"`), record(name, `${n}.5`)]),
    ),
  )
  const times = [
    '',
    ' 00:00:00',
    'T23:59:59.999999999',
    ' 24:00:00',
    ' 12:00:00.5+02',
    ' 12:00:60',
    ' 1:00:00',
  ]
  const stamps = dates.flatMap(date => times.map(text => `"${date}${text}"`))
  same(stamps.flatMap(text => ['date', 'timestamp', 'timestamptz', 'text'].map(name => record(name, text))))
})

test('a record that fails leaves nothing in the row of the next', () => {
  const nothing = schema.map(field => `"${field.name}":null`).join(',')
  const full =
    '{"int4":1,"int8":2,"text":"a","bool":true,"float8":1.5,"numeric":1,"jsonb":1,"date":"2024-01-01"}'
  same(
    [`{${nothing},}`, full, `{${nothing}`, full, '{"text":"abc","int4":"x"}', full].map(text =>
      Buffer.from(text),
    ),
  )
})

test('ordinary records are taken by the generated decoder', () => {
  const decode = jsonRecord(schema, [])!
  const rows = new RowWriter(schema)
  const taken = (text: string) => {
    const bytes = Buffer.from(text)
    return decode(rows, bytes, 0, bytes.length)
  }
  assert(
    taken(
      '{"int8":123456789012345678,"text":"a\\n","other":{"a":[1]},"timestamp":"2024-01-01T00:00:00.123Z"}',
    ),
  )
  assert(taken(' { "TEXT" : "é", "numeric": 1.10, "list": [1], "jsonb": {"b": 1} } '))
  assert(!taken('{"int4":1,"int4":2}'))
  assert.equal(rows.length, 2)
})

test('columns whose names differ by case only are left to JSON.parse', () => {
  const type = { name: 'int4' } as const
  assert.equal(
    jsonRecord(
      [
        { name: 'a', type },
        { name: 'A', type },
      ],
      [],
    ),
    undefined,
  )
})

test('a NULL in a key column is refused, in a value and in a key', () => {
  const decode = recordDecoder(schema, [2], json)
  const rows = new RowWriter(schema)
  for (const text of ['{"int4":null}', '{}', '[{"int4":1},{}]'])
    assert.throws(
      () => decode(rows, Buffer.from(text), -1, -1, 0, text.length),
      /null value in column "int4"/,
    )
  assert.equal(rows.length, 0)
})
