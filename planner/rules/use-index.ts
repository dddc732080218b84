import type { Expression, Scan } from '../../types/job.ts'
import { toJson } from '../../types/json.ts'
import type { Value } from '../../types/value.ts'
import { column, columnsOf, conjuncts, functionName, literal } from '../expressions.ts'
import type { IndexScan, Plan } from '../plan.ts'

type Reader = Extract<Plan, { op: 'filter' | 'project' }>
type Table = Extract<Plan, { op: 'scan' }>

/** Rows that an index finds by conditions on its leading keys are read from the index, when it has the columns read. */
export function useIndex(plan: Plan): Plan {
  if (plan.op !== 'filter' && plan.op !== 'project') return plan
  const table = plan.input
  if (table.op !== 'scan' || table.scan !== undefined || table.indexes === undefined) return plan
  const needed = neededOf(plan, table)
  const bounds = conjuncts(plan.predicate).flatMap(boundOf)
  let best: { readonly index: IndexScan; readonly scan: Scan } | undefined
  for (const index of table.indexes) {
    const scan = scanBy(index, bounds)
    if (scan === undefined || !needed.every(i => index.columns[i] !== -1)) continue
    if (best === undefined || worth(scan) > worth(best.scan)) best = { index, scan }
  }
  return best === undefined ? plan : { ...plan, input: throughIndex(table, best.index, best.scan) }
}

function neededOf(plan: Reader, table: Table): readonly number[] {
  if (plan.op === 'filter') return table.schema.map((_, i) => i)
  const all = [...plan.columns, ...(plan.predicate === undefined ? [] : [plan.predicate])]
  return all.flatMap(e => [...columnsOf(e)])
}

interface Bound {
  /** What is compared, as JSON: equal expressions look the same. */
  readonly of: string
  readonly by: '=' | '>' | '<'
  readonly value: Value
}

const MIRRORED: Readonly<Record<string, Bound['by']>> = { '=': '=', '<': '>', '<=': '>', '>': '<', '>=': '<' }
const PLAIN: Readonly<Record<string, Bound['by']>> = { '=': '=', '<': '<', '<=': '<', '>': '>', '>=': '>' }

/** A comparison of an expression with a constant of its type. */
function boundOf(c: Expression): readonly Bound[] {
  if (c.kind !== 'call' || c.args.length !== 2) return []
  const name = functionName(c.fn)
  const [a, b] = c.args as [Expression, Expression]
  const [of, constant, by] = b.kind === 'literal' ? [a, b, PLAIN[name]] : [b, a, MIRRORED[name]]
  if (by === undefined || constant.kind !== 'literal' || constant.value === null) return []
  if (of.kind === 'literal' || of.type.name !== constant.type.name) return []
  return [{ of: toJson(of), by, value: constant.value }]
}

/** Equal leading keys, then one key between bounds; undefined: no condition is on the first key. */
function scanBy({ keys }: IndexScan, bounds: readonly Bound[]): Scan | undefined {
  const equals: Value[] = []
  for (const key of keys) {
    const own = bounds.filter(bound => bound.of === toJson(key))
    const fixed = own.find(bound => bound.by === '=')
    if (fixed !== undefined) {
      equals.push(fixed.value)
      continue
    }
    const from = own.find(bound => bound.by === '>')
    const to = own.find(bound => bound.by === '<')
    if (from === undefined && to === undefined) break
    const range = {
      column: equals.length,
      ...(from === undefined ? {} : { from: from.value }),
      ...(to === undefined ? {} : { to: to.value }),
    }
    return { columns: equals.map((_, i) => i), equals, range }
  }
  return equals.length === 0 ? undefined : { columns: equals.map((_, i) => i), equals }
}

function worth({ equals, range }: Scan): number {
  return 3 * equals.length + (range?.from === undefined ? 0 : 1) + (range?.to === undefined ? 0 : 1)
}

/** The table's columns as the index has them; those it has not are not read. */
function throughIndex(table: Table, index: IndexScan, scan: Scan): Plan {
  const { relation, schema, key, appendOnly } = index
  const input: Plan = { op: 'scan', relation, schema, key, appendOnly, scan }
  const columns = table.schema.map(({ type }, i) => {
    const at = index.columns[i]!
    return at === -1 ? literal(null, type) : column(at, type)
  })
  return { op: 'project', input, columns, names: table.schema.map(field => field.name) }
}
