import { assert } from '../../types/error.ts'
import type { AggregateCall, Expression, FrameBound, Order, WindowCall } from '../../types/job.ts'
import { quoteText } from '../../types/sql-text.ts'
import { formatText } from '../../types/text-io.ts'
import { typeName } from '../../types/type-names.ts'
import { functionName } from '../expressions.ts'

const BARE_LITERALS: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'numeric', 'bool'])
const AFTER: readonly string[] = ['is null', 'is not null']
const BETWEEN: readonly string[] = ['is distinct from', 'is not distinct from']

/** An expression in SQL's notation over columns with these names. */
export function expressionText(e: Expression, names: readonly string[]): string {
  switch (e.kind) {
    case 'column':
      return names[e.index] ?? `$${e.index}`
    case 'parameter':
      return `$${e.index + 1}`
    case 'literal':
      return literalText(e)
    case 'call':
      return callText(e, names)
  }
}

function literalText(e: Expression & { readonly kind: 'literal' }): string {
  if (e.value === null) return `NULL::${typeName(e.type)}`
  if (typeof e.value === 'boolean') return String(e.value)
  const text = formatText(e.type, e.value)
  if (BARE_LITERALS.has(e.type.name)) return text
  return `${quoteText(text)}${e.type.name === 'text' ? '' : `::${typeName(e.type)}`}`
}

function callText(e: Expression & { readonly kind: 'call' }, names: readonly string[]): string {
  const name = functionName(e.fn)
  const args = e.args.map(arg => expressionText(arg, names))
  const [a, b] = args
  if (name === 'and' || name === 'or') return `(${args.join(` ${name.toUpperCase()} `)})`
  if (name === 'cast') return `${a}::${typeName(e.type)}`
  if (name === 'case') return caseText(args)
  if (name === 'array') return `ARRAY[${args.join(', ')}]`
  if (name === 'in') return `(${a} IN (${args.slice(1).join(', ')}))`
  if (AFTER.includes(name)) return `(${a} ${name.toUpperCase()})`
  if (BETWEEN.includes(name)) return `(${a} ${name.toUpperCase()} ${b})`
  if (name === 'not') return `(NOT ${a})`
  if (name === 'field') return fieldText(e, a!)
  if (name === '$random') return 'random()'
  if (name === '$untouched') return `not touched by this transaction: (${args.slice(1).join(', ')})`
  if (!/^\w/.test(name)) return args.length > 1 ? `(${a} ${name} ${b})` : `(${name}${a})`
  return `${name}(${args.join(', ')})`
}

function caseText(args: readonly string[]): string {
  const pairs = Math.floor(args.length / 2)
  const branches = Array.from({ length: pairs }, (_, i) => `WHEN ${args[2 * i]} THEN ${args[2 * i + 1]}`)
  const otherwise = args.length % 2 === 1 ? ` ELSE ${args.at(-1)}` : ''
  return `CASE ${branches.join(' ')}${otherwise} END`
}

function fieldText(e: Expression & { readonly kind: 'call' }, row: string): string {
  const [input, at] = e.args
  assert(input !== undefined && at?.kind === 'literal', 'a field is taken by a literal position')
  return `(${row}).${input.type.fields?.[Number(at.value)]?.name}`
}

/** A call such as `sum(DISTINCT price ORDER BY at) FILTER (WHERE paid)`. */
export function aggregateText(call: AggregateCall, names: readonly string[]): string {
  const name = functionName(call.fn)
  const args = call.args.map(i => names[i] ?? `$${i}`).join(', ')
  const inside = `${call.distinct ? 'DISTINCT ' : ''}${call.fn.includes('(*)') ? '*' : args}`
  const order =
    call.order === undefined || call.order.length === 0 ? '' : ` ORDER BY ${orderText(call.order, names)}`
  const filter = call.filter === undefined ? '' : ` FILTER (WHERE ${names[call.filter] ?? `$${call.filter}`})`
  return `${name}(${inside}${order})${filter}`
}

/** `price DESC, at NULLS FIRST`: what differs from SQL's defaults is said. */
export function orderText(order: readonly Order[], names: readonly string[]): string {
  const one = ({ column, descending, nullsFirst }: Order) => {
    const nulls = nullsFirst === descending ? '' : ` NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`
    return `${names[column] ?? `$${column}`}${descending ? ' DESC' : ''}${nulls}`
  }
  return order.map(one).join(', ')
}

/** A call such as `sum(price) OVER ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`; partition and order are the node's. */
export function windowText(call: WindowCall, names: readonly string[]): string {
  const { frame } = call
  const args = call.args.map(i => names[i] ?? `$${i}`).join(', ')
  const filter = call.filter === undefined ? '' : ` FILTER (WHERE ${names[call.filter] ?? `$${call.filter}`})`
  const bounds = `${boundText(frame.start, names)} AND ${boundText(frame.end, names)}`
  const exclude = frame.exclude === 'none' ? '' : ` EXCLUDE ${frame.exclude.toUpperCase()}`
  const whole = call.fn.includes('(*)') ? '*' : args
  return `${functionName(call.fn)}(${whole})${filter} OVER ${frame.unit.toUpperCase()} BETWEEN ${bounds}${exclude}`
}

function boundText(bound: FrameBound, names: readonly string[]): string {
  if (bound.at === 'preceding' || bound.at === 'following')
    return `${expressionText(bound.offset, names)} ${bound.at.toUpperCase()}`
  if (bound.at === 'value')
    return `(${expressionText(bound.key, names)} AT ${expressionText(bound.value, names)})`
  return bound.at.toUpperCase()
}
