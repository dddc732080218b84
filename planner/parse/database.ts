import { notSupported } from '../../types/error.ts'
import type { Cursor } from './cursor.ts'

/** What users asked of a database; nothing here depends on it, catalogs show it. */
export interface DatabaseSettings {
  readonly resourceGroup?: string | undefined
  readonly barrierIntervalMs?: number | undefined
  readonly checkpointFrequency?: number | undefined
}

export interface DatabaseOptions {
  readonly owner: string | undefined
  readonly asked: DatabaseSettings
}

/** After the name: `[WITH] OWNER [=] x RESOURCE_GROUP [=] y …`. */
export function databaseOptions(c: Cursor): DatabaseOptions {
  let owner: string | undefined
  let asked: DatabaseSettings = {}
  c.accept('with')
  while (c.token !== undefined) {
    if (c.accept('owner')) {
      c.accept('=')
      owner = c.identifier()
      continue
    }
    const setting = databaseSetting(c)
    if (setting !== undefined) asked = { ...asked, ...setting }
    else standard(c)
  }
  return { owner: owner === 'default' ? undefined : owner, asked }
}

/** PostgreSQL's options that say what is so anyway. Throws 0A000 for others. */
function standard(c: Cursor): void {
  const { value: option, start } = c.token!
  c.identifier()
  c.accept('=')
  const value = c.nameOrText()
  const meant: Readonly<Record<string, RegExp>> = {
    template: /^(template[01]|default)$/,
    encoding: /^(utf-?8|default)$/i,
    lc_collate: /^(c|posix|default)$/i,
    lc_ctype: /^(c|posix|default)$/i,
    locale: /^(c|posix|default)$/i,
    tablespace: /^(pg_default|default)$/,
  }
  if (meant[option]?.test(value) !== true)
    throw notSupported(`option ${option} of CREATE DATABASE`, { position: start })
}

/** `RESOURCE_GROUP [=|TO] x`, `BARRIER_INTERVAL_MS = n`, `CHECKPOINT_FREQUENCY = n`; undefined: something else. */
function databaseSetting(c: Cursor): DatabaseSettings | undefined {
  if (c.accept('resource_group')) {
    if (!c.accept('=')) c.accept('to')
    const group = c.nameOrText()
    c.accept('deferred')
    return { resourceGroup: group.toLowerCase() === 'default' ? undefined : group }
  }
  if (c.accept('barrier_interval_ms')) return { barrierIntervalMs: whole(c) }
  if (c.accept('checkpoint_frequency')) return { checkpointFrequency: whole(c) }
  return undefined
}

function whole(c: Cursor): number | undefined {
  if (!c.accept('=')) c.accept('to')
  if (c.accept('default')) return undefined
  const { token } = c
  if (token?.kind !== 'number' || !/^[1-9]\d*$/.test(token.value)) throw c.error()
  c.at++
  return Number(token.value)
}

/** After ALTER DATABASE name: SET or RESET of one of these; undefined: something else. */
export function alterDatabaseSetting(c: Cursor): DatabaseSettings | undefined {
  const at = c.at
  if (c.accept('set')) {
    const found = databaseSetting(c)
    if (found !== undefined) return found
  } else if (c.accept('reset', 'resource_group')) {
    c.accept('deferred')
    return { resourceGroup: undefined }
  }
  c.at = at
  return undefined
}
