import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Catalog } from '../../planner/catalog.ts'
import { EXTENDED_NAMES } from '../../types/extended.ts'
import { formatText, parseText } from '../../types/text-io.ts'
import { arrayOf } from '../../types/type.ts'
import { oidOf, typeOfOid } from './oids.ts'
import { decodeParameter, encodeValue } from './values.ts'

const TEXTS = {
  int256: ['0', '-1', String(2n ** 255n - 1n), String(-(2n ** 255n))],
  vector: ['[1,-2.5,0.1]', '[3e+20]'],
  variant: ['null', '{"a": [1, 1.5, "x"], "b": {}}', '[]'],
  bit: ['', '1', '00000000', '101100011'],
  varbit: ['', '0', '0110', '1111111100000001'],
  json: ['null', ' {"b": 1,  "a":2, "a": 1.50} ', '"\\u00e4"'],
} as const

for (const name of EXTENDED_NAMES)
  test(`${name} goes and comes in both formats, alone and in arrays`, () => {
    for (const text of TEXTS[name])
      for (const type of [{ name }, arrayOf({ name })]) {
        const value = type.name === 'array' ? [parseText({ name }, text), null] : parseText(type, text)
        assert.notEqual(value, null)
        for (const format of [0, 1])
          assert.deepEqual(
            decodeParameter(type, encodeValue(type, value!, format, 'UTC'), format, 'UTC'),
            value,
          )
        if (type.name !== 'array') assert.equal(formatText(type, value!), text)
        assert.deepEqual(typeOfOid(oidOf(type), Catalog.empty()), type)
      }
  })

test('a vector in binary format is what pgvector sends', () => {
  const bytes = encodeValue({ name: 'vector' }, [1, -2], 1, 'UTC')
  assert.equal(bytes.toString('hex'), '000200003f800000c0000000')
  assert.throws(() => decodeParameter({ name: 'vector' }, bytes.subarray(0, 8), 1, 'UTC'), {
    message: 'incorrect binary data format of a vector',
  })
})

test('a bit string in binary format is its length and its bits, eight in a byte', () => {
  const bytes = encodeValue({ name: 'bit' }, '101100011', 1, 'UTC')
  assert.equal(bytes.toString('hex'), '00000009b180')
  for (const wrong of ['00000009b1', 'ffffffff', '000000', '00000001b180'])
    assert.throws(() => decodeParameter({ name: 'varbit' }, Buffer.from(wrong, 'hex'), 1, 'UTC'), {
      message: 'invalid length in external bit string',
    })
})
