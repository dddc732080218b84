import type { Fragment, Name } from './statement.ts'

/** A relation as PostgreSQL's grammar names it. */
export interface RangeVar {
  readonly catalogname?: string
  readonly schemaname?: string
  readonly relname: string
  readonly location?: number
}

export function rangeName(range: RangeVar, fragment: Fragment): Name {
  const { catalogname: database, schemaname: schema, relname: name, location } = range
  return { database, schema, name, position: fragment.position(location) ?? 0 }
}
