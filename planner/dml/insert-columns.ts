import { notSupported, SqlError } from '../../types/error.ts'
import { as, type Body, list, str } from '../bind/ast.ts'
import type { BindContext } from '../contract.ts'
import type { ReadOnlyColumn } from '../updatable-view.ts'
import { readOnly, type Target, writtenAt } from './target.ts'

/** The columns that an INSERT fills. */
export interface InsertColumns {
  /** Whether the statement names them. */
  readonly named: boolean
  /** Places in the table. */
  readonly wanted: readonly number[]
  /** Of a view whose columns are not named: the one behind these, which cannot be filled. */
  readonly beyond: ReadOnlyColumn | undefined
}

/** Throws 42703, 42701, 42601, and 0A000 for a column of a view that cannot be filled. */
export function insertColumns(fields: Body, target: Target, context: BindContext): InsertColumns {
  const { table, view, columns } = target
  // Its default would be a value for it.
  const made = columns.findIndex(c => typeof c.at !== 'number')
  const filled = columns.find(
    ({ at }, i) => typeof at !== 'number' && view?.columns[i]?.default !== undefined,
  )
  if (filled !== undefined) throw readOnly(filled.at as ReadOnlyColumn, 'insert')
  const items = list(fields['cols']).map(node => {
    const item = as(node, 'ResTarget')!
    if (list(item['indirection']).length > 0) throw notSupported('INSERT into a part of a column')
    const position = context.position(item['location'] as number | undefined)
    const name = str(item['name'])
    return { name, position, at: writtenAt(target, name, 'insert', position) }
  })
  const twice = items.find(({ name }, i) => items.findIndex(other => other.name === name) !== i)
  if (twice !== undefined) {
    const { name, position } = twice
    throw new SqlError('duplicate_column', `column "${name}" specified more than once`, { position })
  }
  if (items.length > 0) {
    const wanted = items.map(({ at }) => at)
    requireDistinct(wanted, table)
    return { named: true, wanted, beyond: undefined }
  }
  const wanted = columns.slice(0, made === -1 ? undefined : made).map(c => c.at as number)
  return { named: false, wanted, beyond: columns[made]?.at as ReadOnlyColumn | undefined }
}

/** Two columns of a view may be one of its table. Throws 42601. */
export function requireDistinct(places: readonly number[], { columns }: Target['table']): void {
  const twice = places.find((at, i) => places.indexOf(at) !== i)
  if (twice !== undefined)
    throw new SqlError('syntax_error', `multiple assignments to same column "${columns[twice]!.name}"`)
}
