import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { BOOL, INT4, INT8, NUMERIC, TEXT, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { resolveFunction } from '../functions/index.ts'
import { compileProjection, evaluate, foldConstants } from './compile.ts'

const column = (index: number, type: Type): Expression => ({ kind: 'column', index, type })
const literal = (value: Value, type: Type): Expression => ({ kind: 'literal', value, type })

/** Calls by name, with the casts that resolution asks for. */
function call(name: string, ...args: Expression[]): Expression {
  const found = resolveFunction(
    name,
    args.map(arg => arg.type),
  )
  assert.ok(!('error' in found), `${name}: ${JSON.stringify(found)}`)
  const cast = args.map(
    (arg, i): Expression =>
      arg.type.name === found.argTypes[i]!.name
        ? arg
        : { kind: 'call', fn: 'cast', args: [arg], type: found.argTypes[i]! },
  )
  return { kind: 'call', fn: found.fn, args: cast, type: found.type }
}

function form(fn: string, type: Type, ...args: Expression[]): Expression {
  return { kind: 'call', fn, args, type }
}

const chunk = () =>
  chunkOf(
    [INT8, TEXT],
    [
      [1n, 'a'],
      [null, 'b'],
      [2n ** 62n, null],
    ],
  )
const batch = { mode: 'batch', onError: () => {} } as const
const cells = (expressions: Expression[], predicate?: Expression) => {
  const out = compileProjection(expressions, [], { ...batch, predicate })(chunk())
  if (out === undefined) return []
  return Array.from({ length: out.length }, (_, row) => out.columns.map(c => cellValue(c, row)))
}

test('NULL arguments give NULL and columns pass unchanged', () => {
  const sum = call('+', column(0, INT8), literal(1, INT4))
  assert.deepEqual(cells([sum, column(1, TEXT)]), [
    [2n, 'a'],
    [null, 'b'],
    [2n ** 62n + 1n, null],
  ])
})

test('a predicate keeps rows where it is true and gathers the rest away', () => {
  assert.deepEqual(cells([column(1, TEXT), column(0, INT8)], call('>', column(0, INT8), literal(1, INT4))), [
    [null, 2n ** 62n],
  ])
  assert.deepEqual(cells([column(0, INT8)], form('=', BOOL, column(1, TEXT), literal('b', TEXT))), [[null]])
})

test('bigint overflow is an error in a batch, NULL and a report in a stream', () => {
  const twice = call('*', column(0, INT8), literal(2n, INT8))
  assert.throws(
    () => cells([twice]),
    (e: SqlError) => e.message === 'bigint out of range' && e.sqlstate === '22003',
  )
  const errors: Error[] = []
  const run = compileProjection([twice], [], { mode: 'stream', onError: e => errors.push(e) })
  const out = run(chunk())!
  assert.deepEqual(
    [0, 1, 2].map(row => cellValue(out.columns[0]!, row)),
    [2n, null, null],
  )
  assert.equal(errors.length, 1)
})

test('AND, OR and CASE follow three-valued logic and evaluate no further than needed', () => {
  const unknown = literal(null, BOOL)
  const fails = call('=', call('/', literal(1, INT4), literal(0, INT4)), literal(1, INT4))
  assert.equal(evaluate(form('and', BOOL, unknown, literal(false, BOOL))), false)
  assert.equal(evaluate(form('and', BOOL, literal(true, BOOL), unknown)), null)
  assert.equal(evaluate(form('or', BOOL, unknown, literal(true, BOOL))), true)
  assert.equal(evaluate(form('and', BOOL, literal(false, BOOL), fails)), false)
  assert.equal(
    evaluate(form('case', INT4, unknown, literal(1, INT4), literal(true, BOOL), literal(2, INT4))),
    2,
  )
  assert.equal(
    evaluate(
      form(
        'coalesce',
        INT4,
        literal(null, INT4),
        literal(3, INT4),
        call('/', literal(1, INT4), literal(0, INT4)),
      ),
    ),
    3,
  )
  assert.equal(evaluate(form('is not distinct from', BOOL, literal(null, INT4), literal(null, INT4))), true)
})

test('numeric arithmetic keeps scale and constants fold', () => {
  const product = call('*', literal({ digits: 908n, scale: 3 }, NUMERIC), literal(100n, INT8))
  assert.deepEqual(foldConstants(product), literal({ digits: 90800n, scale: 3 }, NUMERIC))
  assert.throws(() => evaluate(call('/', literal(1, INT4), literal(0, INT4))), /division by zero/)
})

test('SQL text never becomes JavaScript', () => {
  const hostile = `'+process.exit()+'\u2028\`$\{1}`
  assert.equal(evaluate(call('||', literal(hostile, TEXT), literal('!', TEXT))), `${hostile}!`)
})
