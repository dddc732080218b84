import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NowComparison } from '../../types/job.ts'
import { INT4, type Schema, TIMESTAMPTZ } from '../../types/type.ts'
import { compileProjection } from '../expression/compile.ts'
import { Harness, type Row, shown } from './harness.ts'

const schema: Schema = [
  { name: 'at', type: TIMESTAMPTZ },
  { name: 'v', type: INT4 },
]
const bound = { kind: 'column', index: 0, type: TIMESTAMPTZ } as const

function harness(comparison: NowComparison): Harness {
  return new Harness({ kind: 'temporal-filter', column: 0, comparison, bound }, [schema], {
    compile: (expressions, input) =>
      compileProjection(expressions, input, { mode: 'stream', onError: assert.ifError }),
  })
}

const HOLDS: Readonly<Record<NowComparison, (at: bigint, now: bigint) => boolean>> = {
  '<': (at, now) => at < now,
  '<=': (at, now) => at <= now,
  '>': (at, now) => at > now,
  '>=': (at, now) => at >= now,
}

for (const comparison of ['<', '<=', '>', '>='] as const)
  test(`after each barrier the rows that are there are those whose time is ${comparison} now, whatever came, went or crashed`, () => {
    let seed = 7
    const random = (n: number) => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return Math.floor((seed / 2147483648) * n)
    }
    const filter = harness(comparison)
    const present: Row[] = []
    for (let now = 0; now < 60; now += random(3)) {
      filter.now = now
      for (let i = random(4); i > 0; i--) {
        if (present.length > 0 && random(3) === 0) {
          const [gone] = present.splice(random(present.length), 1)
          filter.push(0, [gone!], [-1])
        } else {
          const row = [BigInt(now - 10 + random(20)) * 1000n, random(3)]
          present.push(row)
          filter.push(0, [row])
        }
      }
      const rows = filter.barrier()
      const expected = present.filter(([at]) => HOLDS[comparison](at as bigint, BigInt(now) * 1000n))
      assert.deepEqual(rows, shown(expected))
      if (random(4) === 0) filter.crash()
    }
  })

test('a clock that goes back brings nothing back, rows without a time never come, and what has left takes no room', () => {
  const filter = harness('>')
  filter.now = 10
  filter.push(0, [
    [11_000n, 1],
    [20_000n, 2],
    [null, 3],
  ])
  assert.equal(filter.barrier().length, 2)
  filter.now = 15
  assert.deepEqual(filter.barrier(), shown([[20_000n, 2]]))
  filter.now = 5
  filter.crash()
  filter.push(0, [[12_000n, 4]])
  filter.push(0, [[11_000n, 1]], [-1])
  assert.deepEqual(filter.barrier(), shown([[20_000n, 2]]))
  assert.equal(filter.stateRows, 2)
  filter.now = 30
  assert.deepEqual(filter.barrier(), [])
  assert.equal(filter.stateRows, 1)
})

test('an idle barrier changes no state', () => {
  const filter = harness('<')
  filter.push(0, [[9_000n, 1]])
  filter.barrier()
  filter.now = 5
  filter.barrier()
  assert.equal(filter.emitted(), 0)
  filter.now = 10
  assert.deepEqual(filter.barrier(), shown([[9_000n, 1]]))
})
