import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenize } from './tokens.ts'

const told = (sql: string) => tokenize(sql).map(({ kind, value }) => `${kind} ${value}`)

test('numbers, names and strings end where PostgreSQL ends them', () => {
  assert.deepEqual(told('1.5,2.,3e-2,4.x'), [
    'number 1.5',
    'symbol ,',
    'number 2.',
    'symbol ,',
    'number 3e-2',
    'symbol ,',
    'number 4.',
    'word x',
  ])
  assert.deepEqual(told(`A_b$1 été e'\\n' n'x' u&'\\0041' 'it''s' ''`), [
    'word a_b$1',
    'word été',
    'string \n',
    'string x',
    'string A',
    "string it's",
    'string ',
  ])
  assert.deepEqual(told('(a)-1--b\n/*c/*d*/*/;'), [
    'symbol (',
    'word a',
    'symbol )',
    'symbol -',
    'number 1',
    'symbol ;',
  ])
})
