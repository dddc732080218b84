import type { Expression } from '../types/job.ts'
import { BOOL, TIMESTAMPTZ, type Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'

export function column(index: number, type: Type): Expression {
  return { kind: 'column', index, type }
}

export function literal(value: Value, type: Type): Expression {
  return { kind: 'literal', value, type }
}

export function call(fn: string, args: readonly Expression[], type: Type): Expression {
  return { kind: 'call', fn, args, type }
}

/** The time at which the statement runs: known to each run of it. */
const NOW_INDEX = -1
export const NOW: Expression = { kind: 'parameter', index: NOW_INDEX, type: TIMESTAMPTZ }

/** Whether it is the time at which the statement runs. */
export function isNow(e: Expression): boolean {
  return e.kind === 'parameter' && e.index === NOW_INDEX
}

export const TRUE = literal(true, BOOL)

/** Every column, as it is. */
export function everyColumn(schema: readonly { readonly type: Type }[]): readonly Expression[] {
  return schema.map(({ type }, i) => column(i, type))
}

/** A column of an enclosing query, `depth` queries up; gone once the subquery is decorrelated. */
export function outer(index: number, depth: number, type: Type): Expression {
  return call('outer', [column(index, type), column(depth, type)], type)
}

/** Rebuilds an expression bottom-up; outer references are leaves. */
export function mapExpression(e: Expression, leaf: (e: Expression) => Expression): Expression {
  if (e.kind !== 'call' || e.fn === 'outer') return leaf(e)
  const args = e.args.map(arg => mapExpression(arg, leaf))
  return args.every((arg, i) => arg === e.args[i]) ? e : { ...e, args }
}

/** Visits leaves: columns, literals, parameters, outer references. */
export function visit(e: Expression, leaf: (e: Expression) => void): void {
  if (e.kind !== 'call' || e.fn === 'outer') leaf(e)
  else for (const arg of e.args) visit(arg, leaf)
}

/** Columns moved by `move`. */
export function remap(e: Expression, move: (index: number) => number): Expression {
  return mapExpression(e, leaf => (leaf.kind === 'column' ? { ...leaf, index: move(leaf.index) } : leaf))
}

/** Columns replaced by expressions. */
export function substitute(e: Expression, columns: readonly Expression[]): Expression {
  return mapExpression(e, leaf => (leaf.kind === 'column' ? columns[leaf.index]! : leaf))
}

/** Whether the value is another for other rows. */
export function readsRow(e: Expression): boolean {
  return e.kind === 'column' || (e.kind === 'call' && (e.fn === 'outer' || e.args.some(readsRow)))
}

/** True when the expression depends on the time at which it is computed. */
export function readsNow(e: Expression): boolean {
  let found = false
  visit(e, leaf => {
    if (isNow(leaf)) found = true
  })
  return found
}

/** The same with the present time in a column. */
export function timedBy(e: Expression, at: number): Expression {
  return mapExpression(e, leaf => (isNow(leaf) ? column(at, TIMESTAMPTZ) : leaf))
}

export function columnsOf(e: Expression): ReadonlySet<number> {
  const found = new Set<number>()
  visit(e, leaf => leaf.kind === 'column' && found.add(leaf.index))
  return found
}

export function hasOuter(e: Expression): boolean {
  let found = false
  visit(e, leaf => {
    if (leaf.kind === 'call') found = true
  })
  return found
}

/** The conditions that AND together. */
export function conjuncts(e: Expression | undefined): readonly Expression[] {
  if (e === undefined || isTrue(e)) return []
  return e.kind === 'call' && e.fn === 'and' ? e.args.flatMap(conjuncts) : [e]
}

export function conjunction(list: readonly Expression[]): Expression | undefined {
  if (list.length === 0) return undefined
  return list.length === 1 ? list[0] : call('and', list, BOOL)
}

export function isTrue(e: Expression): boolean {
  return e.kind === 'literal' && e.value === true
}

/** Function name of a signature id: `=(int4, int4) -> bool` is `=`. */
export function functionName(fn: string): string {
  const at = fn.indexOf('(')
  return at <= 0 ? fn : fn.slice(0, at).trim()
}

/** Structural equality of plain data (bigint allowed). */
export function equal(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const left = Object.keys(a)
  if (left.length !== Object.keys(b).length) return false
  return left.every(key => equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
}
