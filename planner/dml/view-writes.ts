import { INT4 } from '../../types/type.ts'
import type { Environment } from '../bind/environment.ts'
import type { Catalog, Relation } from '../catalog.ts'
import { column } from '../expressions.ts'
import type { Plan } from '../plan.ts'
import { behindView } from '../updatable-view.ts'
import { checkOptionOf, invokes } from '../view-options.ts'
import { givenRows, inOrder } from './given-rows.ts'
import { type Target, tableColumns } from './target.ts'
import { givenBelow, throughView } from './through-view.ts'

/** A relation that a statement writes: the table, and the views that it is written through. */
export interface WrittenRelation {
  readonly relation: Relation
  /** Who needs the right; undefined: the user. */
  readonly owner: string | undefined
  /** Its place for a column of the table; -1: none. */
  placeOf(column: number): number
}

export function writtenRelations({ table, views }: Target, catalog: Catalog): readonly WrittenRelation[] {
  let owner: string | undefined
  const through = views.map((relation): WrittenRelation => {
    const { columns } = behindView(relation, 'delete', catalog)
    const written = { relation, owner, placeOf: (at: number) => columns.indexOf(at) }
    if (!invokes(relation.options)) owner = relation.owner
    return written
  })
  return [...through, { relation: table, owner, placeOf: at => at }]
}

/** What rows written through a view must hold. */
export interface ViewCheck {
  readonly view: Relation
  /** Over given rows of the table: the numbers of those that the view's condition keeps, in order. */
  readonly plan: Plan
}

/** The conditions of WITH CHECK OPTION, those of the innermost view first. */
export function viewChecks({ table, views }: Target, env: Environment): readonly ViewCheck[] {
  let cascaded = false
  const checked: Relation[] = []
  for (const view of views) {
    const option = checkOptionOf(view.options)
    cascaded ||= option === 'cascaded'
    if (cascaded || option !== undefined) checked.unshift(view)
  }
  const place = table.columns.length
  return checked.map(view => {
    const rows = { plan: givenRows(table.columns), columns: tableColumns(table) }
    const { plan } = throughView(
      view,
      view.name,
      env,
      givenBelow(rows, each => each === view),
    )
    return { view, plan: inOrder(plan, [column(place, INT4)], ['row'], place) }
  })
}
