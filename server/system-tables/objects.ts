import type { Catalog, ColumnDef, IndexKey, Relation } from '../../planner/catalog.ts'
import { keyNameOf, uniquesOf } from '../../planner/constraint-def.ts'
import { tokenize } from '../../planner/parse/tokens.ts'
import { type CompositeDef, classOfType } from '../../planner/type-def.ts'
import { type Field, INT4 } from '../../types/type.ts'
import type { TableDef } from './columns/parse.ts'
import { RW_SCHEMA_OID, SCHEMA_OIDS } from './oids.ts'

/** What pg_class has a row for. */
export interface ClassObject {
  readonly oid: number
  readonly schema: string
  readonly schemaOid: number
  readonly name: string
  /** pg_class.relkind: r table, v view, m materialized view, f source, i index, S sequence, c composite type; RisingWave's k sink, u subscription. */
  readonly kind: 'r' | 'v' | 'm' | 'f' | 'i' | 'S' | 'k' | 'u' | 'c'
  readonly owner: string
  readonly columns: readonly (Field & Partial<ColumnDef>)[]
  readonly relation?: Relation
  /** The composite type that it is. */
  readonly type?: CompositeDef
  readonly index?: IndexObject
}

export interface IndexObject {
  /** The relation it is on. */
  readonly on: Relation
  readonly columns: readonly number[]
  readonly include: readonly number[]
  readonly keys?: readonly IndexKey[]
  readonly primary: boolean
  readonly unique: boolean
  readonly nullsNotDistinct?: boolean
}

const KEY_OIDS = 0x40000000
const DEFAULT_OIDS = 0x60000000
const RULE_OIDS = 0x20000000
const COLUMNS_MAX = 2048

/** Of the index that keeps the primary key of a table, or a UNIQUE constraint, by the number of either. */
export function keptByOid(id: number): number {
  return KEY_OIDS + id
}
/** Of the rule that is a view's query. */
export function ruleOid(relation: Relation): number {
  return RULE_OIDS + relation.id
}
export function defaultOid(relation: Relation, column: number): number {
  return DEFAULT_OIDS + (relation.id - 16384) * COLUMNS_MAX + column + 1
}

const KINDS: Readonly<Partial<Record<Relation['kind'], ClassObject['kind']>>> = {
  table: 'r',
  view: 'v',
  'materialized view': 'm',
  source: 'f',
  index: 'i',
  sequence: 'S',
  sink: 'k',
  subscription: 'u',
}

/** Visible columns: those that catalogs list. */
export function shownColumns(relation: Relation): readonly ColumnDef[] {
  return relation.columns.filter(column => column.hidden !== true)
}

/** The relations of a database, indexes and primary keys too. */
export function classObjects(catalog: Catalog, database: string): readonly ClassObject[] {
  const schemas = new Map(catalog.schemas.filter(s => s.database === database).map(s => [s.name, s.id]))
  const relations = catalog.relations
    .filter(relation => relation.database === database)
    .flatMap(relation => objectsOf(relation, schemas.get(relation.schema) ?? 0, catalog))
  const types = catalog.types.flatMap((type): ClassObject[] => {
    if (type.kind !== 'composite' || type.database !== database) return []
    const { id, name, schema, owner, fields: columns } = type
    const place = { schema, schemaOid: schemas.get(schema) ?? 0, owner }
    return [{ ...place, oid: classOfType(id), name, kind: 'c', columns, type }]
  })
  return [...relations, ...types]
}

function objectsOf(relation: Relation, schemaOid: number, catalog: Catalog): ClassObject[] {
  const kind = KINDS[relation.kind]
  if (kind === undefined) return []
  const { schema, owner, name } = relation
  const common = { schema, schemaOid, owner }
  const on = relation.index && catalog.byId(relation.index.on)
  if (kind === 'i' && (relation.index === undefined || on === undefined)) return []
  const index = on && {
    ...relation.index!,
    include: includedColumns(relation),
    on,
    primary: false,
    ...uniqueness(relation, on),
  }
  const columns = index === undefined ? shownColumns(relation) : modified(shownColumns(relation), index)
  const own: ClassObject = {
    ...common,
    oid: relation.id,
    name,
    kind,
    columns,
    relation,
    ...(index && { index }),
  }
  const keeper = (
    id: number,
    name: string,
    kept: Omit<IndexObject, 'on' | 'include' | 'unique'>,
  ): ClassObject => {
    const keeping = { ...kept, on: relation, include: [], unique: true }
    return { ...common, oid: keptByOid(id), name, kind: 'i', columns: indexColumns(keeping), index: keeping }
  }
  const key = relation.declaredKey
    ? [keeper(relation.id, keyNameOf(relation), { columns: relation.key, primary: true })]
    : []
  const declared = uniquesOf(relation).filter(({ byIndex }) => byIndex === undefined)
  const uniques = declared.map(({ id, name: called, columns: kept, nullsNotDistinct }) =>
    keeper(id, called, { columns: kept, primary: false, ...(nullsNotDistinct && { nullsNotDistinct }) }),
  )
  return [own, ...key, ...uniques]
}

/** What an index keeps for its table. */
function uniqueness({ id }: Relation, on: Relation): Pick<IndexObject, 'unique' | 'nullsNotDistinct'> {
  const kept = uniquesOf(on).find(({ byIndex }) => byIndex === id)
  return { unique: kept !== undefined, ...(kept?.nullsNotDistinct && { nullsNotDistinct: true }) }
}

/** An index's columns with the limits of those they are. */
function modified(
  columns: readonly ColumnDef[],
  { on, columns: keys, include }: IndexObject,
): readonly ColumnDef[] {
  const places = [...keys, ...include]
  return columns.map((column, i) => {
    const modifier = on.columns[places[i] ?? -1]?.modifier
    return modifier === undefined ? column : { ...column, modifier }
  })
}

/** An index without INCLUDE has every column; its statement says nothing of them. */
function asksToInclude(index: Relation): boolean {
  return tokenize(index.sql).some(token => token.kind === 'word' && token.value === 'include')
}

/** Columns of the indexed relation that the user asked for. */
function includedColumns(own: Relation): readonly number[] {
  const { index, columns } = own
  if (!asksToInclude(own)) return []
  return index!.include.filter((_, i) => columns[index!.keys.length + i]!.hidden !== true)
}

function indexColumns(index: IndexObject): Field[] {
  return [...index.columns, ...index.include].map(i => {
    const column = index.on.columns[i]
    return { name: column?.name ?? '', type: column?.type ?? INT4 }
  })
}

/** A system table as an object of pg_class. */
export function systemObject(schema: string, def: TableDef, owner: string): ClassObject {
  const columns = def.columns.map((field, i) => ({ ...field, notNull: def.notNull[i] ?? false }))
  const schemaOid = SCHEMA_OIDS[schema] ?? RW_SCHEMA_OID
  return { oid: def.oid, schema, schemaOid, name: def.name, kind: def.kind, owner, columns }
}

/** Position from 1 of a column among those shown, as pg_attribute.attnum. */
export function attributeNumber(relation: Relation, column: number): number {
  return relation.columns.slice(0, column + 1).filter(c => c.hidden !== true).length
}
