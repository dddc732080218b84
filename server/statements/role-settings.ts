import type { RoleSettings } from '../../planner/access.ts'
import type { Catalog } from '../../planner/catalog.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { requireOwner, rightsOf } from '../access/rights.ts'
import { isSystemParameter, SYSTEM_PARAMETERS } from '../session/system-parameters.ts'
import { requireDatabase, requireRole } from './bind.ts'
import { changeCatalog } from './change-catalog.ts'
import type { Result, StatementContext } from './contract.ts'
import type { StatementOf } from './create.ts'

type Statement = StatementOf<'role setting'>

/** ALTER ROLE … SET and ALTER DATABASE … SET: what sessions begin with from now on. */
export function roleSetting(statement: Statement, context: StatementContext): Promise<Result> {
  const { role, name } = statement
  const tag = statement.system
    ? 'ALTER SYSTEM'
    : role === undefined && statement.database !== undefined
      ? 'ALTER DATABASE'
      : 'ALTER ROLE'
  const value = checkedValue(statement, context)
  return changeCatalog(context, tag, catalog => {
    const database = databaseOf(statement, catalog)
    requireRight(statement, catalog, context)
    const fits = (s: RoleSettings) => s.role === role && s.database === database
    const before = catalog.roleSettings.find(fits)?.settings ?? {}
    const others = Object.entries(before).filter(([key]) => name !== undefined && key !== name)
    const settings = Object.fromEntries([...others, ...(name && value !== undefined ? [[name, value]] : [])])
    const entry = {
      ...(role !== undefined && { role }),
      ...(database !== undefined && { database }),
      settings,
    }
    const rest = catalog.roleSettings.filter(s => !fits(s))
    return catalog.withRoleSettings(Object.keys(settings).length === 0 ? rest : [...rest, entry])
  })
}

/** Settings that a session of the role in the database begins with; the more special ones last. */
export function settingsAtStart(
  catalog: Catalog,
  role: string,
  database: string,
): ReadonlyMap<string, string> {
  const id = catalog.databaseByName(database)?.id
  const weight = (s: RoleSettings) => (s.role === undefined ? 0 : 2) + (s.database === undefined ? 0 : 1)
  const found = catalog.roleSettings
    .filter(s => (s.role ?? role) === role && (s.database ?? id) === id)
    .toSorted((a, b) => weight(a) - weight(b))
  const all = found.flatMap(({ settings }) => Object.entries(settings))
  return new Map(all.filter(([name]) => !isSystemParameter(name)))
}

/** Throws 42704 for an unknown setting and 22023 for a value that it cannot have. */
function checkedValue({ name, value, system }: Statement, { session }: StatementContext): string | undefined {
  if (name === undefined) return undefined
  if (system && isSystemParameter(name)) return systemValue(name, value)
  const now = session.settings.get(name)
  const text = typeof value === 'object' ? now : value
  if (text !== undefined) session.settings.check(name, text)
  return text
}

function systemValue(name: string, value: Statement['value']): string | undefined {
  if (typeof value === 'object') throw notSupported('ALTER SYSTEM SET … FROM CURRENT')
  const { check } = SYSTEM_PARAMETERS[name]!
  if (value !== undefined && check !== undefined && !check(value))
    throw new SqlError('invalid_parameter_value', `invalid value for parameter "${name}": "${value}"`)
  return value
}

function databaseOf({ database }: Statement, catalog: Catalog): number | undefined {
  if (database === undefined) return undefined
  return requireDatabase(catalog, database).id
}

function requireRight({ role, database }: Statement, catalog: Catalog, { session }: StatementContext): void {
  const rights = rightsOf(session, catalog)
  if (role === undefined) {
    if (database !== undefined) requireOwner(rights, 'database', requireDatabase(catalog, database))
    else if (!rights.superuser)
      throw new SqlError('insufficient_privilege', 'must be superuser to alter settings globally')
    return
  }
  const known = catalog.roleByName(role)
  if (role !== session.user && role !== 'root') requireRole(catalog, role)
  if ((known?.superuser ?? true) && !rights.superuser)
    throw new SqlError('insufficient_privilege', 'must be superuser to alter superuser roles')
  if (role !== session.user && !rights.createRole && !rights.superuser)
    throw new SqlError('insufficient_privilege', 'permission denied')
}
