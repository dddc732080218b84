import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { JoinType, OperatorSpec } from '../../types/job.ts'
import { BOOL, FLOAT8, INT4, INT8, NUMERIC, type Schema, TEXT } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { OperatorContext } from '../contract.ts'
import { Harness, type Row, shown } from './harness.ts'

const schema: Schema = [
  { name: 'k', type: INT8 },
  { name: 'n', type: INT4 },
  { name: 't', type: TEXT },
  { name: 'f', type: FLOAT8 },
  { name: 'b', type: BOOL },
]
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 4 })
const rowArbitrary: fc.Arbitrary<Row> = fc.tuple(
  maybe(fc.integer({ min: 0, max: 3 }).map(BigInt)),
  maybe(fc.integer({ min: -2, max: 4 })),
  maybe(fc.constantFrom('', 'a', 'b', 'long text of more than twenty four bytes é')),
  maybe(fc.constantFrom(0.1, 0.2, 1e300, -1e300, 1e-9)),
  maybe(fc.boolean()),
)
type Step =
  | { do: 'insert'; port: number; rows: Row[] }
  | { do: 'delete'; port: number; picks: number[] }
  | { do: 'barrier' }
  | { do: 'crash' }
const steps = (ports: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({
          do: fc.constant('insert' as const),
          port: fc.nat(ports - 1),
          rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 6 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('delete' as const),
          port: fc.nat(ports - 1),
          picks: fc.array(fc.nat(50), { minLength: 1, maxLength: 4 }),
        }),
      },
      { weight: 2, arbitrary: fc.constant({ do: 'barrier' as const }) },
      { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
    ),
    { maxLength: 30 },
  )

interface Options {
  appendOnly?: boolean
  compile?: OperatorContext['compile']
}

/** Drives an operator with random changes, barriers and crashes; at each barrier its output must equal `expected`. */
function equalsRecomputation(
  spec: OperatorSpec,
  ports: number,
  expected: (inputs: readonly (readonly Row[])[]) => readonly Row[],
  options: Options = {},
  runs = 120,
): void {
  fc.assert(
    fc.property(steps(ports), list => {
      const harness = new Harness(spec, Array(ports).fill(schema), options)
      const alive: Row[][] = Array.from({ length: ports }, () => [])
      const check = () => assert.deepEqual(harness.barrier(), shown(expected(alive)))
      for (const step of list) {
        if (step.do === 'insert') {
          alive[step.port]!.push(...step.rows)
          harness.push(step.port, step.rows)
        } else if (step.do === 'delete' && options.appendOnly !== true) {
          const rows = step.picks.flatMap(pick => {
            const mine = alive[step.port]!
            return mine.length === 0 ? [] : mine.splice(pick % mine.length, 1)
          })
          if (rows.length > 0)
            harness.push(
              step.port,
              rows,
              rows.map(() => -1),
            )
        } else {
          check()
          if (step.do === 'crash') harness.crash()
        }
      }
      check()
    }),
    { numRuns: runs },
  )
}

const text = (v: Value | undefined) => JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? `${x}n` : x))
const grouped = (rows: readonly Row[], columns: readonly number[]): Row[][] => {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = columns.map(i => text(row[i])).join()
    groups.set(name, [...(groups.get(name) ?? []), row])
  }
  return [...groups.values()]
}
const order = (column: number, descending = false) => ({ column, descending, nullsFirst: false })
const compare = (a: Value, b: Value): number => {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}
const total = (first: number, descending: boolean) => (a: Row, b: Row) => {
  const x = a[first]!
  const y = b[first]!
  const sign = compare(x, y)
  if (sign !== 0) return descending && x !== null && y !== null ? -sign : sign
  for (let i = 0; i < a.length; i++) if (compare(a[i]!, b[i]!) !== 0) return compare(a[i]!, b[i]!)
  return 0
}

