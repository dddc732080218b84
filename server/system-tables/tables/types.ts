import type { DomainDef } from '../../../planner/type-def.ts'
import { aclOf } from '../acl.ts'
import { storedExpression } from '../expression-text.ts'
import type { ClassObject } from '../objects.ts'
import { rowTypeOid, SCHEMA_OIDS } from '../oids.ts'
import { type Facts, fill, type Row } from '../registry.ts'
import { ROOT, roleOid } from '../roles.ts'
import { columnType, type PgType, TYPES } from '../types.ts'
import { columnOf, type PgUserType, relationOf, userTypes } from '../user-types.ts'
import { allObjects } from './relations.ts'

fill('pg_catalog.pg_type', facts => [
  ...TYPES.map(type => typeRow(type, SCHEMA_OIDS['pg_catalog']!, ROOT)),
  ...[...userTypes(facts.catalog).values()]
    .filter(({ def }) => def.database === facts.database)
    .map(type => userType(type, facts)),
  ...allObjects(facts)
    .filter(({ kind }) => !'ikuc'.includes(kind))
    .map(rowType),
])

function userType(type: PgUserType, { catalog }: Facts): Row {
  const { def } = type
  const { id = 0 } = catalog.schemaByName(def.database, def.schema) ?? {}
  return {
    ...typeRow(type, id, def.owner),
    typrelid: relationOf(type),
    ...(def.kind === 'domain' && type.oid === def.id && domainRow(def)),
    typacl: type.oid === def.id ? aclOf(catalog, 'type', def) : null,
  }
}

function domainRow(def: DomainDef): Row {
  const { base, notNull } = def
  const column = columnOf(def)
  const { oid, typmod } = columnType(column)
  const text = storedExpression(column)
  return {
    typbasetype: oid,
    typtypmod: typmod,
    typnotnull: notNull,
    typdefault: text,
    typdefaultbin: text,
    typndims: base.name === 'array' && base.label === undefined ? 1 : 0,
  }
}

function typeRow(t: PgType, schema: number, owner: string): Row {
  return {
    oid: t.oid,
    typname: t.name,
    typnamespace: schema,
    typowner: roleOid(owner),
    typlen: t.size,
    typbyval: t.byValue,
    typtype: t.kind,
    typcategory: t.category,
    typispreferred: t.preferred,
    typisdefined: true,
    typdelim: t.delimiter,
    typsubscript: t.subscript,
    typelem: t.element,
    typarray: t.array,
    typinput: t.functions[0]!,
    typoutput: t.functions[1]!,
    typreceive: t.functions[2]!,
    typsend: t.functions[3]!,
    typmodin: t.functions[4]!,
    typmodout: t.functions[5]!,
    typalign: t.align,
    typstorage: t.storage,
    typtypmod: -1,
    typcollation: t.collation,
  }
}

/** The type of a relation's rows. */
function rowType({ oid, name, schemaOid, owner }: ClassObject): Row {
  return {
    oid: rowTypeOid(oid),
    typname: name,
    typnamespace: schemaOid,
    typowner: roleOid(owner),
    typlen: -1,
    typtype: 'c',
    typcategory: 'C',
    typisdefined: true,
    typdelim: ',',
    typrelid: oid,
    typalign: 'd',
    typstorage: 'x',
    typtypmod: -1,
  }
}

fill('pg_catalog.pg_enum', ({ catalog, database }) =>
  catalog.types.flatMap(type =>
    type.kind !== 'enum' || type.database !== database
      ? []
      : type.labels.map(({ id, name, place }) => ({
          oid: id,
          enumtypid: type.id,
          enumsortorder: Math.fround(place),
          enumlabel: name,
        })),
  ),
)
