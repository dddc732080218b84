import type { Catalog, ColumnDef, Relation } from '../../../planner/catalog.ts'
import { checksIn, foreignKeysOf } from '../../../planner/constraint-def.ts'
import { isTempSchema } from '../../../planner/temp-schema.ts'
import type { Order } from '../../../types/job.ts'
import type { Value } from '../../../types/value.ts'
import { oidOf } from '../../protocol/oids.ts'
import { aclOf, columnAcl } from '../acl.ts'
import {
  type ConstraintObject,
  constraintObjects,
  domainConstraints,
  type ForeignKey,
} from '../constraints.ts'
import { storedExpression } from '../expression-text.ts'
import {
  attributeNumber,
  type ClassObject,
  classObjects,
  defaultOid,
  ruleOid,
  systemObject,
} from '../objects.ts'
import { BTREE_AM, HEAP_AM, REWRITE_TABLE_OID, rowTypeOid, SCHEMA_OIDS, SYSTEM_TABLE_OIDS } from '../oids.ts'
import { type Facts, fill, type Row, systemTables } from '../registry.ts'
import { ROOT, roleOid } from '../roles.ts'
import { columnType, typeByOid } from '../types.ts'
import { viewOptions } from '../writable.ts'

/** The relations of the database and the system's. */
export function allObjects({ catalog, database }: Facts): readonly ClassObject[] {
  const system = systemTables().map(({ schema, def }) => systemObject(schema, def, ROOT))
  return [...system, ...classObjects(catalog, database)]
}

fill('pg_catalog.pg_namespace', ({ catalog, database }) => [
  ...Object.entries(SCHEMA_OIDS).map(([nspname, oid]) => ({ oid, nspname, nspowner: roleOid(ROOT) })),
  ...catalog.schemas
    .filter(schema => schema.database === database)
    .map(schema => ({
      oid: schema.id,
      nspname: schema.name,
      nspowner: roleOid(schema.owner),
      nspacl: aclOf(catalog, 'schema', schema),
    })),
])

fill('pg_catalog.pg_class', facts => {
  const objects = allObjects(facts)
  const indexed = new Set(objects.flatMap(o => (o.index ? [o.index.on.id] : [])))
  return objects.map(o => ({
    oid: o.oid,
    relname: o.name,
    relnamespace: o.schemaOid,
    relowner: roleOid(o.owner),
    relam: o.kind === 'i' ? BTREE_AM : o.kind === 'r' || o.kind === 'm' ? HEAP_AM : 0,
    relfilenode: 'rmi'.includes(o.kind) ? o.oid : 0,
    reltuples: -1,
    relhasindex: indexed.has(o.oid),
    relpersistence: isTempSchema(o.schema) ? 't' : 'p',
    relkind: o.kind,
    relnatts: o.columns.length,
    relchecks: o.kind === 'r' && o.relation !== undefined ? checksIn(o.relation).length : 0,
    relhasrules: o.kind === 'v',
    // PostgreSQL keeps foreign keys by triggers of both tables.
    relhastriggers: o.relation !== undefined && o.kind === 'r' && hasForeignKeys(o.relation, facts.catalog),
    relispopulated: true,
    reltype: o.type?.id ?? ('iku'.includes(o.kind) ? 0 : rowTypeOid(o.oid)),
    relreplident: o.kind === 'r' || o.kind === 'm' ? 'd' : 'n',
    relacl: o.relation === undefined ? null : aclOf(facts.catalog, 'relation', o.relation),
    reloptions: o.relation === undefined ? null : viewOptions(o.relation),
  }))
})

function hasForeignKeys(table: Relation, catalog: Catalog): boolean {
  return foreignKeysOf(table).length > 0 || catalog.referencesTo(table.id).length > 0
}

fill('pg_catalog.pg_attribute', facts => allObjects(facts).flatMap(o => attributes(o, facts)))

function attributes(object: ClassObject, { catalog }: Facts): Row[] {
  const { relation } = object
  const granted = catalog.grants.some(g => g.object === object.oid && g.column !== undefined)
  return object.columns.map((column, i) => {
    const { oid, typmod } = columnType(column)
    const type = typeByOid(oid, catalog)
    return {
      attrelid: object.oid,
      attname: column.name,
      atttypid: oid,
      attstattarget: -1,
      attlen: type?.size ?? -1,
      attnum: i + 1,
      attndims: column.type.name === 'array' && column.type.label === undefined ? 1 : 0,
      attcacheoff: -1,
      atttypmod: typmod,
      attbyval: type?.byValue ?? false,
      attalign: type?.align ?? 'd',
      attstorage: type?.storage ?? 'x',
      attnotnull: column.notNull ?? false,
      atthasdef: column.expressionSql !== undefined && column.identity === undefined,
      attidentity: column.identity === undefined ? '' : column.identity === 'always' ? 'a' : 'd',
      attgenerated: column.generated === undefined ? '' : 's',
      attislocal: true,
      attcollation: type?.collation ?? 0,
      attacl:
        relation && granted
          ? columnAcl(catalog, relation, relation.columns.indexOf(column as ColumnDef))
          : null,
    }
  })
}

