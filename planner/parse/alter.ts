import { notSupported, SqlError } from '../../types/error.ts'
import { constraint, constraintLabel, dropConstraint, plainKey } from './constraint.ts'
import { column, columnType, expressionUntil, nameList, query, watermark } from './create.ts'
import { functionName } from './create-function.ts'
import type { Cursor } from './cursor.ts'
import { alterDatabaseSetting } from './database.ts'
import { alterDomain } from './domain.ts'
import { attributes } from './foreign-key.ts'
import { parseDefaultPrivileges } from './grants.ts'
import { alterIdentity } from './identity.ts'
import { parseJobReset, parseJobSetting } from './job-setting.ts'
import { placeAction } from './place-action.ts'
import { relationWord } from './relation-word.ts'
import { parseRoleSetting, parseSystemSetting } from './role-settings.ts'
import { parseAlterGroup, parseAlterRole } from './roles.ts'
import { alterSecret } from './secret.ts'
import { alterSequence, changesSequence } from './sequence.ts'
import type { AlterAction, Statement } from './statement.ts'
import { storageOfColumn, storageOfRelation } from './storage-option.ts'
import { alterType } from './user-type.ts'

/** After ALTER: `kind [IF EXISTS] name action`. */
export function parseAlter(c: Cursor): Statement {
  if (c.accept('system')) return parseSystemSetting(c)
  if (c.accept('default', 'privileges')) return parseDefaultPrivileges(c)
  if (c.accept('user') || c.accept('role')) return parseAlterRole(c)
  if (c.accept('group')) return parseAlterGroup(c)
  for (const kind of ['function', 'aggregate'] as const) if (c.accept(kind)) return alterFunction(c, kind)
  if (c.accept('secret')) return alterSecret(c)
  if (c.accept('type')) return alterType(c)
  if (c.accept('domain')) return alterDomain(c)
  if (c.looking('sequence') && changesSequence(c)) return alterSequence(c)
  const what = relationWord(c)
  const ifExists = c.accept('if', 'exists')
  c.accept('only')
  const name = c.name()
  const asked = what === 'database' ? alterDatabaseSetting(c) : undefined
  if (asked !== undefined) {
    c.finish()
    return { kind: 'alter', what, name, ifExists, actions: [{ do: 'database setting', set: asked }] }
  }
  const setting = what === 'database' ? parseRoleSetting(c, undefined, name.name) : undefined
  if (setting !== undefined) return setting
  const actions = [parseAction(c)]
  while (c.looking(',')) {
    if (!BESIDE_OTHERS.has(actions.at(-1)!.do)) throw c.error()
    if (what !== 'table') throw notSupported(`several actions in one ALTER ${what.toUpperCase()}`)
    const comma = c.token
    c.at++
    actions.push(parseAction(c))
    if (!BESIDE_OTHERS.has(actions.at(-1)!.do)) throw c.error(comma)
  }
  c.finish()
  return { kind: 'alter', what, name, ifExists, actions }
}

/** Actions of which an ALTER TABLE may have several. */
const BESIDE_OTHERS: ReadonlySet<AlterAction['do']> = new Set<AlterAction['do']>([
  'add column',
  'drop column',
  'type',
  'default',
  'not null',
  'add identity',
  'set identity',
  'drop identity',
  'add constraint',
  'add primary key',
  'drop constraint',
  'validate constraint',
  'alter constraint',
  'owner',
  'storage',
])

function alterFunction(c: Cursor, of: 'function' | 'aggregate'): Statement {
  const named = functionName(c)
  const { start } = c.token ?? { start: c.end }
  const action = placeAction(c)
  if (action === undefined) throw notSupported(`this ALTER ${of.toUpperCase()}`, { position: start })
  c.finish()
  return { kind: 'alter function', of, function: named, action }
}

