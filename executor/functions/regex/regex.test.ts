import assert from 'node:assert/strict'
import { test } from 'node:test'
import { functionById } from '../index.ts'
import { compileRegex } from './compile.ts'
import { matchesOf } from './search.ts'

const all = (pattern: string, text: string, flags = ''): string[] =>
  [...matchesOf(compileRegex(pattern, flags), text, 0)].map(m => text.slice(m.starts[0], m.ends[0]))

test('the longest of the matches that begin first is taken, as PostgreSQL does', () => {
  assert.deepEqual(all('a|aa|aaa', 'xaaay'), ['aaa'])
  assert.deepEqual(all('a+?', 'aa'), ['a', 'a'])
  assert.deepEqual(all('Y*?([0-9]{1,3})', 'XY1234Z'), ['Y1', '2', '3', '4'])
})

test('an empty match moves on by one character, not by half an emoji', () => {
  assert.deepEqual(all('', '😀a').length, 3)
})

test('patterns that hang a backtracking engine are matched in time linear in the text', () => {
  const text = `${'a'.repeat(20_000)}!`
  const started = performance.now()
  for (const pattern of ['^(a+)+$', '^(a|aa)+$', '(a*)*b', '^(.*a){12}b$', '(x+x+)+y|(a?){30}a{30}z'])
    assert.equal(compileRegex(pattern).test(text), false)
  const like = functionById('~~(text, text) -> bool').call as unknown as (a: string, b: string) => boolean
  assert.equal(like(text, `${'%a'.repeat(40)}%b`), false)
  assert.equal(like(text, `${'%_a'.repeat(40)}b`), false)
  assert.ok(performance.now() - started < 8000)
})

test('look-arounds are marked by one run each, however they are nested and repeated in a long text', () => {
  assert.deepEqual(all('\\d(?=(\\d{3})+(?!\\d))', '1234567 12'), ['1', '4'])
  assert.deepEqual(all('(?<=a(?!b)|c)\\w', 'abacxcb'), ['c', 'x', 'b'])
  assert.deepEqual(all('(?<![a-z])b(?=)', 'ab b', 'i'), ['b'])
  const text = `${'ab'.repeat(200_000)}c`
  const started = performance.now()
  assert.equal(all('(?<=(a|ab)*)b(?=(a|ba?|.b)*c)(?!.*d)', text).length, 200_000)
  assert.equal(compileRegex('a(?=.*(?<!b.*)z)|(?<=^(a|b|ab)*)z').test(text), false)
  assert.ok(performance.now() - started < 8000)
})

test('a group is what PostgreSQL finds it to be, where several ways are as long', () => {
  const groups = (pattern: string, text: string) => {
    const [match] = [...matchesOf(compileRegex(pattern), text, 0)]
    return match!.starts
      .slice(1)
      .map((start, i) => (start < 0 ? null : text.slice(start, match!.ends[i + 1])))
  }
  assert.deepEqual(groups('(a|aa)(a*)', 'aaa'), ['aa', 'a'])
  assert.deepEqual(groups('a*(?:ab)?([bc]*)', 'aab'), [''])
  assert.deepEqual(groups('^(abc|de|ab|cd|e)*$', 'abcde'), ['de'])
  assert.deepEqual(groups('^(a*?)(a*)(b??)*$', 'aab'), ['', 'aa', 'b'])
  assert.deepEqual(groups('(x|(y))*', 'yx'), ['x', null])
})

test('a pattern that would read a text again and again from each match on ends with an error', () => {
  const text = 'a'.repeat(300_000)
  assert.throws(() => all('a|.*b', text), { condition: 'statement_too_complex' })
})