fill('pg_catalog.pg_attrdef', ({ catalog, database }) =>
  catalog.relations
    .filter(relation => relation.database === database)
    .flatMap(relation =>
      relation.columns.flatMap((column, i) =>
        column.expressionSql === undefined || column.identity || column.hidden
          ? []
          : [
              {
                oid: defaultOid(relation, i),
                adrelid: relation.id,
                adnum: attributeNumber(relation, i),
                adbin: storedExpression(column),
              },
            ],
      ),
    ),
)

fill('pg_catalog.pg_index', ({ catalog, database }) =>
  classObjects(catalog, database).flatMap(({ oid, index, columns: own }) => {
    if (index === undefined) return []
    const { on, columns, include, primary, unique, nullsNotDistinct, keys } = index
    const all = [...columns, ...include]
    const types = columns.map((_, i) => typeByOid(oidOf(own[i]!.type)))
    return [
      {
        indexrelid: oid,
        indrelid: on.id,
        indnatts: all.length,
        indnkeyatts: columns.length,
        indisunique: unique,
        indnullsnotdistinct: nullsNotDistinct === true,
        indisprimary: primary,
        indimmediate: true,
        indisvalid: true,
        indisready: true,
        indislive: true,
        indkey: all.map(i => attributeNumber(on, i)),
        indcollation: types.map(type => type?.collation ?? 0),
        indclass: types.map(type => operatorClass(type?.name)),
        indoption: columns.map((_, i) => options(keys?.[i]?.order)),
      },
    ]
  }),
)

/** pg_index.indoption: 1 descending, 2 NULLS FIRST. */
function options(order: Order | undefined): number {
  return (order?.descending ? 1 : 0) + (order?.nullsFirst ? 2 : 0)
}

/** Default btree operator classes (pg_opclass.dat). */
export const OPERATOR_CLASSES: Readonly<Record<string, readonly [number, string, number]>> = {
  bit: [10002, 'bit_ops', 423],
  bool: [10003, 'bool_ops', 424],
  bytea: [10006, 'bytea_ops', 428],
  date: [3122, 'date_ops', 434],
  float4: [10012, 'float4_ops', 1970],
  float8: [3123, 'float8_ops', 1970],
  int2: [1979, 'int2_ops', 1976],
  int4: [1978, 'int4_ops', 1976],
  int8: [3124, 'int8_ops', 1976],
  interval: [10022, 'interval_ops', 1982],
  jsonb: [10088, 'jsonb_ops', 4033],
  name: [10028, 'name_ops', 1994],
  numeric: [3125, 'numeric_ops', 1988],
  oid: [1981, 'oid_ops', 1989],
  record: [10034, 'record_ops', 2994],
  text: [3126, 'text_ops', 1994],
  time: [10038, 'time_ops', 1996],
  timestamp: [3128, 'timestamp_ops', 434],
  timestamptz: [3127, 'timestamptz_ops', 434],
  uuid: [10065, 'uuid_ops', 2968],
  varbit: [10043, 'varbit_ops', 2002],
}

function operatorClass(type: string | undefined): number {
  return (OPERATOR_CLASSES[type ?? ''] ?? OPERATOR_CLASSES['text']!)[0]
}

const ACTIONS = {
  'no action': 'a',
  restrict: 'r',
  cascade: 'c',
  'set null': 'n',
  'set default': 'd',
} as const

function foreignKeyRow({ key, parent }: ForeignKey, on: Relation): Row {
  return {
    condeferrable: key.deferrable !== undefined,
    condeferred: key.deferrable === 'deferred',
    confrelid: parent.id,
    confkey: key.parentColumns.map(i => attributeNumber(parent, i)),
    confupdtype: ACTIONS[key.onUpdate],
    confdeltype: ACTIONS[key.onDelete],
    confmatchtype: key.match === 'full' ? 'f' : 's',
    ...(key.deleteSets && { confdelsetcols: key.deleteSets.map(i => attributeNumber(on, i)) }),
  }
}

