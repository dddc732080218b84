import type { Order } from '../../types/job.ts'
import { INT8 } from '../../types/type.ts'
import { column, everyColumn, literal } from '../expressions.ts'
import { type Plan, schemaOf } from '../plan.ts'

/** A plan and the order of its rows. Columns that tell it may stand behind the plan's own. */
export interface Ordered {
  readonly plan: Plan
  readonly order: readonly Order[]
}

/**
 * The order that a query's text gives the rows of its input: that of ORDER BY in a subquery, of the items of VALUES, of what a
 * set-returning function yields. Aggregates that keep their rows in a list follow it, as in PostgreSQL. Undefined: none is told.
 */
export function inOrder(plan: Plan): Ordered | undefined {
  switch (plan.op) {
    case 'top-n':
      return plan.partition.length > 0 || plan.order.length === 0 ? undefined : { plan, order: plan.order }
    case 'sort':
    case 'filter': {
      if (plan.op === 'sort' && plan.order.length > 0) return { plan, order: plan.order }
      const inner = inOrder(plan.input)
      return inner && { plan: { ...plan, input: inner.plan }, order: inner.order }
    }
    case 'values':
      return plan.rows.length < 2 ? undefined : numbered(plan)
    case 'project':
      return throughProject(plan)
    case 'project-set':
      return throughSet(plan)
    default:
      return undefined
  }
}

function ascending(at: number): Order {
  return { column: at, descending: false, nullsFirst: false }
}

function numbered(plan: Extract<Plan, { op: 'values' }>): Ordered {
  const schema = [...plan.schema, { name: 'ordinality', type: INT8 }]
  const rows = plan.rows.map((row, i) => [...row, literal(BigInt(i), INT8)])
  return { plan: { ...plan, schema, rows }, order: [ascending(plan.schema.length)] }
}

function throughProject(plan: Extract<Plan, { op: 'project' }>): Ordered | undefined {
  const inner = inOrder(plan.input)
  if (inner === undefined) return undefined
  const schema = schemaOf(inner.plan)
  const [columns, names] = [[...plan.columns], [...plan.names]]
  const order = inner.order.map((o): Order => {
    const shown = columns.findIndex(c => c.kind === 'column' && c.index === o.column)
    if (shown !== -1) return { ...o, column: shown }
    names.push(schema[o.column]!.name)
    return { ...o, column: columns.push(column(o.column, schema[o.column]!.type)) - 1 }
  })
  return { plan: { ...plan, input: inner.plan, columns, names }, order }
}

/** The rows of a call come in its order, for each row of the input in that one's. */
function throughSet(plan: Extract<Plan, { op: 'project-set' }>): Ordered | undefined {
  const { input } = plan
  const width = schemaOf(input).length
  const shown = schemaOf(plan).length
  const alone = input.op === 'values' && input.rows.length < 2
  const inner = alone ? { plan: input, order: [] } : inOrder(input)
  if (inner === undefined) return undefined
  const set: Plan = { ...plan, input: inner.plan, ordinality: true }
  const schema = schemaOf(set)
  const added = schemaOf(inner.plan).length - width
  // The input's own columns, those of the set, then what tells the order.
  const places = [
    ...Array.from({ length: shown }, (_, i) => (i < width ? i : i + added)),
    ...Array.from({ length: added }, (_, i) => width + i),
    schema.length - 1,
  ]
  const all = everyColumn(schema)
  const names = places.map(i => schema[i]!.name)
  const order = inner.order.map(o => ({ ...o, column: places.indexOf(o.column) }))
  return {
    plan: { op: 'project', input: set, columns: places.map(i => all[i]!), names },
    order: [...order, ascending(places.length - 1)],
  }
}
