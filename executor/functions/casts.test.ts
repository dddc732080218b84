import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BOOL, DATE, FLOAT8, INT2, INT4, INT8, NUMERIC, TEXT, TIMESTAMP } from '../../types/type.ts'
import { castContext, castValue, commonType } from './casts.ts'

test('widening is implicit, narrowing an assignment, text needs a word', () => {
  assert.equal(castContext(INT4, INT8), 'implicit')
  assert.equal(castContext(NUMERIC, INT4), 'assignment')
  assert.equal(castContext(TEXT, INT4), 'explicit')
  assert.equal(castContext(BOOL, DATE), undefined)
})

test('numbers round as PostgreSQL does and refuse what does not fit', () => {
  assert.equal(castValue(2.5, FLOAT8, INT4), 2)
  assert.equal(castValue({ digits: 25n, scale: 1 }, NUMERIC, INT8), 3n)
  assert.throws(() => castValue(40000, INT4, INT2), /smallint out of range/)
  assert.throws(() => castValue('x', TEXT, INT4), /invalid input syntax for type integer: "x"/)
})

test('a timestamp before 1970 falls on its own day', () => {
  assert.equal(castValue(-1n, TIMESTAMP, DATE), -1)
})

test('the common type is the widest', () => {
  assert.equal(commonType([INT4, undefined, NUMERIC])?.name, 'numeric')
  assert.equal(commonType([INT4, BOOL]), undefined)
  assert.equal(commonType([undefined])?.name, 'text')
})