const call = (fn: string, args: number[], type = INT8, extra = {}) => ({
  fn,
  args,
  distinct: false,
  type,
  ...extra,
})
const calls = [
  call('count(*)', []),
  call('count(any)', [1]),
  call('sum(int4)', [1]),
  call('sum(int8)', [0], NUMERIC),
  call('min(int4)', [1], INT4),
  call('max(text)', [2], TEXT),
  call('count(any)', [2], INT8, { distinct: true }),
  call('sum(int4)', [1], INT8, { filter: 4 }),
  call('sum(float8)', [3], FLOAT8),
  call('bool_and(bool)', [4], BOOL),
  call('max(int8)', [0], INT8),
]
const present = (rows: readonly Row[], i: number) => rows.map(r => r[i]!).filter(v => v !== null)
const exact = (values: readonly number[]): number => {
  // In units of 1e-9-ish binary fractions the few constants of the test are summed as scaled integers.
  const scale = 2n ** 1100n
  const asBig = (v: number): bigint => {
    let power = 0
    while (!Number.isInteger(v * 2 ** power)) power++
    return (BigInt(v * 2 ** power) * scale) / 2n ** BigInt(power)
  }
  const sum = values.reduce((s, v) => s + asBig(v), 0n)
  if (sum === 0n) return 0
  const negative = sum < 0n
  const magnitude = negative ? -sum : sum
  const shift = Math.max(0, magnitude.toString(2).length - 120)
  const head = magnitude >> BigInt(shift)
  const sticky = head << BigInt(shift) === magnitude ? 0n : 1n
  const value = Number(head * 2n + sticky) * 2 ** (shift - 1101)
  return negative ? -value : value
}
const outputs = (rows: readonly Row[]): Value[] => {
  const numbers = present(rows, 1) as number[]
  const filtered = present(
    rows.filter(r => r[4] === true),
    1,
  ) as number[]
  const keys = present(rows, 0) as bigint[]
  const texts = present(rows, 2) as string[]
  const floats = present(rows, 3) as number[]
  const bools = present(rows, 4) as boolean[]
  const sum = (list: readonly number[]) =>
    list.length === 0 ? null : BigInt(list.reduce((a, b) => a + b, 0))
  return [
    BigInt(rows.length),
    BigInt(numbers.length),
    sum(numbers),
    keys.length === 0 ? null : { digits: keys.reduce((a, b) => a + b, 0n), scale: 0 },
    numbers.length === 0 ? null : Math.min(...numbers),
    texts.length === 0 ? null : texts.toSorted().at(-1)!,
    BigInt(new Set(texts).size),
    sum(filtered),
    floats.length === 0 ? null : exact(floats),
    bools.length === 0 ? null : bools.every(b => b),
    keys.length === 0 ? null : keys.toSorted(compare).at(-1)!,
  ]
}

for (const appendOnly of [false, true])
  test(`aggregate equals recomputation${appendOnly ? ', append-only' : ''}`, () => {
    for (const groups of [[0], [2, 1], []])
      equalsRecomputation(
        { kind: 'aggregate', groups, calls },
        1,
        ([rows]) =>
          groups.length === 0
            ? [outputs(rows!)]
            : grouped(rows!, groups).map(group => [...groups.map(i => group[0]![i]!), ...outputs(group)]),
        { appendOnly },
        60,
      )
  })

test('DISTINCT is an aggregate without calls', () =>
  equalsRecomputation({ kind: 'aggregate', groups: [0, 2], calls: [] }, 1, ([rows]) =>
    grouped(rows!, [0, 2]).map(group => [group[0]![0]!, group[0]![2]!]),
  ))

/** Stands in for the compiler: the residual of the tests is left n < right n, the output the last column. */
const residualCompiler: OperatorContext['compile'] = (_expressions, input) => chunk => {
  const at = input.length - 1
  const kept: Row[] = []
  for (let i = 0; i < chunk.length; i++) {
    const left = cellValue(chunk.columns[1]!, i)
    const right = cellValue(chunk.columns[schema.length + 1]!, i)
    if (left !== null && right !== null && left < right) kept.push([cellValue(chunk.columns[at]!, i)])
  }
  return kept.length === 0 ? undefined : chunkOf([INT4], kept)
}

const at = (index: number) => ({ kind: 'column', index, type: INT4 }) as const

