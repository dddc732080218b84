import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, INT4, TEXT } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { compileProjection } from '../expression/compile.ts'
import { likeTest } from './like.ts'
import { likeBytes } from './text-bytes.ts'

const letters = fc.constantFrom('a', 'b', 'é', '한', '😀', '%', '_', '\\', '')
const text = fc.array(letters, { maxLength: 12 }).map(all => all.join(''))

test('LIKE of bytes answers as LIKE of texts', () => {
  let tried = 0
  fc.assert(
    fc.property(text, text, (a, pattern) => {
      const test = likeBytes(pattern)
      if (test === undefined) return
      tried++
      const bytes = Buffer.from(`..${a}..`)
      assert.equal(test(bytes, 2, bytes.length - 2), likeTest(pattern)(a))
    }),
    { numRuns: 3000 },
  )
  assert.ok(tried > 300)
})

test('functions of a text column and constants answer as they do for computed texts', () => {
  const c: Expression = { kind: 'column', index: 0, type: TEXT }
  const joined: Expression = {
    kind: 'call',
    fn: '||(text, text) -> text',
    args: [c, { kind: 'literal', value: '', type: TEXT }],
    type: TEXT,
  }
  const number = fc.integer({ min: 1, max: 10 })
  const call = fc.oneof(
    fc.tuple(number, number).map(args => ({ fn: 'substring(text, int4, int4) -> text', args, type: TEXT })),
    fc.tuple(number).map(args => ({ fn: 'left(text, int4) -> text', args, type: TEXT })),
    fc.tuple(text).map(args => ({ fn: '=(text, text) -> bool', args, type: BOOL })),
    fc
      .tuple(text.map(t => t.replaceAll('\\', '')))
      .map(args => ({ fn: '!~~(text, text) -> bool', args, type: BOOL })),
  )
  fc.assert(
    fc.property(
      fc.array(fc.option(text, { nil: null }), { minLength: 1 }),
      call,
      (texts, { fn, args, type }) => {
        const constants = args.map(
          (value): Expression => ({ kind: 'literal', value, type: typeof value === 'number' ? INT4 : TEXT }),
        )
        const of = (a: Expression): Expression => ({ kind: 'call', fn, args: [a, ...constants], type })
        const chunk = chunkOf(
          [TEXT],
          texts.map(t => [t]),
        )
        const run = compileProjection([of(c), of(joined)], [], {
          mode: 'batch',
          onError: error => assert.fail(error),
        })
        const [a, b] = run(chunk)!.columns
        const all = (column: typeof a): Value[] => texts.map((_, i) => cellValue(column!, i))
        assert.deepEqual(all(a), all(b))
      },
    ),
    { numRuns: 500 },
  )
})
