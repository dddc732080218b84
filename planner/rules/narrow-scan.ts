import type { Expression } from '../../types/job.ts'
import type { Value } from '../../types/value.ts'
import { conjuncts, functionName } from '../expressions.ts'
import type { Plan } from '../plan.ts'

/** Conditions that fix the whole key of a relation narrow its scan to a lookup. */
export function narrowScan(plan: Plan): Plan {
  if (plan.op !== 'filter' && plan.op !== 'project') return plan
  const scan = plan.input
  if (scan.op !== 'scan' || scan.key.length === 0 || scan.scan !== undefined) return plan
  const fixed = new Map<number, Value>()
  for (const c of conjuncts(plan.predicate)) {
    const pair = equality(c)
    if (pair !== undefined) fixed.set(pair.column, pair.value)
  }
  if (!scan.key.every(k => fixed.has(k))) return plan
  const equals = scan.key.map(k => fixed.get(k)!)
  return { ...plan, input: { ...scan, scan: { columns: scan.key, equals } } }
}

function equality(c: Expression): { readonly column: number; readonly value: Value } | undefined {
  if (c.kind !== 'call' || functionName(c.fn) !== '=') return undefined
  const [a, b] = c.args as [Expression, Expression]
  if (a.kind === 'column' && b.kind === 'literal' && b.value !== null && b.type.name === a.type.name) {
    return { column: a.index, value: b.value }
  }
  if (b.kind === 'column' && a.kind === 'literal' && a.value !== null && a.type.name === b.type.name) {
    return { column: b.index, value: a.value }
  }
  return undefined
}
