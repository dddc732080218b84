import { compareValues } from '../../types/compare.ts'
import type { Type, TypeName } from '../../types/type.ts'
import { parseTypeName } from '../../types/type-names.ts'
import type { Value } from '../../types/value.ts'
import { fn } from './registry.ts'

const OPERATORS = { '=': '===', '<>': '!==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' } as const
/** Types whose JavaScript values compare by the language's own operators. */
const PLAIN: readonly TypeName[] = [
  'bool',
  'int2',
  'int4',
  'int8',
  'date',
  'time',
  'timetz',
  'timestamp',
  'timestamptz',
]
const OTHERS = [
  'int256',
  'vector',
  'float4',
  'float8',
  'numeric',
  'text',
  'bytea',
  'interval',
  'uuid',
  'jsonb',
  'bit',
  'varbit',
] as const
/** Types whose values are texts, equal when these are. */
const BY_TEXT: ReadonlySet<TypeName> = new Set(['text', 'uuid', 'bit', 'varbit'])

for (const [operator, symbol] of Object.entries(OPERATORS)) {
  // Its 32 bits have no sign.
  fn(`${operator}(oid, oid) -> bool`, {
    help: 'comparison',
    emit: ([a, b]) => `((${a} >>> 0) ${symbol} (${b} >>> 0))`,
  })
  for (const type of PLAIN)
    fn(`${operator}(${type}, ${type}) -> bool`, {
      help: 'comparison',
      emit: ([a, b]) => `(${a} ${symbol} ${b})`,
    })
  fn(`${operator}(anyenum, anyenum) -> bool`, {
    help: 'comparison',
    emit: ([a, b]) => `(${a} ${symbol} ${b})`,
  })
  for (const name of OTHERS) {
    if (BY_TEXT.has(name) && (operator === '=' || operator === '<>'))
      fn(`${operator}(${name}, ${name}) -> bool`, {
        help: 'comparison',
        emit: ([a, b]) => `(${a} ${symbol} ${b})`,
      })
    else {
      const type = parseTypeName(name)!
      fn(`${operator}(${name}, ${name}) -> bool`, { help: 'comparison', call: comparison(operator, type) })
    }
  }
  for (const name of ['anyarray', 'record'])
    fn(`${operator}(${name}, ${name}) -> bool`, {
      help: 'comparison',
      make: ([type]) => comparison(operator, type!),
    })
}

for (const [name, symbol] of [
  ['booleq', '==='],
  ['boolne', '!=='],
  ['boollt', '<'],
  ['boolle', '<='],
  ['boolgt', '>'],
  ['boolge', '>='],
] as const)
  fn(`${name}(bool, bool) -> bool`, { help: 'comparison', emit: ([a, b]) => `(${a} ${symbol} ${b})` })

fn('not(bool) -> bool', { help: 'negation', emit: ([a]) => `!${a}` })

function comparison(operator: string, type: Type): (a: Value, b: Value) => boolean {
  const order = (a: Value, b: Value) => compareValues(type, a, b)
  switch (operator) {
    case '=':
      return (a, b) => order(a, b) === 0
    case '<>':
      return (a, b) => order(a, b) !== 0
    case '<':
      return (a, b) => order(a, b) < 0
    case '<=':
      return (a, b) => order(a, b) <= 0
    case '>':
      return (a, b) => order(a, b) > 0
    default:
      return (a, b) => order(a, b) >= 0
  }
}
