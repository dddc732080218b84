import type { Relation } from '../../planner/catalog.ts'
import { type ForeignKeyDef, uniquesOf } from '../../planner/constraint-def.ts'
import type { ForeignKeySyntax } from '../../planner/parse/index.ts'
import { isTempSchema } from '../../planner/temp-schema.ts'
import { plainType } from '../../types/domain-type.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { sameType, type Type } from '../../types/type.ts'
import { typeName } from '../../types/type-names.ts'
import { requireRelationRight, rightsOf } from '../access/rights.ts'
import { requireRelation } from '../statements/bind.ts'
import type { StatementContext } from '../statements/contract.ts'
import { SYSTEM_COLUMNS } from '../statements/create.ts'
import { isWhole } from './key-values.ts'

/** The table that a foreign key is of: `id` and `schema` as it will have them. */
export type Referring = Pick<
  Relation,
  'name' | 'schema' | 'columns' | 'key' | 'declaredKey' | 'constraints' | 'onCommit' | 'watermarks'
> & { readonly id: number }

/** Binds a foreign key. Throws 42703, 42830, 42704, 42804, 42809, 42501, 42P16, and 0A000 for what no foreign key is kept of. */
export function boundForeignKey(
  syntax: ForeignKeySyntax,
  child: Referring,
  context: StatementContext,
): Omit<ForeignKeyDef, 'id' | 'name'> {
  const { match, onUpdate, onDelete, deferrable, notValid } = syntax
  const parent = parentOf(syntax, child, context)
  const columns = syntax.columns.map(name => columnNamed(name, child))
  refuseGenerated(columns, syntax, child)
  const { columns: parentColumns, unique } = referredColumns(syntax, parent)
  if (columns.length !== parentColumns.length)
    throw new SqlError(
      'invalid_foreign_key',
      'number of referencing and referenced columns for foreign key disagree',
    )
  const name = syntax.name
  columns.forEach((c, i) => {
    requireComparable(child.columns[c]!, parent.columns[parentColumns[i]!]!, name, syntax)
  })
  const deleteSets = syntax.deleteSets?.map(each => deleteSet(each, columns, child))
  requireRight(parent, child, parentColumns, context)
  return {
    kind: 'foreign key',
    columns,
    parent: parent.id,
    parentColumns,
    ...(unique !== undefined && { unique }),
    match,
    onUpdate,
    onDelete,
    ...(deleteSets && { deleteSets }),
    ...(deferrable && { deferrable }),
    ...(notValid && { notValid }),
  }
}

/** The table that is referred to, which may be the one that is being made. */
function parentOf(
  { parent: name }: ForeignKeySyntax,
  child: Referring,
  context: StatementContext,
): Referring {
  const isSelf = name.name === child.name && (name.schema ?? child.schema) === child.schema
  const parent = isSelf ? child : requireRelation(context, name)
  if (!isSelf && 'kind' in parent && parent.kind !== 'table')
    throw new SqlError('wrong_object_type', `referenced relation "${parent.name}" is not a table`)
  const kinds = [child, parent].map(({ schema }) => isTempSchema(schema))
  if (kinds[0] !== kinds[1]) {
    const own = kinds[0] ? 'temporary' : 'permanent'
    const message = `constraints on ${own} tables may reference only ${own} tables`
    throw new SqlError('invalid_table_definition', message)
  }
  if ([child, parent].some(({ onCommit }) => onCommit === 'delete rows'))
    throw notSupported('a foreign key between tables of which one loses its rows ON COMMIT')
  requireReferable(child, context)
  requireReferable(parent, context)
  return parent
}

/** Throws 0A000 for a table whose rows come or go in other ways than by statements. */
function requireReferable(table: Referring | Relation, { catalogs }: StatementContext): void {
  const hint = 'Foreign keys are held for rows that INSERT, UPDATE, DELETE, MERGE and COPY write.'
  const refuse = (which: string) => {
    throw notSupported(`a foreign key with table "${table.name}", ${which},`, { hint })
  }
  if (table.watermarks !== undefined) refuse('which has a watermark')
  if (!('kind' in table)) return
  if (table.options['connector'] !== undefined) refuse('which has a connector')
  if (catalogs.current.relations.some(({ into }) => into === table.id)) refuse('which a sink writes into')
  if (table.key.length === 0) return
  const versioned = table.job?.nodes.some(({ spec }) => spec.kind === 'upsert' && spec.version !== undefined)
  if (versioned || (table.conflict !== undefined && table.conflict !== 'overwrite'))
    refuse('which may keep the row that is there')
}

