import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../storage/chunk-builder.ts'
import { cellValue } from '../storage/column-buffer.ts'
import type { Chunk } from '../types/chunk.ts'
import { INT4, NUMERIC, TEXT } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { RowFilter } from './row-filter.ts'
import { ServingTables } from './serving.ts'

const ROWS = 10_000
const types = [INT4, TEXT, NUMERIC]
const row = (id: number, name = `name ${id}`): Value[] => [id, name, { digits: BigInt(id), scale: 2 }]

function served(): ServingTables {
  const serving = new ServingTables()
  const schema = ['id', 'name', 'amount'].map((name, i) => ({ name, type: types[i]! }))
  serving.add(1, { id: 't', schema, mode: 'keyed', key: [0], shard: [0], indexes: [] })
  const rows = Array.from({ length: ROWS }, (_, id) => row(id))
  write(serving, chunkOf(types, rows))
  return serving
}

function write(serving: ServingTables, chunk: Chunk): void {
  serving.apply({ table: 't', chunks: [chunk] }, 0)
}

const names = (chunk: Chunk): Value[] =>
  Array.from({ length: chunk.length }, (_, i) => cellValue(chunk.columns[1]!, i))

test('a scan goes on with the rows of its moment while the table changes', () => {
  const serving = served()
  const seen: Value[] = []
  let chunks = 0
  for (const chunk of serving.scan(1, undefined)) {
    seen.push(...names(chunk))
    if (chunks++ > 0) continue
    const gone = Array.from({ length: 500 }, (_, i) => row(ROWS - 1 - i))
    write(
      serving,
      chunkOf(
        types,
        gone,
        Array.from({ length: 500 }, () => -1),
      ),
    )
    write(serving, chunkOf(types, [row(5000, 'changed'), row(ROWS + 1)]))
  }
  assert.equal(chunks, 3)
  assert.deepEqual(
    seen,
    Array.from({ length: ROWS }, (_, id) => `name ${id}`),
  )
})

test('a scan leaves out rows that are gone, and columns that nobody reads are NULL', () => {
  const serving = served()
  const gone = Array.from({ length: ROWS / 2 }, (_, i) => row(2 * i))
  write(
    serving,
    chunkOf(
      types,
      gone,
      Array.from({ length: gone.length }, () => -1),
    ),
  )
  const ids: Value[] = []
  for (const chunk of serving.scan(1, [0]))
    for (let i = 0; i < chunk.length; i++) {
      ids.push(cellValue(chunk.columns[0]!, i))
      assert.equal(cellValue(chunk.columns[1]!, i), null)
    }
  assert.deepEqual(
    ids,
    Array.from({ length: ROWS / 2 }, (_, i) => 2 * i + 1),
  )
})

test('the third scan for the same keys reads only their rows, also when the table changes meanwhile', () => {
  const serving = served()
  const keys = chunkOf([TEXT], [['name 77'], ['name 9999'], ['nobody']]).columns
  const asked = { columns: [1], keys, count: 3, one: false, filter: undefined }
  const read = (before: () => void): Value[] => {
    const scan = serving.scan(1, [1])
    scan.narrow?.([asked])
    before()
    return [...scan].flatMap(names)
  }
  assert.equal(read(() => {}).length, ROWS)
  assert.equal(read(() => {}).length, ROWS)
  assert.deepEqual(
    read(() => {}),
    ['name 77', 'name 9999'],
  )
  const change = (): void => write(serving, chunkOf(types, [row(77, 'another'), row(5, 'nobody')]))
  assert.deepEqual(read(change), ['name 77', 'name 9999'])
  assert.deepEqual(
    read(() => {}),
    ['nobody', 'name 9999'],
  )
})

test('a key of the table finds rows at once, a filter leaves most of the others out', () => {
  const serving = served()
  const keys = chunkOf([INT4], [[5], [-5], [5], [4100]]).columns
  const asked = { columns: [0], keys, count: 4, one: false, filter: undefined }
  const scan = serving.scan(1, undefined)
  assert.equal(scan.narrow?.([asked]), asked)
  assert.deepEqual([...scan].flatMap(names), ['name 5', 'name 4100'])
  const byName = chunkOf([TEXT], [['name 5'], ['name 4100']]).columns
  const filter = new RowFilter([1], byName, 2)
  const filtered = serving.scan(1, undefined)
  assert.ok(filtered.narrow?.([{ ...asked, columns: [1], keys: byName, count: 2, filter }]))
  const found = [...filtered].flatMap(names)
  assert.ok(found.includes('name 5') && found.includes('name 4100') && found.length < 100)
})