fill('pg_catalog.pg_constraint', ({ catalog, database }) => {
  const schemas = new Map(catalog.schemas.filter(s => s.database === database).map(s => [s.name, s.id]))
  const ofDomains = domainConstraints(catalog, database).map(({ oid, on, name, sql, valid }) => ({
    oid,
    conname: name,
    connamespace: schemas.get(on.schema) ?? 0,
    contype: 'c',
    convalidated: valid,
    contypid: on.id,
    confupdtype: ' ',
    confdeltype: ' ',
    confmatchtype: ' ',
    conislocal: true,
    conbin: sql,
  }))
  const ofTables = constraintObjects(catalog, database).map(
    ({ oid, on, name, type, columns, valid, sql, index, foreign }) => ({
      oid,
      conname: name,
      connamespace: schemas.get(on.schema) ?? 0,
      contype: type,
      convalidated: valid,
      conrelid: on.id,
      conindid: index,
      confupdtype: ' ',
      confdeltype: ' ',
      confmatchtype: ' ',
      conislocal: true,
      connoinherit: type !== 'c',
      conkey: columns.length === 0 ? null : columns.map(i => attributeNumber(on, i)),
      ...(sql !== undefined && { conbin: sql }),
      ...(foreign && foreignKeyRow(foreign, on)),
    }),
  )
  return [...ofTables, ...ofDomains]
})

fill('pg_catalog.pg_description', ({ catalog, database }) =>
  catalog.relations
    .filter(relation => relation.database === database)
    .flatMap(relation => [
      ...comment(relation.id, 0, relation.comment),
      ...relation.columns.flatMap((column, i) =>
        comment(relation.id, column.hidden ? -1 : attributeNumber(relation, i), column.comment),
      ),
    ])
    .concat(
      constraintObjects(catalog, database).flatMap(constraint =>
        comment(constraint.oid, 0, constraint.comment, SYSTEM_TABLE_OIDS.constraint),
      ),
    )
    .concat(
      catalog.types.flatMap(type =>
        type.database === database ? comment(type.id, 0, type.comment, SYSTEM_TABLE_OIDS.type) : [],
      ),
    ),
)

function comment(
  objoid: number,
  objsubid: number,
  description: string | undefined,
  classoid = SYSTEM_TABLE_OIDS.class,
): Record<string, Value>[] {
  return description === undefined ? [] : [{ objoid, classoid, objsubid, description }]
}

fill('pg_catalog.pg_depend', ({ catalog, database }) => [
  ...constraintObjects(catalog, database).flatMap(foreignKeyNeeds),
  ...catalog.relations
    .filter(relation => relation.database === database)
    .flatMap(relation =>
      [...relation.dependsOn, ...(relation.index ? [relation.index.on] : [])].map(refobjid => ({
        ...(relation.query === undefined || relation.kind === 'sink'
          ? { classid: SYSTEM_TABLE_OIDS.class, objid: relation.id }
          : { classid: REWRITE_TABLE_OID, objid: ruleOid(relation) }),
        refclassid: SYSTEM_TABLE_OIDS.class,
        refobjid,
        deptype: relation.kind === 'index' ? 'a' : 'n',
      })),
    ),
])

/** What a foreign key stands on: its own columns, those that it refers to, and the index that keeps them unique. */
function foreignKeyNeeds({ oid, on, columns, index, foreign }: ConstraintObject): Row[] {
  if (foreign === undefined) return []
  const { key, parent } = foreign
  const needs = (refobjid: number, refobjsubid: number, deptype: string) => ({
    classid: SYSTEM_TABLE_OIDS.constraint,
    objid: oid,
    refclassid: SYSTEM_TABLE_OIDS.class,
    refobjid,
    refobjsubid,
    deptype,
  })
  return [
    ...columns.map(i => needs(on.id, attributeNumber(on, i), 'a')),
    ...key.parentColumns.map(i => needs(parent.id, attributeNumber(parent, i), 'n')),
    needs(index, 0, 'n'),
  ]
}

/** The rule by which PostgreSQL keeps the query of a view. */
fill('pg_catalog.pg_rewrite', ({ catalog, database }) =>
  catalog.relations
    .filter(r => r.database === database && r.query !== undefined && r.kind !== 'sink')
    .map(relation => ({
      oid: ruleOid(relation),
      rulename: '_RETURN',
      ev_class: relation.id,
      ev_type: '1',
      ev_enabled: 'O',
      is_instead: true,
    })),
)

fill('pg_catalog.pg_foreign_server', ({ catalog }) =>
  connectorNames(catalog.relations).map(srvname => ({
    oid: serverOid(srvname),
    srvname,
    srvowner: roleOid(ROOT),
  })),
)

fill('pg_catalog.pg_foreign_table', ({ catalog, database }) =>
  catalog.relations
    .filter(relation => relation.database === database && relation.kind === 'source')
    .map(({ id, options }) => ({
      ftrelid: id,
      ftserver: serverOid(options['connector'] ?? ''),
      ftoptions: Object.entries(options).map(([name, value]) => `${name}=${value}`),
    })),
)

function connectorNames(relations: readonly Relation[]): readonly string[] {
  const sources = relations.filter(relation => relation.kind === 'source')
  return [...new Set(sources.map(relation => relation.options['connector'] ?? ''))]
}

/** A connector appears as a foreign server. */
function serverOid(connector: string): number {
  return 0x10000000 | (roleOid(connector) & 0xffffff)
}
