import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chunkOf } from '../storage/chunk-builder.ts'
import type { Connector, Generator } from '../types/connector.ts'
import { INT8, type Schema } from '../types/type.ts'
import { realHost } from './host.ts'
import { makeEngine } from './port.ts'
import { node } from './sim/test-jobs.ts'

const NUMBERS: Schema = [{ name: 'n', type: INT8 }]
/** An int8 and a weight; the first epoch gets a sixteenth of the limit. */
const ROW_BYTES = 12
const CHUNK = Array.from({ length: 4096 }, (_, i) => [BigInt(i)])

/** Counts up for ever. */
function numbers(): Generator {
  let at = 0
  return {
    next() {
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
