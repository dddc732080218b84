/** Numbers of objects that PostgreSQL fixes (pg_namespace.dat, pg_authid.dat …). */
export const SCHEMA_OIDS: Readonly<Record<string, number>> = {
  pg_catalog: 11,
  information_schema: 13000,
  rw_catalog: 13001,
}
export const RW_SCHEMA_OID = 13001
/** The owner of all that no other user owns. */
export const SUPERUSER_OID = 1
export const HEAP_AM = 2
export const BTREE_AM = 403
export const DEFAULT_COLLATION = 100
export const C_COLLATION = 950
export const DEFAULT_TABLESPACE = 1663
export const SYSTEM_TABLE_OIDS = {
  class: 1259,
  attribute: 1249,
  proc: 1255,
  namespace: 2615,
  type: 1247,
  constraint: 2606,
}
export const REWRITE_TABLE_OID = 2618

const ROW_TYPE_OIDS = 0x10000000

/** The type of a relation's rows. */
export function rowTypeOid(relation: number): number {
  return ROW_TYPE_OIDS + relation
}
