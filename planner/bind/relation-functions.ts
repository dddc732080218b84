import { type Body, names } from './ast.ts'
import { functionsOf } from './table-function.ts'

/** Functions of PostgreSQL that are what a system view reads, and the view. */
const VIEWS: Readonly<Record<string, string>> = {
  pg_show_all_settings: 'pg_settings',
  pg_lock_status: 'pg_locks',
  pg_timezone_names: 'pg_timezone_names',
  pg_timezone_abbrevs: 'pg_timezone_abbrevs',
  pg_prepared_statement: 'pg_prepared_statements',
  pg_cursor: 'pg_cursors',
  pg_available_extensions: 'pg_available_extensions',
}

/** The system view whose rows an item of FROM such as `pg_show_all_settings()` has; undefined: it is not one. */
export function viewOfFunction(fields: Body): { readonly view: string; readonly name: string } | undefined {
  const found = functionsOf(fields)
  const [written] = found
  const name = names(written?.call['funcname']).at(-1) ?? ''
  const plain = found.length === 1 && written!.call['args'] === undefined && fields['ordinality'] !== true
  return plain && Object.hasOwn(VIEWS, name) ? { view: VIEWS[name]!, name } : undefined
}
