import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromJson } from '../../types/json.ts'
import { idsOf, timeOfId } from '../../types/row-id.ts'
import { INT4, ROW_ID } from '../../types/type.ts'
import { Harness, type Row } from './harness.ts'

const INPUT = [
  { name: 'v', type: INT4 },
  { name: '_row_id', type: ROW_ID },
]
const START = Date.UTC(2026, 0, 1)

function numbering(): Harness {
  const h = new Harness({ kind: 'row-id', column: 1 }, [INPUT])
  h.now = START
  return h
}

const parsed = (rows: readonly string[]): readonly Row[] => rows.map(row => fromJson(row) as Row)
const idsIn = (h: Harness): readonly bigint[] =>
  parsed(h.output())
    .map(([, id]) => id as bigint)
    .sort((a, b) => Number(a - b))

test('each of equal rows has a number of its own that rises and says when the row came', () => {
  const h = numbering()
  h.push(0, [[1, null]], [3])
  h.push(0, [[2, null]])
  h.barrier()
  const ids = idsIn(h)
  assert.equal(new Set(ids).size, 4)
  assert.equal(ids[0], idsOf(START))
  for (const id of ids) assert.equal(timeOfId(id), BigInt(START) * 1000n)
})

test('no number is given twice, after a crash and with a clock that goes back', () => {
  const h = numbering()
  h.push(0, [[1, null]])
  h.barrier()
  h.crash()
  h.now = START - 10_000
  h.push(0, [[1, null]])
  h.barrier()
  const [first, second] = idsIn(h)
  assert.equal(second, first! + 1n)
})

test('a row that has its number keeps it, and later ones are greater', () => {
  const h = numbering()
  const known = idsOf(START + 1000)
  h.push(0, [[1, known]])
  h.push(0, [[2, null]])
  h.push(
    0,
    [
      [1, known],
      [3, known],
    ],
    [-1, 1],
  )
  h.barrier()
  assert.deepEqual(idsIn(h), [known, known + 1n])
})

test('rows of a reader lack the column', () => {
  const h = new Harness({ kind: 'row-id', column: 1 }, [INPUT.slice(0, 1)])
  h.push(0, [[1], [2]])
  h.push(0, [[3]], [2])
  h.barrier()
  assert.equal(new Set(idsIn(h)).size, 4)
})
