import type { Relation } from '../../planner/catalog.ts'
import type { ForeignKeyDef } from '../../planner/constraint-def.ts'
import { SqlError } from '../../types/error.ts'
import { keyText } from '../statements/taken-keys.ts'
import type { Row } from './key-values.ts'

/** 23503 for a row that refers to none; `values` are those of its key. */
export function refersToNone(child: Relation, key: ForeignKeyDef, parent: Relation, values: Row): SqlError {
  const row = placed(values, key.columns)
  return unmatched(
    child,
    key,
    `Key ${keyText(child, key.columns, row, plain)} is not present in table "${parent.name}".`,
  )
}

/** 23503 for a row of which MATCH FULL takes all values of the key or none. */
export function mixesNulls(child: Relation, key: ForeignKeyDef): SqlError {
  return unmatched(child, key, 'MATCH FULL does not allow mixing of null and nonnull key values.')
}

function unmatched(child: Relation, { name }: ForeignKeyDef, detail: string): SqlError {
  const message = `insert or update on table "${child.name}" violates foreign key constraint "${name}"`
  return new SqlError('foreign_key_violation', message, { detail })
}

/** 23503 for a row that others refer to; `values` are those of its key. */
export function stillReferredTo(
  parent: Relation,
  { name, parentColumns }: ForeignKeyDef,
  child: Relation,
  values: Row,
): SqlError {
  const row = placed(values, parentColumns)
  const message = `update or delete on table "${parent.name}" violates foreign key constraint "${name}" on table "${child.name}"`
  return new SqlError('foreign_key_violation', message, {
    detail: `Key ${keyText(parent, parentColumns, row, plain)} is still referenced from table "${child.name}".`,
  })
}

const plain = (name: string): string => name

/** A row that has the values in these columns. */
function placed(values: Row, columns: readonly number[]): Row {
  const row: Row[number][] = []
  columns.forEach((column, i) => {
    row[column] = values[i]!
  })
  return row
}