function parseAction(c: Cursor): AlterAction {
  const place = placeAction(c)
  if (place !== undefined) return place
  if (c.accept('rename', 'constraint')) {
    const from = c.identifier()
    c.expect('to')
    return { do: 'rename constraint', from, to: c.identifier() }
  }
  if (c.accept('rename')) {
    c.accept('column')
    const from = c.identifier()
    c.expect('to')
    return { do: 'rename column', column: from, to: c.identifier() }
  }
  if (c.accept('as')) return { do: 'query', query: query(c).query }
  if (c.accept('swap', 'with')) return { do: 'swap', with: c.name() }
  if (c.accept('add')) {
    const label = constraintLabel(c)
    const own = constraint(c, label)
    if (own !== undefined) return { do: 'add constraint', constraint: own }
    if (c.looking('primary', 'key')) return addPrimaryKey(c, label)
    if (label !== undefined) throw c.error()
    c.accept('column')
    return { do: 'add column', ifNotExists: c.accept('if', 'not', 'exists'), column: column(c) }
  }
  if (c.accept('alter', 'constraint')) return alterConstraint(c)
  if (c.accept('validate', 'constraint')) return { do: 'validate constraint', name: c.identifier() }
  if (c.accept('drop')) return c.accept('constraint') ? dropConstraint(c) : dropColumn(c)
  if (c.accept('alter')) return alterColumn(c)
  if (c.accept('set')) return storageOfRelation(c) ?? setting(c)
  if (c.accept('reset')) return storageOfRelation(c) ?? { do: 'job setting', change: parseJobReset(c) }
  throw c.token?.kind === 'word' ? unknown(c, c.token.value) : c.error()
}

function alterConstraint(c: Cursor): AlterAction {
  const name = c.identifier()
  const { deferrable, notValid } = attributes(c)
  const wrong = notValid ? 'NOT VALID' : c.accept('no', 'inherit') ? 'NO INHERIT' : undefined
  if (wrong === undefined) return { do: 'alter constraint', name, ...(deferrable && { deferrable }) }
  const message = `FOREIGN KEY constraints cannot be marked ${wrong}`
  throw new SqlError('feature_not_supported', message)
}

function addPrimaryKey(c: Cursor, name: string | undefined): AlterAction {
  const position = c.token!.start
  c.expect('primary', 'key')
  if (c.looking('using', 'index')) throw notSupported('PRIMARY KEY USING INDEX', { position })
  const columns = nameList(c)
  plainKey(c, 'PRIMARY KEY')
  return { do: 'add primary key', name, columns, position }
}

function dropColumn(c: Cursor): AlterAction {
  c.accept('column')
  const ifExists = c.accept('if', 'exists')
  const name = c.identifier()
  const cascade = c.cascades()
  return { do: 'drop column', ifExists, column: name, cascade }
}

function alterColumn(c: Cursor): AlterAction {
  if (c.accept('watermark', 'for')) return { do: 'watermark', watermark: watermark(c) }
  c.accept('column')
  const name = c.identifier()
  const numbered = alterIdentity(c, name)
  if (numbered !== undefined) return numbered
  const storage = storageOfColumn(c, name)
  if (storage !== undefined) return storage
  if (c.accept('set', 'default'))
    return { do: 'default', column: name, value: expressionUntil(c, token => token.value === ',') }
  if (c.accept('drop', 'default')) return { do: 'default', column: name, value: undefined }
  if (c.accept('set', 'not', 'null')) return { do: 'not null', column: name, on: true }
  if (c.accept('drop', 'not', 'null')) return { do: 'not null', column: name, on: false }
  if (c.accept('set', 'data', 'type') || c.accept('type')) {
    // In CREATE TABLE it is RisingWave's word; a change of types is PostgreSQL's statement.
    if (c.looking('double') && !c.looking('double', 'precision'))
      throw new SqlError('undefined_object', 'type "double" does not exist', {
        position: c.token!.start,
        hint: 'Use double precision.',
      })
    const { type, modifier } = columnType(c)
    const using = c.accept('using') ? expressionUntil(c, token => token.value === ',') : undefined
    return { do: 'type', column: name, type, modifier, using }
  }
  throw c.error()
}

const LIMITS = [
  'source_rate_limit',
  'backfill_rate_limit',
  'dml_rate_limit',
  'sink_rate_limit',
  'streaming_rate_limit',
]

function setting(c: Cursor): AlterAction {
  const asked = parseJobSetting(c)
  if (asked !== undefined) return { do: 'job setting', change: asked }
  const name = c.identifier()
  if (name === 'retention') {
    c.expectTo()
    return { do: 'retention', retention: c.string() }
  }
  if (!LIMITS.includes(name)) throw unknown(c, `set ${name}`)
  c.expectTo()
  if (c.accept('default')) return { do: 'rate limit', setting: name, limit: undefined }
  const token = c.token
  if (token?.kind !== 'number' || !/^\d+$/.test(token.value))
    throw new SqlError('invalid_parameter_value', `${name} must be a whole number or DEFAULT`, {
      position: token?.start ?? c.end,
    })
  c.at++
  return { do: 'rate limit', setting: name, limit: Number(token.value) }
}

function unknown(c: Cursor, words: string): Error {
  return notSupported(`ALTER … ${words.toUpperCase()}`, { position: c.token?.start ?? c.end })
}