test('a back-reference matches what its group matched', () => {
  assert.deepEqual(all('(a|b)\\1', 'abba'), ['bb'])
  assert.deepEqual(all('\\y(\\w+) \\1\\y', 'the the fox is is in', 'i'), ['the the', 'is is'])
  assert.deepEqual(all('^(.+)\\1{2}$', 'ababab'), ['ababab'])
  assert.deepEqual(all('(a)?\\1b', 'aab b'), ['aab'])
  assert.deepEqual(all('(.)(.)\\2\\1', 'abbaxyyx'), ['abba', 'xyyx'])
  assert.deepEqual(all('(é)\\1', 'éÉ', 'i'), ['éÉ'])
  assert.deepEqual(all('(a)\\11', 'aa1 a\t'), ['a\t'])
  assert.deepEqual(all('(a+)\\1', 'a'.repeat(10_001)), ['a'.repeat(10_000)])
})

test('tries for a back-reference are counted, so that no pattern hangs a thread', () => {
  const started = performance.now()
  for (const [pattern, text] of [
    ['^(a*)(a*)(a*)(a*)\\1\\2\\3\\4(a)(.)\\6$', `${'a'.repeat(400)}cb`],
    ['^(.*)(.*)(.*)(.*)(.*)x\\5\\4y\\3\\2z\\1$', `${'abc'.repeat(30)}xabyabzc`],
    ['((.)(.*)\\3)+\\2$', 'ab'.repeat(3000)],
  ] as const)
    assert.throws(() => compileRegex(pattern).test(text), { condition: 'statement_too_complex' })
  assert.ok(performance.now() - started < 20_000)
})

test('many large patterns are not all kept', () => {
  const before = process.memoryUsage().rss
  for (let i = 0; i < 450; i++) compileRegex(`(x{100}){200}${i}`).test('y')
  assert.ok(process.memoryUsage().rss - before < 350_000_000)
})

test('characters that many sets tell apart cost what finding that out costs', () => {
  const characters = Array.from({ length: 4000 }, (_, i) => String.fromCodePoint(0x4e00 + i))
  assert.equal(compileRegex(characters.join('|'), 'i').test(`--${characters.at(-1)}`), true)
  const sets = characters.map(c => `[${c}-]`).join('|')
  assert.throws(() => compileRegex(`(?:${sets})*[qr]`).test(characters.join('')), {
    condition: 'statement_too_complex',
  })
  const started = performance.now()
  assert.throws(() => compileRegex(`${sets}|${characters.map(c => `[${c}_]`).join('|')}`), {
    condition: 'invalid_regular_expression',
  })
  assert.ok(performance.now() - started < 2000)
})

test('patterns of thousands of parts are refused, not the end of the process', () => {
  for (const part of ['(a)', '(a)\\1', 'a*?b*', '(a)*', '((a)'])
    for (const times of [1500, 8000])
      assert.throws(() => compileRegex(part.repeat(times) + ')'.repeat(part === '((a)' ? times : 0)), {
        condition: 'invalid_regular_expression',
      })
  assert.throws(() => compileRegex('a'.repeat(30_000_000)), { condition: 'invalid_regular_expression' })
  assert.deepEqual(all(`(?:${'(b)a*?'.repeat(300)})`, 'b'.repeat(400)).length, 1)
})

test('a basic pattern has its operators behind backslashes', () => {
  assert.deepEqual(all('\\(a\\|b\\)*+\\{2\\}', 'a|b++', 'b'), ['a|b++'])
  assert.deepEqual(all('*^a$b\\(^c\\)*', '*^a$b', 'b'), ['*^a$b'])
  assert.deepEqual(all('[\\]]x', '\\]x', 'b'), ['\\]x'])
  assert.deepEqual(all('(?b)^\\(.\\)\\1$', 'aa'), ['aa'])
})

test('what no pattern is, is said in PostgreSQL’s words', () => {
  for (const pattern of ['\\1', '(a\\1)', '(a)(?=\\1)', '(?=(a))\\1'])
    assert.throws(() => compileRegex(pattern), { message: /invalid backreference number/ })
  assert.throws(() => compileRegex('(((((a{99}){99}){99}){99}){99})'), {
    condition: 'invalid_regular_expression',
  })
})
