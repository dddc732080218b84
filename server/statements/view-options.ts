import type { Catalog, Relation } from '../../planner/catalog.ts'
import { requireCheckable } from '../../planner/updatable-view.ts'
import { checkOptionOf } from '../../planner/view-options.ts'
import { SqlError } from '../../types/error.ts'
import { plainName } from '../../types/sql-text.ts'

type Set = Readonly<Record<string, string | undefined>>

/** ALTER VIEW … SET (…) and RESET (…). Throws 0A000 for a check option that the view cannot have. */
export function changeOptions(view: Relation, set: Set, catalog: Catalog): Catalog {
  if (view.kind !== 'view')
    throw new SqlError('invalid_parameter_value', `unrecognized parameter "${Object.keys(set)[0]}"`)
  const all: [string, string | undefined][] = Object.entries({ ...view.options, ...set })
  const left = all.filter((each): each is [string, string] => each[1] !== undefined)
  const next = { ...view, options: Object.fromEntries(left) }
  if (checkOptionOf(next.options) !== undefined) requireCheckable(next, catalog)
  return catalog.with({ ...next, sql: statementOf(next) })
}

function statementOf({ name, columns, options, query }: Relation): string {
  const names = columns.map(column => plainName(column.name)).join(', ')
  const said = Object.entries(options).map(([option, value]) => `${option} = ${value}`)
  const clause = said.length === 0 ? '' : ` WITH (${said.join(', ')})`
  return `CREATE VIEW ${plainName(name)} (${names})${clause} AS ${query}`
}
