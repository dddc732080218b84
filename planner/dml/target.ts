import { SqlError } from '../../types/error.ts'
import type { Type } from '../../types/type.ts'
import { type Body, body, pathOf, str } from '../bind/ast.ts'
import type { Environment } from '../bind/environment.ts'
import { findRelation } from '../bind/find-relation.ts'
import { bindFromList, type From } from '../bind/from.ts'
import type { ScopeColumn } from '../bind/scope.ts'
import { type ColumnDef, type Relation, shownPositions } from '../catalog.ts'
import type { BindContext } from '../contract.ts'
import { behindView, type ReadOnlyColumn, type WriteVerb } from '../updatable-view.ts'
import { rightsWhenRead } from './rights.ts'
import { givenBelow, throughView } from './through-view.ts'

/** What a statement changes: a table, by its own name or by that of a view. */
export interface Target {
  readonly table: Relation
  /** The view that was named. */
  readonly view?: Relation
  /** The views between, the named one first. */
  readonly views: readonly Relation[]
  /** What views say of columns that are given no value. */
  readonly defaults: ReadonlyMap<number, ColumnDef>
  /** Those that can be named, with their places in the table. */
  readonly columns: readonly TargetColumn[]
}

export interface TargetColumn {
  readonly name: string
  readonly at: number | ReadOnlyColumn
}

export type Verb = WriteVerb | 'merge' | 'truncate'

/** Throws 42809 and 55000 for a relation whose rows cannot be changed. */
export function targetOf(fields: Body, verb: Verb, context: BindContext): Target {
  const relation = body(fields['relation'])
  const position = context.position(relation['location'] as number | undefined)
  const { relation: found, name } = findRelation(pathOf(relation), context, position)
  if (found?.kind === 'view') {
    if (verb === 'truncate') throw new SqlError('wrong_object_type', `"${name}" is not a table`)
    if (verb === 'merge')
      throw new SqlError('feature_not_supported', `cannot execute MERGE on relation "${name}"`, {
        detail: 'This operation is not supported for views.',
      })
    const { columns, ...behind } = behindView(found, verb, context.catalog)
    return {
      ...behind,
      view: found,
      columns: found.columns.map((c, i) => ({ name: c.name, at: columns[i]! })),
    }
  }
  if (found?.kind !== 'table')
    throw new SqlError('wrong_object_type', `cannot change ${found?.kind ?? 'system table'} "${name}"`, {
      position,
    })
  return { table: found, views: [], defaults: new Map(), columns: tableTarget(found) }
}

function tableTarget(table: Relation): readonly TargetColumn[] {
  return shownPositions(table).map(at => ({ name: table.columns[at]!.name, at }))
}

/** The place in the table of a column that is written by this name. Throws 42703, and 0A000 for one that cannot be written. */
export function writtenAt(
  target: Target,
  name: string,
  verb: 'insert' | 'update',
  position: number | undefined,
): number {
  const { at } = named(target, name, position)
  if (typeof at !== 'number') throw readOnly(at, verb)
  return at
}

/** The place in the table of a column of this name; -1: it has none. Throws 42703. */
export function placeOf(target: Target, name: string): number {
  const { at } = named(target, name, undefined)
  return typeof at === 'number' ? at : -1
}

function named({ table, view, columns }: Target, name: string, position: number | undefined): TargetColumn {
  const found = columns.find(c => c.name === name)
  if (found !== undefined) return found
  const message = `column "${name}" of relation "${(view ?? table).name}" does not exist`
  throw new SqlError('undefined_column', message, { position })
}

export function readOnly({ column, view, reason }: ReadOnlyColumn, verb: 'insert' | 'update'): SqlError {
  const words = verb === 'insert' ? 'insert into' : 'update'
  const message = `cannot ${words} column "${column}" of view "${view.name}"`
  return new SqlError('feature_not_supported', message, { detail: reason })
}

/** The table's column by the name that the statement has for it, and with the default that counts. */
export function titled({ table, view, columns, defaults }: Target, at: number): ColumnDef {
  const own = table.columns[at]!
  if (view === undefined) return own
  const said = defaults.get(at)?.default
  return {
    ...own,
    name: columns.find(c => c.at === at)?.name ?? own.name,
    ...(said !== undefined && { default: said }),
  }
}

/** The rows that can be changed, the table's columns first, under the names of what was named. */
export function changeable(target: Target, fields: Body, env: Environment, filters: boolean): From {
  const node = { RangeVar: body(fields['relation']) }
  const { view } = target
  if (view === undefined) return bindFromList([node], rightsWhenRead(env))
  env.dependsOn.add(view.id)
  return throughView(view, nameOf(view, fields), env, {
    rows: (item, _, inner) => bindFromList([item], rightsWhenRead(inner)),
    filters: () => filters,
  })
}

/** The columns of a view over rows of its table, whether the view has them or not. */
export function overTable(view: Relation, name: string, env: Environment, rows: From): From {
  return throughView(view, name, env, givenBelow(rows))
}

/** By which columns of the target are known. */
export function nameOf({ name }: Relation, fields: Body): string {
  const alias = body(body(fields['relation'])['alias'])['aliasname']
  return alias === undefined ? name : str(alias)
}

/** The table's columns in rows that have them from `first` on. */
export function tableColumns(
  {
    columns,
  }: {
    readonly columns: readonly { readonly name: string; readonly type: Type; readonly hidden?: boolean }[]
  },
  first = 0,
): readonly ScopeColumn[] {
  return columns.map(({ name, type, hidden }, i) => ({
    name,
    type,
    index: first + i,
    ...(hidden && { hidden }),
  }))
}
