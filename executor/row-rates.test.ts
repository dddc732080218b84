import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OperatorCounter } from './engine-contract.ts'
import { RowRates } from './row-rates.ts'

const counters = (rowsOut: number): OperatorCounter[] => [
  { relation: 7, node: 1, kind: 'input', rowsIn: 0, rowsOut, stateRows: 0, stateBytes: 0 },
  { relation: 7, node: 2, kind: 'aggregate', rowsIn: rowsOut, rowsOut: 1, stateRows: 1, stateBytes: 8 },
]

test('a rate is of the rows that entered a job in the last ten seconds', () => {
  const rates = new RowRates()
  for (let second = 0; second <= 60; second++) rates.add(second * 1000, counters(second * 500))
  assert.equal(rates.perSecond(7, 60_000), 500)
  assert.equal(rates.perSecond(8, 60_000), 0)
  assert.equal(rates.perSecond(7, 65_000), 5000 / 2 / 10)
  assert.equal(rates.perSecond(7, 80_000), 0)
})

test('a job that just began has a rate of what it did', () => {
  const rates = new RowRates()
  rates.add(1000, [])
  rates.add(2000, counters(300))
  assert.equal(rates.perSecond(7, 2000), 300)
})