for (const type of ['inner', 'left', 'right', 'full', 'semi', 'anti'] as JoinType[])
  for (const residual of [false, true])
    test(`${type} join${residual ? ' with residual' : ''} equals recomputation`, () => {
      for (const [keys, nullSafe] of [
        [[0], [false]],
        [
          [0, 2],
          [false, true],
        ],
        [[], []],
      ] as [number[], boolean[]][]) {
        const spec: OperatorSpec = { kind: 'join', type, leftKeys: keys, rightKeys: keys, nullSafe }
        const matches = (l: Row, r: Row) =>
          keys.every((k, i) => l[k] === r[k] && (l[k] !== null || nullSafe[i])) &&
          (!residual || (l[1] !== null && r[1] !== null && l[1]! < r[1]!))
        const none = schema.map(() => null)
        const expected = ([lefts, rights]: readonly (readonly Row[])[]): Row[] => {
          const out: Row[] = []
          for (const l of lefts!) {
            const found = rights!.filter(r => matches(l, r))
            if (type === 'semi' ? found.length > 0 : type === 'anti' && found.length === 0) out.push(l)
            if (type === 'semi' || type === 'anti') continue
            for (const r of found) out.push([...l, ...r])
            if (found.length === 0 && (type === 'left' || type === 'full')) out.push([...l, ...none])
          }
          if (type === 'right' || type === 'full')
            for (const r of rights!) if (!lefts!.some(l => matches(l, r))) out.push([...none, ...r])
          return out
        }
        const residualExpression = residual
          ? { residual: { kind: 'call', fn: '<', args: [1, schema.length + 1].map(at), type: BOOL } as const }
          : {}
        equalsRecomputation(
          { ...spec, ...residualExpression },
          2,
          expected,
          { compile: residualCompiler },
          40,
        )
      }
    })

for (const appendOnly of [false, true])
  test(`top-n equals recomputation${appendOnly ? ', append-only' : ''}`, () => {
    for (const rank of [undefined, 'row_number', 'rank', 'dense_rank'] as const)
      for (const withTies of rank === undefined ? [false, true] : [false])
        for (const partition of [[], [0]])
          equalsRecomputation(
            {
              kind: 'top-n',
              partition,
              order: [order(1, true)],
              offset: 1,
              limit: 2,
              withTies,
              ...(rank === undefined ? {} : { rank }),
            },
            1,
            ([rows]) =>
              grouped(rows!, partition).flatMap(group => {
                const sorted = group.toSorted(total(1, true))
                return sorted.flatMap((row, i): Row[] => {
                  const before = sorted.filter(other => compareKey(other, row) < 0)
                  const position =
                    rank === 'rank'
                      ? before.length
                      : rank === 'dense_rank'
                        ? new Set(before.map(r => r[1])).size
                        : i
                  const tied = withTies && i >= 3 && sorted.length > 2 && sorted[2]![1] === row[1]
                  if (position < 1 || (position >= 3 && !tied)) return []
                  return [rank === undefined ? row : [...row, BigInt(position + 1)]]
                })
              }),
            { appendOnly },
            50,
          )
  })
function compareKey(a: Row, b: Row): number {
  const sign = compare(a[1]!, b[1]!)
  return a[1] === null || b[1] === null ? sign : -sign
}

for (const operation of ['intersect', 'except'] as const)
  for (const all of [false, true])
    test(`${operation}${all ? ' all' : ''} equals recomputation`, () =>
      equalsRecomputation({ kind: 'set-operation', operation, all }, 2, ([lefts, rights]) =>
        grouped(lefts!, [0, 1, 2, 3, 4]).flatMap(group => {
          const r = rights!.filter(row => text(row as Value) === text(group[0]! as Value)).length
          const l = group.length
          const n =
            operation === 'intersect'
              ? all
                ? Math.min(l, r)
                : r > 0
                  ? 1
                  : 0
              : all
                ? Math.max(0, l - r)
                : r > 0
                  ? 0
                  : 1
          return Array<Row>(n).fill(group[0]!)
        }),
      ))

test('materialize and union and sink hand on the net change', () => {
  for (const spec of [
    { kind: 'union' },
    { kind: 'materialize', relation: 1, schema, mode: 'bag', key: [] },
    { kind: 'sink', relation: 1, schema, key: [] },
  ] as OperatorSpec[])
    equalsRecomputation(spec, 1, ([rows]) => rows!, {}, 40)
})

test('upsert keeps the last row of each key', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(rowArbitrary, fc.boolean(), fc.nat(5))), list => {
      const harness = new Harness({ kind: 'upsert', key: [0], conflict: 'overwrite' }, [schema])
      const model = new Map<Value, Row>()
      for (const [row, write, dice] of list) {
        harness.push(0, [row], [write ? 1 : -1])
        if (write) model.set(row[0]!, row)
        else model.delete(row[0]!)
        if (dice === 0) {
          assert.deepEqual(harness.barrier(), shown([...model.values()]))
          harness.crash()
        }
      }
      assert.deepEqual(harness.barrier(), shown([...model.values()]))
    }),
    { numRuns: 100 },
  )
})

