import { assert } from '../../types/error.ts'
import { list } from '../bind/ast.ts'
import { type Environment, noPending } from '../bind/environment.ts'
import { bindCondition } from '../bind/expression.ts'
import { type From, withinView } from '../bind/from.ts'
import type { ScopeColumn } from '../bind/scope.ts'
import { bindTargets } from '../bind/select.ts'
import type { Relation } from '../catalog.ts'
import type { PgNode } from '../contract.ts'
import { extended, type Plan, schemaOf } from '../plan.ts'
import { attach, filterBy } from '../unnest/attach-subqueries.ts'
import { updatableView } from '../updatable-view.ts'
import type { ViewItem } from '../view-item.ts'
import { readerOf } from './rights.ts'

/** What a view is computed over, and which conditions count. */
export interface BelowView {
  /** The rows of the table; its columns come first. */
  rows(range: PgNode, table: Relation, env: Environment): From
  /** Whether rows that the view does not have are left out. */
  filters(view: Relation): boolean
}

/**
 * An updatable view over rows of its table. The plan keeps the columns of these rows where they are, and what the view computes
 * comes behind them; the names are those of the view.
 */
export function throughView(view: Relation, name: string, env: Environment, below: BelowView): From {
  const known = updatableView(view, env.context.catalog)
  assert(typeof known !== 'string', 'only an updatable view is written through')
  const { select, item } = known
  const { base } = item
  const inner: Environment = { ...withinView(view, env), pending: noPending(), windowClause: [] }
  const rows =
    base.kind === 'view'
      ? throughView(base, base.name, inner, below)
      : below.rows({ RangeVar: item.range }, base, inner)
  const reads = new Set<() => void>()
  const told = rows.columns.map(c => (c.read === undefined ? c : { ...c, read: () => reads.add(c.read!) }))
  const from = { plan: rows.plan, columns: named(told, item) }
  const scoped: Environment = { ...inner, scope: { columns: from.columns } }
  const where = select['whereClause'] as PgNode | undefined
  const kept =
    where === undefined || !below.filters(view)
      ? from.plan
      : filterBy(
          from.plan,
          bindCondition(where, { ...scoped, clause: 'WHERE', chooses: true }),
          scoped.pending,
        )
  const targets = bindTargets(list(select['targetList']), { ...from, plan: kept }, scoped, [])
  const attached = attach(
    kept,
    targets.map(({ value }) => value),
    scoped.pending,
  )
  const { expressions, plan } = attached
  const computed = expressions.filter(e => e.kind !== 'column')
  const width = schemaOf(plan).length
  const columns = view.columns.map(({ name: title }, i): ScopeColumn => {
    const value = expressions[i]!
    const index = value.kind === 'column' ? value.index : width + computed.indexOf(value)
    return {
      name: title,
      type: value.type,
      index,
      table: name,
      ...(name === view.name && { schema: view.schema }),
      ...readerThrough(env, view, i, reads),
    }
  })
  if (computed.length === 0) return { plan, columns }
  return {
    plan: extended(
      plan,
      computed,
      computed.map(() => ''),
    ),
    columns,
  }
}

/**
 * To be told that a column of the view is read: then its owner needs the right to read whatever the view's query names. Who only
 * writes needs none, as PostgreSQL has it.
 */
function readerThrough(
  env: Environment,
  view: Relation,
  column: number,
  reads: ReadonlySet<() => void>,
): { read?: () => void } {
  const { read } = readerOf(env, view, column)
  if (read === undefined) return {}
  return {
    read() {
      read()
      for (const below of reads) below()
    },
  }
}

/** The columns by the names that the view's query has for them. */
function named(
  columns: readonly ScopeColumn[],
  { base, called, columns: own }: ViewItem,
): readonly ScopeColumn[] {
  return own.map(({ name, at }) => {
    const { schema: _, relation: __, ...column } = columns[at]!
    return { ...column, name, table: called, ...(called === base.name && { schema: base.schema }) }
  })
}

/** Rows of the table that are not those of the relation. */
export function givenBelow(
  { plan, columns }: { readonly plan: Plan; readonly columns: readonly ScopeColumn[] },
  filters: (view: Relation) => boolean = () => false,
): BelowView {
  return {
    filters,
    rows: (_, table, env) => ({
      plan,
      columns: columns.map((c, i) => ({ ...c, ...readerOf(env, table, i) })),
    }),
  }
}
