import { SqlError } from '../../types/error.ts'
import { type JobSettings, parallelismPolicy } from '../job-settings.ts'
import type { Cursor } from './cursor.ts'
import { wrongConfig } from './streaming-config.ts'

/** Members to set; undefined takes one away. */
export interface JobSettingChange {
  readonly set: { readonly [K in Exclude<keyof JobSettings, 'config'>]?: JobSettings[K] | undefined }
  readonly config: Readonly<Record<string, string | undefined>>
}

/** After SET: `PARALLELISM = n`, `RESOURCE_GROUP TO name`, `CONFIG (name = value, …)`; undefined: something else. */
export function parseJobSetting(c: Cursor): JobSettingChange | undefined {
  if (c.accept('config')) return { set: {}, config: configList(c, true) }
  if (c.accept('backfill_parallelism')) {
    policy(c)
    return { set: {}, config: {} }
  }
  if (c.accept('parallelism')) {
    const found = policy(c)
    return { set: { parallelism: found === 'default' ? 'adaptive' : found }, config: {} }
  }
  if (!c.accept('resource_group')) return undefined
  c.expectTo()
  const group = c.nameOrText()
  c.accept('deferred')
  return { set: { resourceGroup: group.toLowerCase() === 'default' ? undefined : group }, config: {} }
}

/** After RESET. */
export function parseJobReset(c: Cursor): JobSettingChange {
  if (c.accept('config')) return { set: {}, config: configList(c, false) }
  c.expect('resource_group')
  c.accept('deferred')
  return { set: { resourceGroup: undefined }, config: {} }
}

/** Throws 42601. */
function policy(c: Cursor): string {
  c.expectTo()
  const { start } = c.token ?? { start: c.end }
  let text = ''
  for (; c.token !== undefined && !c.looking('deferred'); c.at++) text += c.token.value
  c.accept('deferred')
  const found = parallelismPolicy(text)
  if (found !== undefined) return found
  const message = 'target parallelism must be a valid number, adaptive, bounded(n), or ratio(r)'
  throw new SqlError('syntax_error', message, { position: start })
}

/** `(a.b = value, …)`, or names alone. NULL takes a setting away. */
function configList(c: Cursor, values: boolean): JobSettingChange['config'] {
  const config: Record<string, string | undefined> = {}
  c.expect('(')
  do {
    const { start } = c.token ?? { start: c.end }
    let name = c.identifier()
    while (c.accept('.')) name += `.${c.identifier()}`
    if (!name.startsWith('streaming.'))
      throw configError('ALTER CONFIG only accepts options starting with `streaming.`', start)
    if (name in config) throw configError(`Duplicate option for ALTER CONFIG: ${name}`, start)
    config[name] = values ? configValue(c, name) : undefined
  } while (c.accept(','))
  c.expect(')')
  return config
}

function configValue(c: Cursor, name: string): string | undefined {
  c.expect('=')
  const { token } = c
  if (token === undefined) throw c.error()
  c.at++
  if (token.value === 'null' && token.kind === 'word') return undefined
  const quoted = token.kind === 'quoted' || token.kind === 'string'
  const value = quoted ? JSON.stringify(token.value) : token.value.toLowerCase()
  const wrong = wrongConfig(name, value)
  if (wrong !== undefined) throw configError(wrong, token.start)
  return value
}

function configError(message: string, position: number): SqlError {
  return new SqlError('invalid_parameter_value', message, { position })
}
