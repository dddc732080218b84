import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Definition } from './definition.ts'
import { runInSandbox } from './sandbox.ts'

const INT = { name: 'int4' } as const

function definition(source: string): string {
  const made: Definition = {
    name: 'f',
    source,
    parameters: ['a'],
    args: [INT],
    result: INT,
    set: false,
    strict: false,
    volatile: false,
    trusted: false,
    batch: false,
    aggregate: false,
    retracts: false,
  }
  return JSON.stringify(made)
}

test('of several calls the one that does not end fails, those before and after it are answered', () => {
  const json = definition('if (a === 2) for (;;); return a * 10')
  const answers = runInSandbox(json, 'call', ['[1]', '[2]', '[3]'])
  assert.deepEqual(answers, [{ value: '10' }, { error: 'it ran longer than 1000 ms' }, { value: '30' }])
})

test('a call that takes all memory ends the thread, and the next one has another thread', () => {
  const json = definition(
    'if (a === 1) { let t = []; for (;;) t.push([...t, ...Array(9999).fill({})]) } return a',
  )
  const [first, second] = runInSandbox(json, 'call', ['[1]', '[2]'])
  assert.match((first as { error: string }).error, /longer than|memory/)
  assert.deepEqual(second, { value: '2' })
})

test('nothing is left of one call for the next one of another function', () => {
  const writes = definition('globalThis.left = a; return typeof process === "undefined" ? 1 : 0')
  const reads = definition('return typeof left === "undefined" ? a : -1')
  assert.deepEqual(runInSandbox(writes, 'call', ['[5]']), [{ value: '1' }])
  assert.deepEqual(runInSandbox(reads, 'call', ['[7]']), [{ value: '7' }])
})