test('values come once, also after a crash', () => {
  const harness = new Harness(
    { kind: 'values', schema: [{ name: 'k', type: INT8 }], rows: [[1n], [null]] },
    [],
  )
  assert.deepEqual(harness.barrier(), ['[null]', '[{"$n":"1"}]'])
  harness.crash()
  assert.deepEqual(harness.barrier(), ['[null]', '[{"$n":"1"}]'])
})

test('hop puts a row into size / slide windows', () => {
  const harness = new Harness({ kind: 'hop', time: 0, slide: 2n, size: 4n, offset: 0n }, [
    [{ name: 'k', type: INT8 }],
  ])
  harness.push(0, [[5n], [-1n], [null]])
  const windows = [
    [5n, 2n, 6n],
    [5n, 4n, 8n],
    [-1n, -4n, 0n],
    [-1n, -2n, 2n],
  ]
  assert.deepEqual(harness.barrier(), shown(windows))
})

test('hop with slide = size gives every time its one window, near and far', () => {
  const far = 1n << 60n
  for (const rows of [
    [[5n], [-1n], [3n], [far], [-far]],
    [[5n], [null], [-1n], [3n], [far], [0x7fffffffffffffffn]],
  ]) {
    const harness = new Harness({ kind: 'hop', time: 0, slide: 10n, size: 10n, offset: 3n }, [
      [{ name: 'k', type: INT8 }],
    ])
    harness.push(0, rows)
    const windows = rows
      .map(([at]) => at)
      .filter(at => typeof at === 'bigint' && at !== 0x7fffffffffffffffn)
      .map(at => {
        const start = BigInt(at!) - ((((BigInt(at!) - 3n) % 10n) + 10n) % 10n)
        return [at!, start, start + 10n]
      })
    assert.deepEqual(harness.barrier(), shown(windows))
  }
})

test('panes round times down and add equal rows up until the barrier', () => {
  const harness = new Harness({ kind: 'panes', time: 1, width: 10n, offset: 3n }, [
    [
      { name: 'k', type: TEXT },
      { name: 'at', type: INT8 },
    ],
  ])
  const far = 1n << 60n
  harness.push(0, [
    ['a', 13n],
    ['a', 22n],
    ['a', 23n],
    ['b', -8n],
    [null, null],
    ['b', far],
    ['b', -far],
  ])
  harness.push(
    0,
    [
      ['a', 14n],
      ['a', 25n],
    ],
    [1, -1],
  )
  const down = (at: bigint) => at - ((((at - 3n) % 10n) + 10n) % 10n)
  assert.deepEqual(
    harness.barrier(),
    shown([
      ['a', 13n],
      ['a', 13n],
      ['a', 13n],
      ['b', -17n],
      [null, null],
      ['b', down(far)],
      ['b', down(-far)],
    ]),
  )
})

test('more than one row fails a scalar subquery with 21000', () => {
  const harness = new Harness({ kind: 'single-row', group: [] }, [[{ name: 'k', type: INT8 }]])
  harness.push(0, [[1n]])
  harness.push(0, [[1n], [2n]], [-1, 1])
  assert.deepEqual(harness.barrier(), shown([[2n]]))
  harness.push(0, [[3n]])
  assert.throws(() => harness.barrier(), { sqlstate: '21000' })
})

test('set-returning calls run side by side and pad with NULLs', () => {
  const literal = (value: Value) => ({ kind: 'literal', value, type: INT4 }) as const
  const series = (from: number, to: number) =>
    ({
      kind: 'call',
      fn: 'generate_series(int4, int4) -> setof int4',
      args: [literal(from), literal(to)],
      type: INT4,
    }) as const
  const compile: OperatorContext['compile'] = expressions => chunk =>
    chunkOf(
      expressions.map(e => e.type),
      Array.from({ length: chunk.length }, () =>
        expressions.map(e => (e.kind === 'literal' ? e.value : null)),
      ),
    )
  const harness = new Harness(
    { kind: 'project-set', calls: [series(1, 2), series(5, 5)], ordinality: true, outer: false },
    [[{ name: 'k', type: INT8 }]],
    { compile },
  )
  harness.push(0, [[7n]])
  assert.deepEqual(
    harness.barrier(),
    shown([
      [7n, 1, 5, 1n],
      [7n, 2, null, 2n],
    ]),
  )
})
