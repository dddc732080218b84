import { compareDecimals } from '../../types/compare.ts'
import { decimalOf } from '../../types/decimal.ts'
import * as d from '../../types/decimal96.ts'
import * as m from '../../types/decimal96-math.ts'
import { SqlError } from '../../types/error.ts'
import type { Decimal, Value } from '../../types/value.ts'
import { fn } from './registry.ts'

/** What numerics of 96 bits have other answers for than PostgreSQL's. */
const dialect = 'risingwave'

for (const [operators, help, call] of [
  [['+'], 'sum', d.add],
  [['-'], 'difference', d.subtract],
  [['*'], 'product', d.multiply],
  [['/'], 'quotient of up to 28 digits after the point', d.divide],
  [['%', 'mod'], 'remainder', d.remainder],
  [['power', 'pow', '^'], 'a to the power b', m.power96],
] as const)
  for (const operator of operators) fn(`${operator}(numeric, numeric) -> numeric`, { dialect, help, call })

for (const [names, help, call] of [
  [['sqrt', '|/'], 'square root', m.sqrt96],
  [['exp'], 'e to the power a', m.exp96],
  [['ln'], 'natural logarithm', m.ln96],
  [['log', 'log10'], 'logarithm to the base 10', m.log10of96],
] as const)
  for (const name of names) fn(`${name}(numeric) -> numeric`, { dialect, help, call })

fn('round(numeric, int4) -> numeric', {
  dialect,
  help: 'rounded to at most that many digits',
  call: (a: Decimal, n: number) => d.round(a, n),
})

for (const type of ['int8', 'numeric'] as const)
  fn(`array_sum(${type}[]) -> numeric`, {
    dialect,
    help: 'sum of the elements',
    call: (items: readonly Value[]) => {
      const given = items.filter(v => v !== null)
      if (given.length === 0) return null
      return given.map(v => (typeof v === 'bigint' ? decimalOf(v) : (v as Decimal))).reduce(d.add, d.ZERO)
    },
  })

for (const [name, help, withEnd] of [
  ['generate_series', 'values from a to b, in steps of c', true],
  ['range', 'values from a, in steps of c, before b', false],
] as const) {
  const rows = (a: Decimal, b: Decimal, step: Decimal = d.ONE) => series(a, b, step, withEnd)
  fn(`${name}(numeric, numeric) -> setof numeric`, { dialect, help, rows })
  fn(`${name}(numeric, numeric, numeric) -> setof numeric`, { dialect, help, rows })
}

function* series(from: Decimal, to: Decimal, step: Decimal, withEnd: boolean): Iterable<Value> {
  for (const [what, { special }] of Object.entries({ start: from, stop: to, 'step size': step }))
    if (special !== undefined)
      throw new SqlError(
        'invalid_parameter_value',
        `${what} value cannot be ${special === 'NaN' ? 'NaN' : 'infinity'}`,
      )
  if (step.digits === 0n) throw new SqlError('invalid_parameter_value', 'step size cannot equal zero')
  const ahead = step.digits > 0n ? -1 : 1
  for (let n = from; ; n = d.add(n, step)) {
    const order = compareDecimals(n, to)
    if (order !== ahead && !(withEnd && order === 0)) return
    yield n
  }
}
