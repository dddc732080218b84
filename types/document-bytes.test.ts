import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { equalDocuments, hashDocument } from './document-bytes.ts'
import { compareDocuments } from './json-order.ts'
import { canonicalJson } from './json-text.ts'

const number = fc.constantFrom(
  '0',
  '0.0',
  '1',
  '1.0',
  '1.00',
  '-1.50',
  '-1.5',
  '10',
  '10.0',
  '0.050',
  '0.05',
  '1e2',
  '100.0',
)
const text = fc.constantFrom('"1.0"', '"1"', '"a\\"1.0"', '"\\\\"', '".0"', 'null', 'true')
const document = fc.letrec<{ tree: string }>(tie => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    number,
    text,
    fc.array(tie('tree'), { maxLength: 3 }).map(items => `[${items.join(', ')}]`),
    fc
      .array(tie('tree'), { maxLength: 2 })
      .map(items => `{${items.map((item, i) => `"k.0${i}": ${item}`).join(',')}}`),
  ),
})).tree

test('documents are equal and hash alike by their bytes just when their order finds no difference', () => {
  fc.assert(
    fc.property(document, document, (x, y) => {
      const [a, b] = [Buffer.from(canonicalJson(x)), Buffer.from(canonicalJson(y))]
      const around = Buffer.concat([Buffer.from('0.0'), b, Buffer.from('00.0')])
      const same = a.equals(b) || equalDocuments(a, 0, a.length, around, 3, 3 + b.length)
      assert.equal(same, compareDocuments(a.toString(), b.toString()) === 0)
      if (same) assert.equal(hashDocument(a, 0, a.length), hashDocument(around, 3, 3 + b.length))
    }),
    { numRuns: 2000 },
  )
})
