import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Expression, JoinType, OperatorSpec } from '../../types/job.ts'
import { BOOL, INT8, type Schema } from '../../types/type.ts'
import { compileProjection } from '../expression/compile.ts'
import { Harness, type Row } from '../operators/harness.ts'

const schema: Schema = ['k', 't', 'n'].map(name => ({ name, type: INT8 }))
const compile = (columns: readonly Expression[], input: Schema, predicate?: Expression) =>
  compileProjection(columns, input, {
    mode: 'stream',
    ...(predicate && { predicate }),
    onError: error => {
      throw error
    },
  })
const column = (index: number): Expression => ({ kind: 'column', index, type: INT8 })
const call = (fn: string, ...args: Expression[]): Expression => ({
  kind: 'call',
  fn,
  args,
  type: fn.endsWith('bool') || fn === 'and' ? BOOL : INT8,
})
const five: Expression = { kind: 'literal', value: 5n, type: INT8 }
/** l.t >= r.t - 5 AND l.t <= r.t */
const interval = call(
  'and',
  call('>=(int8, int8) -> bool', column(1), call('-(int8, int8) -> int8', column(4), five)),
  call('<=(int8, int8) -> bool', column(1), column(4)),
)
const join = (type: JoinType, key: number, residual?: Expression): OperatorSpec => ({
  kind: 'join',
  type,
  leftKeys: [key],
  rightKeys: [key],
  nullSafe: [false],
  ...(residual && { residual }),
})
const joinTypes: readonly JoinType[] = ['inner', 'left', 'right', 'full', 'semi', 'anti']
const aggregate: OperatorSpec = {
  kind: 'aggregate',
  groups: [1],
  calls: [
    { fn: 'max(int8) -> int8', args: [2], distinct: false, type: INT8 },
    { fn: 'count(int8) -> int8', args: [0], distinct: true, type: INT8 },
  ],
}
const topN: OperatorSpec = {
  kind: 'top-n',
  partition: [1],
  order: [{ column: 2, descending: true, nullsFirst: false }],
  offset: 0,
  limit: 2,
  withTies: false,
}
const operators: readonly (readonly [string, OperatorSpec, number])[] = [
  ...joinTypes.flatMap(type => [
    [`${type} join of an interval`, join(type, 0, interval), 2] as const,
    [`${type} join by time`, join(type, 1), 2] as const,
  ]),
  ['aggregate', aggregate, 1],
  ['top-n', topN, 1],
]

/** Per step and port: how far the mark rises, rows by key, time above the mark and n, and rows to take back. */
const port = fc.record({
  rise: fc.nat(4),
  rows: fc.array(fc.tuple(fc.nat(2), fc.option(fc.nat(8), { freq: 12 }), fc.nat(3)), { maxLength: 5 }),
  back: fc.array(fc.nat(20), { maxLength: 2 }),
})
const steps = fc.array(fc.record({ ports: fc.tuple(port, port), crash: fc.boolean() }), { maxLength: 12 })

for (const appendOnly of [true, false])
  for (const [name, spec, ports] of operators)
    test(`${name}${appendOnly ? ', append-only' : ''}: what marks clean is never missed`, () => {
      fc.assert(
        fc.property(steps, run => {
          const make = () => new Harness(spec, Array(ports).fill(schema), { appendOnly, compile })
          const [cleaned, plain] = [make(), make()]
          const marks = [0n, 0n]
          const live: Row[][] = [[], []]
          for (const step of run) {
            for (let at = 0; at < ports; at++) {
              const { rows, back } = step.ports[at]!
              const fresh = rows.map(
                ([k, t, n]): Row => [BigInt(k), t === null ? null : marks[at]! + BigInt(t), BigInt(n)],
              )
              live[at]!.push(...fresh)
              const gone = appendOnly ? [] : takenBack(live[at]!, back, marks[at]!)
              for (const side of [cleaned, plain])
                side.push(at, [...fresh, ...gone], [...fresh.map(() => 1), ...gone.map(() => -1)])
            }
            for (let at = 0; at < ports; at++) marks[at]! += BigInt(step.ports[at]!.rise)
            const given = marks.slice(0, ports).map(mark => [undefined, mark, undefined])
            assert.deepEqual(cleaned.barrier(given), plain.barrier())
            if (step.crash) cleaned.crash()
          }
          const end = [undefined, 1_000_000n, undefined]
          cleaned.barrier([end, end].slice(0, ports))
          // What has no time stays; and the condition bounds no row that another one counts.
          const counts = spec.kind === 'join' && spec.residual !== undefined && spec.type !== 'inner'
          const timeless = live.flat().filter(row => row[1] === null).length
          if (!appendOnly && !counts) assert.ok(cleaned.stateRows <= timeless * 3)
        }),
        { numRuns: 60 },
      )
    })

/** Takes rows of the list that are not below the mark. */
function takenBack(live: Row[], picks: readonly number[], mark: bigint): Row[] {
  return picks.flatMap(pick => {
    const row = live[pick]
    if (row === undefined || (row[1] !== null && (row[1] as bigint) < mark)) return []
    return live.splice(pick, 1)
  })
}

test('an append-only join forgets the rows of its past, in memory and in the store', () => {
  const harness = new Harness(join('inner', 0, interval), [schema, schema], { appendOnly: true, compile })
  let expected = 0
  for (let epoch = 0n; epoch < 10n; epoch++) {
    const rows = Array.from({ length: 5000 }, (_, i): Row => [BigInt(i), epoch * 10n, epoch])
    harness.push(0, rows)
    harness.push(1, rows.slice(0, 10))
    expected += 10
    assert.equal(harness.barrier([at(epoch * 10n), at(epoch * 10n)]).length, expected)
    assert.ok(harness.stateRows <= 3 * 5010, `${harness.stateRows} rows of state`)
    if (epoch % 3n === 0n) harness.crash()
  }
  assert.deepEqual(harness.marks, [undefined, 85n, undefined, undefined, 90n, undefined])
})

function at(mark: bigint): readonly (bigint | undefined)[] {
  return [undefined, mark, undefined]
}