function columnNamed(name: string, { columns }: Referring): number {
  const found = columns.findIndex(column => column.name === name && column.hidden !== true)
  if (found !== -1) return found
  if (SYSTEM_COLUMNS.has(name))
    throw new SqlError('feature_not_supported', 'system columns cannot be used in foreign keys')
  const message = `column "${name}" referenced in foreign key constraint does not exist`
  throw new SqlError('undefined_column', message)
}

/** Throws where an action would set what is computed. */
function refuseGenerated(
  columns: readonly number[],
  syntax: ForeignKeySyntax,
  { columns: defs }: Referring,
): void {
  if (columns.every(c => defs[c]!.generated === undefined)) return
  const wrong = (event: string) =>
    new SqlError(
      'syntax_error',
      `invalid ON ${event} action for foreign key constraint containing generated column`,
    )
  if (['cascade', 'set null', 'set default'].includes(syntax.onUpdate)) throw wrong('UPDATE')
  if (syntax.onDelete.startsWith('set')) throw wrong('DELETE')
}

function referredColumns(
  { parentColumns: names }: ForeignKeySyntax,
  parent: Referring,
): Pick<UniqueColumns, 'columns' | 'unique'> {
  if (names.length === 0) {
    if (parent.declaredKey) return { columns: parent.key }
    const message = `there is no primary key for referenced table "${parent.name}"`
    throw new SqlError('undefined_object', message)
  }
  const columns = names.map(name => columnNamed(name, parent))
  if (columns.some((c, i) => columns.indexOf(c) !== i))
    throw new SqlError(
      'invalid_foreign_key',
      'foreign key referenced-columns list must not contain duplicates',
    )
  const found = uniqueSets(parent).find(
    set => set.columns.length === columns.length && columns.every(c => set.columns.includes(c)),
  )
  if (found !== undefined) return { ...found, columns }
  const message = `there is no unique constraint matching given keys for referenced table "${parent.name}"`
  throw new SqlError('invalid_foreign_key', message)
}

interface UniqueColumns {
  readonly columns: readonly number[]
  /** undefined: the primary key. */
  readonly unique?: number
}

function uniqueSets(parent: Referring): readonly UniqueColumns[] {
  const key = parent.declaredKey ? [{ columns: parent.key }] : []
  const uniques = uniquesOf(parent).filter(({ notValid }) => notValid === undefined)
  return [...key, ...uniques.map(({ columns, id }) => ({ columns, unique: id }))]
}

const KEPT = new Set(
  'bool int2 int4 int8 numeric float4 float8 text bytea date time timetz timestamp timestamptz uuid enum int256 oid'.split(
    ' ',
  ),
)

interface Typed {
  readonly name: string
  readonly type: Type
}

function requireComparable(
  child: Typed,
  parent: Typed,
  name: string | undefined,
  { position }: ForeignKeySyntax,
): void {
  const [a, b] = [plainType(child.type), plainType(parent.type)]
  if (sameType(a, b)) {
    if (!KEPT.has(a.name)) throw notSupported(`a foreign key of type ${typeName(a)}`, { position })
    return
  }
  if (isWhole(a) && (isWhole(b) || b.name === 'numeric' || b.name.startsWith('float'))) return
  const cast =
    (isWhole(a) || a.name === 'numeric' || a.name.startsWith('float')) && b.name.startsWith('float')
  const times = ['date', 'timestamp', 'timestamptz']
  if (cast || (times.includes(a.name) && times.includes(b.name)))
    throw notSupported(`a foreign key of type ${typeName(a)} that refers to one of type ${typeName(b)}`, {
      position,
    })
  const detail = `Key columns "${child.name}" and "${parent.name}" are of incompatible types: ${typeName(child.type)} and ${typeName(parent.type)}.`
  throw new SqlError('datatype_mismatch', `foreign key constraint "${name}" cannot be implemented`, {
    detail,
  })
}

function deleteSet(name: string, columns: readonly number[], child: Referring): number {
  const at = child.columns.findIndex(column => column.name === name && column.hidden !== true)
  if (columns.includes(at)) return at
  if (at === -1)
    throw new SqlError(
      'undefined_column',
      `column "${name}" referenced in foreign key constraint does not exist`,
    )
  throw new SqlError(
    'invalid_column_reference',
    `column "${name}" referenced in ON DELETE SET action must be part of foreign key`,
  )
}

/** Throws 42501: who refers to a table keeps its owner from removing rows. */
function requireRight(
  parent: Referring,
  child: Referring,
  columns: readonly number[],
  { session, catalogs }: StatementContext,
): void {
  const { current } = catalogs
  const known = parent.id === child.id ? undefined : current.byId(parent.id)
  if (known === undefined) return
  const may = requireRelationRight(rightsOf(session, current), current, 'references', known)
  for (const column of columns) may?.(column)
}
