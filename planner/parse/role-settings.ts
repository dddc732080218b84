import type { Cursor } from './cursor.ts'
import type { Statement } from './statement.ts'

/** After ALTER ROLE name [IN DATABASE d] or ALTER DATABASE d: SET or RESET of a setting; undefined: another action. */
export function parseRoleSetting(
  c: Cursor,
  role: string | undefined,
  database: string | undefined,
): Statement | undefined {
  const at = { kind: 'role setting', role, database } as const
  if (c.accept('reset')) {
    const name = c.accept('all') ? undefined : settingName(c)
    c.finish()
    return { ...at, name, value: undefined }
  }
  if (!c.accept('set')) return undefined
  const name = settingName(c)
  if (c.accept('from', 'current')) {
    c.finish()
    return { ...at, name, value: { from: 'current' } }
  }
  if (!c.accept('to')) c.expect('=')
  if (c.accept('default')) {
    c.finish()
    return { ...at, name, value: undefined }
  }
  const values: string[] = []
  do values.push(settingValue(c))
  while (c.accept(','))
  c.finish()
  return { ...at, name, value: values.join(', ') }
}

/** After ALTER SYSTEM. */
export function parseSystemSetting(c: Cursor): Statement {
  const setting = parseRoleSetting(c, undefined, undefined)
  if (setting?.kind === 'role setting') return { ...setting, system: true }
  throw c.error()
}

function settingName(c: Cursor): string {
  if (c.accept('time', 'zone')) return 'timezone'
  const parts = [c.identifier()]
  while (c.accept('.')) parts.push(c.identifier())
  return parts.join('.')
}

function settingValue(c: Cursor): string {
  const { kind, value } = c.token ?? { kind: '', value: '' }
  if (kind === 'string') return c.string()
  const sign = c.accept('-') ? '-' : ''
  if (c.token?.kind === 'number' || sign !== '') {
    const number = c.token?.value ?? value
    c.at++
    return sign + number
  }
  return c.identifier()
}
