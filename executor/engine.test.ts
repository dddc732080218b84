import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../storage/chunk-builder.ts'
import type { Connector, Generator } from '../types/connector.ts'
import { INT8, type Schema, TIMESTAMP } from '../types/type.ts'
import { catchUpEndKey, catchUpKey } from './catch-ups.ts'
import { realHost } from './host.ts'
import { makeEngine } from './port.ts'
import { node, pairs, tableJob } from './sim/test-jobs.ts'

const NUMBERS: Schema = [{ name: 'n', type: INT8 }]
const TIMES: Schema = [{ name: 'at', type: TIMESTAMP }]
/** An int8 and a weight; the first epoch gets a sixteenth of the limit. */
const ROW_BYTES = 12
const CHUNK = Array.from({ length: 4096 }, (_, i) => [BigInt(i)])

/** Counts up for ever. */
function numbers(): Generator {
  let at = 0
  return {
    next(rows) {
      if (rows < CHUNK.length) return undefined
      at += CHUNK.length
      return chunkOf([INT8], CHUNK)
    },
    offset: () => String(at),
    done: () => false,
  }
}

test('a large epoch asks for one barrier, and generators wait for it', () => {
  const numbersConnector: Connector = { name: 'numbers', options: {}, formats: [], generator: numbers }
  let asked = 0
  const connectors = new Map([['numbers', numbersConnector]])
  const engine = makeEngine(realHost(), connectors, () => asked++, 16 * 100_000 * ROW_BYTES)
  const source = node(1, { kind: 'source', relation: 1, schema: NUMBERS }, [], NUMBERS)
  const rows = { kind: 'materialize', relation: 1, schema: NUMBERS, mode: 'append', key: [] } as const
  const spec = { connector: 'numbers', options: {}, schema: NUMBERS, splits: ['0'] }
  const job = { relation: 1, nodes: [source, node(2, rows, [1], NUMBERS)] }
  engine.add([{ job, appendOnly: true, generator: { spec, from: {} } }])
  let slices = 0
  while (engine.slice() && slices < 1000) slices++
  assert.equal(asked, 1)
  assert.ok(slices * CHUNK.length >= 100_000 && slices < 50, `${slices} slices`)
  const sealed = engine.barrier(1)
  assert.equal(sealed.deltas[0]!.chunks[0]!.length, slices * CHUNK.length)
  assert.equal(engine.slice(), true, 'a new epoch')
})

test('while a job reads a source privately, what the others read closes none of its windows', () => {
  const engine = makeEngine(realHost(), new Map(), () => {}, 1 << 30)
  const source = node(1, { kind: 'source', relation: 1, schema: TIMES }, [], TIMES)
  engine.add([{ job: { relation: 1, nodes: [source] }, appendOnly: true }])
  const view = [
    node(1, { kind: 'input', relation: 1, schema: TIMES }, [], TIMES),
    node(2, { kind: 'project', columns: [{ kind: 'column', index: 0, type: TIMESTAMP }] }, [1], TIMES),
    node(3, { kind: 'window-close', column: 0, after: 1n }, [1, 2], TIMES),
    node(4, { kind: 'materialize', relation: 2, schema: TIMES, mode: 'append', key: [] }, [3], TIMES),
  ]
  engine.add([{ job: { relation: 2, nodes: view }, appendOnly: true }])
  const times = (...list: bigint[]) =>
    chunkOf(
      [TIMESTAMP],
      list.map(time => [time]),
    )
  const closed = (epoch: number) =>
    engine
      .barrier(epoch)
      .deltas.flatMap(({ table, chunks }) =>
        table === '2/4/rows' ? chunks.flatMap(chunk => [...(chunk.columns[0]!.data as BigInt64Array)]) : [],
      )
  engine.pushCatchUp(2, 1, undefined, { [catchUpEndKey(1, 'a')]: '2' })
  engine.push(1, times(300n))
  assert.deepEqual(closed(1), [])
  engine.pushCatchUp(2, 1, times(100n, 200n), { [catchUpKey(1, 'a')]: '2' })
  assert.deepEqual(closed(2), [100n, 200n])
})

test('a source that generates without end is slowed while a job reads it again from its start', () => {
  const connector: Connector = { name: 'numbers', options: {}, formats: [], generator: numbers }
  const engine = makeEngine(realHost(), new Map([['numbers', connector]]), () => {}, 1 << 30)
  const spec = { connector: 'numbers', options: {}, schema: NUMBERS, splits: ['0'] }
  const source = node(1, { kind: 'source', relation: 1, schema: NUMBERS }, [], NUMBERS)
  engine.add([
    { job: { relation: 1, nodes: [source] }, appendOnly: true, generator: { spec, from: {} } },
    ...[2, 3].map(relation => ({ job: copyOf(relation), appendOnly: true })),
  ])
  const read = (epoch: number) => Number(engine.barrier(epoch).offsets[1]!['0'])
  for (let i = 0; i < 80; i++) engine.slice()
  const end = read(1)
  assert.equal(end, 80 * CHUNK.length)
  engine.catchUp({ job: 3, source: 1, spec, from: {}, until: { 0: String(end) } })
  for (let i = 0; i < 80; i++) engine.slice()
  assert.equal(read(2), end + 10 * CHUNK.length)
  for (let i = 0; i < 80; i++) engine.slice()
  assert.equal(read(3), end + 90 * CHUNK.length, 'and goes on as before')
})

test('rows of a table with a primary key are stored once', () => {
  const engine = makeEngine(realHost(), new Map(), () => {}, 1 << 30)
  engine.add([{ job: tableJob(1, true), appendOnly: false }])
  const sealed = (epoch: number) =>
    engine.barrier(epoch).deltas.map(({ table, chunks }) => [table, chunks.flatMap(c => [...c.weights])])
  engine.push(1, pairs([[1n, 'a']]))
  assert.deepEqual(sealed(1), [['1/3/rows', [1]]])
  engine.push(1, pairs([[1n, 'b']]))
  assert.deepEqual(sealed(2), [['1/3/rows', [-1, 1]]])
})

function copyOf(relation: number) {
  return {
    relation,
    nodes: [
      node(1, { kind: 'input', relation: 1, schema: NUMBERS }, [], NUMBERS),
      node(2, { kind: 'materialize', relation, schema: NUMBERS, mode: 'append', key: [] }, [1], NUMBERS),
    ],
  } as const
}
