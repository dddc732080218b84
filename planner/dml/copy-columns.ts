import { notSupported, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import type { Modifier } from '../../types/type-modifier.ts'
import { limited } from '../bind/coerce.ts'
import { type Catalog, type Relation, writablePositions } from '../catalog.ts'
import { column } from '../expressions.ts'
import { withLiterals } from '../query.ts'
import { columnAt, columnDefault, generate, rejectDuplicates } from './columns.ts'

export interface CopyColumns {
  /** Positions in the table of the columns that are copied, in the order of the fields. */
  readonly positions: readonly number[]
  /** What their values have to be limited by before they are put into `values`. */
  readonly modifiers: readonly (Modifier | undefined)[]
  /** All columns of the table over those copied. */
  readonly values: readonly Expression[]
}

/** When and where rows are copied. */
interface Moment {
  readonly nowMicros: bigint
  /** Number of the session. */
  readonly session: number
  readonly catalog: Catalog
}

/** What COPY FROM puts into a table's columns; `names` empty: all of them but the generated ones. `read`: fields are limited as they are read. */
export function copyColumns(
  table: Relation,
  names: readonly string[],
  { nowMicros, session, catalog }: Moment,
  read: boolean,
): CopyColumns {
  const all = writablePositions(table)
  const positions = names.length === 0 ? all : names.map(name => columnAt(table, name, undefined))
  for (const i of positions)
    if (table.columns[i]!.generated !== undefined) throw copiedError(table.columns[i]!.name)
  rejectDuplicates(names)
  if (positions.length === 0) throw notSupported('COPY of no columns')
  const plain = table.columns.map((own, i): Expression => {
    const { type, modifier } = own
    const at = positions.indexOf(i)
    if (at === -1) return withLiterals(columnDefault(own, { session, catalog }), [], nowMicros)
    return limited(column(at, type), read ? undefined : modifier, false)
  })
  const values = generate(table, plain).map(value => withLiterals(value, [], nowMicros))
  const modifiers = positions.map(i => (read ? table.columns[i]!.modifier : undefined))
  return { positions, modifiers, values }
}

function copiedError(name: string): SqlError {
  return new SqlError('invalid_column_reference', `column "${name}" is a generated column`, {
    detail: 'Generated columns cannot be used in COPY.',
  })
}
