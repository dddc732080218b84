import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { SqlError } from './error.ts'
import { documentText, elementsOf, kindOfJson, membersOf, plainJson } from './json-parts.ts'
import { checkJson } from './json-syntax.ts'
import { parseJson } from './json-text.ts'

function taken(text: string, by: (text: string) => unknown): boolean {
  try {
    by(text)
    return true
  } catch (error) {
    assert(error instanceof SqlError || error instanceof SyntaxError)
    return false
  }
}

/** Documents with space around their tokens, whole or with one sign changed. */
const spaced = fc
  .tuple(fc.jsonValue(), fc.constantFrom('', ' ', '\n', '\t ', '\r\n'))
  .map(([value, space]) => space + JSON.stringify(value, null, space) + space)
const broken = fc
  .tuple(
    spaced,
    fc.nat(),
    fc.constantFrom('', ',', '"', '{', ']', '0', '.', 'e', '-', '\\', '\u0001', 'x', ':'),
  )
  .map(([text, at, sign]) => {
    const i = at % (text.length + 1)
    return text.slice(0, i) + sign + text.slice(i + 1)
  })

test('what JSON.parse takes is taken, and nothing else', () => {
  fc.assert(
    fc.property(fc.oneof(spaced, broken), text => {
      assert.equal(taken(text, checkJson), taken(text, JSON.parse), text)
    }),
    { numRuns: 5000 },
  )
})

test('jsonb takes what json takes', () => {
  fc.assert(
    fc.property(broken, text => {
      if (!text.includes('\\u')) assert.equal(taken(text, parseJson), taken(text, checkJson), text)
    }),
    { numRuns: 2000 },
  )
})

/** The value, put together from the parts of its text. */
function rebuilt(text: string): unknown {
  switch (kindOfJson(text)) {
    case 'object': {
      const members = membersOf(text).map(({ name, value }): [string, unknown] => [name, rebuilt(value)])
      return Object.fromEntries(members)
    }
    case 'array':
      return elementsOf(text).map(rebuilt)
    case 'string':
      return plainJson(text)
    default:
      return JSON.parse(documentText(text)) as unknown
  }
}

test('a document is made of its parts', () => {
  fc.assert(
    fc.property(spaced, text => {
      if (!text.includes('\\u') && !text.includes('__proto__'))
        assert.deepEqual(rebuilt(text), JSON.parse(text))
    }),
    { numRuns: 2000 },
  )
})

test('the first wrong token is told', () => {
  for (const [text, detail] of [
    ['{"a":1', 'The input string ended unexpectedly.'],
    ['{"a" 1}', 'Expected ":", but found "1".'],
    ['[1 2]', 'Expected "," or "]", but found "2".'],
    ['{"a":1,}', 'Expected string, but found "}".'],
    ['{1:2}', 'Expected string or "}", but found "1".'],
    ['[1,]', 'Expected JSON value, but found "]".'],
    ['1 2', 'Expected end of input, but found "2".'],
    ['01', 'Token "01" is invalid.'],
    ['-', 'Token "-" is invalid.'],
    ['1.e5', 'Token "1.e5" is invalid.'],
    ['"a', 'Token ""a" is invalid.'],
    ['"\\x"', 'Escape sequence "\\x" is invalid.'],
    ['"\n"', 'Character with value 0x0a must be escaped.'],
    ['"\\u00g0"', '"\\u" must be followed by four hexadecimal digits.'],
  ] as const)
    assert.throws(() => checkJson(text), { sqlstate: '22P02', detail })
})

test('the place of the first wrong token is told by the end of what was read of its line', () => {
  const ones = '1,'.repeat(30)
  for (const [text, context] of [
    ['{"a":1,\n"b":tru, "c": 1}', 'JSON data, line 2: "b":tru...'],
    ['{', 'JSON data, line 1: {'],
    ['[1,\r\nx\r\n]', 'JSON data, line 2: x'],
    [`[${ones}x]`, `JSON data, line 1: ...${ones.slice(-48)}x...`],
    [`[${ones.slice(0, 50)}x]`, `JSON data, line 1: [${ones.slice(0, 50)}x...`],
  ] as const)
    assert.throws(() => checkJson(text), { sqlstate: '22P02', context })
  assert.throws(() => parseJson('{"a":"\\ud83d"}'), { context: 'JSON data, line 1: {"a":"\\ud83d"...' })
})

test('lists may stand deep in one another, but not endlessly', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  for (const read of [checkJson, parseJson]) {
    read(nested(1000))
    assert.throws(() => read(nested(1001)), { sqlstate: '54001' })
    assert.throws(() => read('[{"a":'.repeat(100_000)), { sqlstate: '54001' })
  }
})
