import type { ClassObject } from '../objects.ts'
import { rowTypeOid, SCHEMA_OIDS } from '../oids.ts'
import { fill, type Row } from '../registry.ts'
import { ROOT, roleOid } from '../roles.ts'
import { TYPES } from '../types.ts'
import { allObjects } from './relations.ts'

fill('pg_catalog.pg_type', facts => [
  ...TYPES.map(t => ({
    oid: t.oid,
    typname: t.name,
    typnamespace: SCHEMA_OIDS['pg_catalog']!,
    typowner: roleOid(ROOT),
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
  })),
  ...allObjects(facts)
    .filter(({ kind }) => !'iku'.includes(kind))
    .map(rowType),
])

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
