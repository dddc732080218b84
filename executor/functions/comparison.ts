import { compareValues } from '../../types/compare.ts'
import { TEXT, type Type, type TypeName } from '../../types/type.ts'
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
  'oid',
  'date',
  'time',
  'timestamp',
  'timestamptz',
]
const OTHERS = [
  'float4',
  'float8',
  'numeric',
  'text',
  'bytea',
  'interval',
  'uuid',
  'jsonb',
  'anyarray',
] as const

for (const [operator, symbol] of Object.entries(OPERATORS)) {
  for (const type of PLAIN)
    fn(`${operator}(${type}, ${type}) -> bool`, {
      help: 'comparison',
      emit: ([a, b]) => `(${a} ${symbol} ${b})`,
    })
  for (const name of OTHERS) {
    if ((name === 'text' || name === 'uuid') && (operator === '=' || operator === '<>'))
      fn(`${operator}(${name}, ${name}) -> bool`, {
        help: 'comparison',
        emit: ([a, b]) => `(${a} ${symbol} ${b})`,
      })
    else {
      const type = parseTypeName(name) ?? { name: 'array', element: TEXT }
      fn(`${operator}(${name}, ${name}) -> bool`, { help: 'comparison', call: comparison(operator, type) })
    }
  }
}

fn('not(bool) -> bool', { help: 'negation', emit: ([a]) => `!${a}` })

function comparison(operator: string, type: Type): (a: Value, b: Value) => boolean {
  const order = (a: Value, b: Value) =>
    type.name === 'array' ? compareArrays(a, b) : compareValues(type, a, b)
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

/** Element types are told by the values: text, numbers, bigints and decimals order as their JavaScript values do. */
function compareArrays(a: Value, b: Value): number {
  const [x, y] = [a as readonly Value[], b as readonly Value[]]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const order = compareElements(x[i]!, y[i]!)
    if (order !== 0) return order
  }
  return x.length - y.length
}

function compareElements(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  if (Array.isArray(a)) return compareArrays(a, b)
  if (typeof a === 'string') return compareValues(TEXT, a, b)
  if (typeof a === 'object' && 'digits' in a) return compareValues({ name: 'numeric' }, a, b)
  if (typeof a === 'object' && 'months' in a) return compareValues({ name: 'interval' }, a, b)
  return a < b! ? -1 : a > b! ? 1 : 0
}
