import { SqlError } from '../../types/error.ts'
import { isTempSchema, TEMP_ALIAS } from '../temp-schema.ts'
import type { Fragment, Name } from './statement.ts'

/** A relation as PostgreSQL's grammar names it. */
export interface RangeVar {
  readonly catalogname?: string
  readonly schemaname?: string
  readonly relname: string
  readonly location?: number
  /** t: of a new relation that is temporary. */
  readonly relpersistence?: string
}

export function rangeName(range: RangeVar, fragment: Fragment): Name {
  const { catalogname: database, schemaname: schema, relname: name, location } = range
  const found = { database, schema, name, position: fragment.position(location) ?? 0 }
  return range.relpersistence === 't' ? temporaryName(found) : found
}

/** The name of a new relation that is temporary. Throws 42P16 for another schema. */
export function temporaryName(name: Name): Name {
  const { schema = TEMP_ALIAS, position } = name
  if (schema === TEMP_ALIAS || isTempSchema(schema)) return { ...name, schema }
  throw new SqlError('invalid_table_definition', 'cannot create temporary relation in non-temporary schema', {
    position,
  })
}
