import { notSupported, SqlError } from '../../types/error.ts'
import type { ForeignKeyDef, ReferentialAction } from '../constraint-def.ts'
import { nameList } from './create.ts'
import type { Cursor } from './cursor.ts'
import type { ForeignKeySyntax } from './statement.ts'

/** `FOREIGN KEY (columns) REFERENCES …` of a table, `REFERENCES …` of a column. */
export function foreignKey(
  c: Cursor,
  name: string | undefined,
  column: string | undefined,
): ForeignKeySyntax {
  const position = c.token!.start
  if (column === undefined) c.expect('foreign', 'key')
  const columns = column === undefined ? nameList(c) : [column]
  c.expect('references')
  const parent = c.name()
  const parentColumns = c.looking('(') ? nameList(c) : []
  const match = matchOf(c)
  const actions = actionsOf(c)
  return {
    kind: 'foreign key',
    columns,
    parent,
    parentColumns,
    match,
    onUpdate: 'no action',
    onDelete: 'no action',
    ...actions,
    ...attributes(c),
    position,
    ...(name !== undefined && { name }),
  }
}

function matchOf(c: Cursor): ForeignKeyDef['match'] {
  const position = c.token?.start
  if (!c.accept('match')) return 'simple'
  if (c.accept('full')) return 'full'
  if (c.accept('partial')) throw notSupported('MATCH PARTIAL', { position })
  c.expect('simple')
  return 'simple'
}

function actionsOf(c: Cursor): Partial<Pick<ForeignKeySyntax, 'onUpdate' | 'onDelete' | 'deleteSets'>> {
  let found: ReturnType<typeof actionsOf> = {}
  for (;;) {
    const position = c.token?.start
    if (!c.accept('on')) return found
    const isDelete = c.accept('delete')
    if (!isDelete) c.expect('update')
    if (found[isDelete ? 'onDelete' : 'onUpdate'] !== undefined) throw c.error()
    const action = actionOf(c)
    const sets = action.startsWith('set') && c.looking('(') ? nameList(c) : undefined
    if (sets !== undefined && !isDelete)
      throw new SqlError(
        'feature_not_supported',
        `a column list with ${action.toUpperCase()} is only supported for ON DELETE actions`,
        { position },
      )
    found = {
      ...found,
      ...(isDelete ? { onDelete: action } : { onUpdate: action }),
      ...(sets && { deleteSets: [...new Set(sets)] }),
    }
  }
}

function actionOf(c: Cursor): ReferentialAction {
  for (const action of ['no action', 'restrict', 'cascade', 'set null', 'set default'] as const)
    if (c.accept(...action.split(' '))) return action
  throw c.error()
}

/** When it is held, and whether the rows that are there are looked at. */
export function attributes(c: Cursor): Pick<ForeignKeySyntax, 'deferrable' | 'notValid'> {
  let deferrable: boolean | undefined
  let initially: ForeignKeyDef['deferrable']
  let notValid = false
  for (;;) {
    const position = c.token?.start
    if (c.looking('not', 'deferrable') || c.looking('deferrable')) {
      const on = !c.accept('not')
      c.expect('deferrable')
      if (deferrable !== undefined) throw misplaced('multiple DEFERRABLE/NOT DEFERRABLE clauses', position)
      deferrable = on
    } else if (c.looking('initially')) {
      c.expect('initially')
      if (initially !== undefined) throw misplaced('multiple INITIALLY IMMEDIATE/DEFERRED clauses', position)
      initially = c.accept('deferred') ? 'deferred' : 'immediate'
      if (initially === 'immediate') c.expect('immediate')
    } else if (c.accept('not', 'valid')) notValid = true
    else break
    if (deferrable === false && initially === 'deferred')
      throw misplaced('constraint declared INITIALLY DEFERRED must be DEFERRABLE', position)
  }
  const may = deferrable ?? initially === 'deferred'
  return { ...(may && { deferrable: initially ?? 'immediate' }), ...(notValid && { notValid }) }
}

function misplaced(message: string, position: number | undefined): SqlError {
  return new SqlError('syntax_error', message, { position })
}
