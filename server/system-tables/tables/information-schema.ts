import { type Grant, PRIVILEGES_OF, type Privilege } from '../../../planner/access.ts'
import { type Catalog, type ColumnDef, type Relation, shownPositions } from '../../../planner/catalog.ts'
import type { SequenceDef } from '../../../planner/sequence-def.ts'
import { isTempSchema } from '../../../planner/temp-schema.ts'
import type { DomainDef } from '../../../planner/type-def.ts'
import { checkOptionOf } from '../../../planner/view-options.ts'
import { isDomain, plainType } from '../../../types/domain-type.ts'
import type { Type } from '../../../types/type.ts'
import { typeName } from '../../../types/type-names.ts'
import { sequenceOf } from '../../sequences.ts'
import { domainConstraints } from '../constraints.ts'
import { viewDefinition } from '../definitions.ts'
import { shownExpression, storedExpression } from '../expression-text.ts'
import { type ClassObject, classObjects, shownColumns } from '../objects.ts'
import { SCHEMA_OIDS } from '../oids.ts'
import { type Facts, fill, type Row } from '../registry.ts'
import { ROOT, roles } from '../roles.ts'
import { columnType, formatType, typeByOid } from '../types.ts'
import { columnOf } from '../user-types.ts'
import { changes, writable } from '../writable.ts'
import { constraint } from './information-schema-constraints.ts'
import { allObjects } from './relations.ts'

const TABLE_TYPES: Readonly<Partial<Record<ClassObject['kind'], string>>> = {
  r: 'BASE TABLE',
  v: 'VIEW',
  m: 'MATERIALIZED VIEW',
  f: 'FOREIGN',
}

fill('information_schema.tables', facts =>
  tabular(facts).map(o => ({
    ...table(facts, o),
    table_type: tableType(o),
    is_insertable_into: yes(writable(o, facts.catalog).insert),
    is_typed: 'NO',
  })),
)

const yes = (known: boolean): string => (known ? 'YES' : 'NO')

/** RisingWave's words for what PostgreSQL has not. */
function tableType(o: ClassObject): string | null {
  if (o.relation === undefined) return o.kind === 'v' ? 'VIEW' : 'SYSTEM TABLE'
  if (o.kind === 'r' && isTempSchema(o.schema)) return 'LOCAL TEMPORARY'
  return o.relation.kind === 'source' ? 'SOURCE' : (TABLE_TYPES[o.kind] ?? null)
}

function tabular(facts: Facts): readonly ClassObject[] {
  return allObjects(facts).filter(o => TABLE_TYPES[o.kind] !== undefined)
}

function table(facts: Facts, o: ClassObject): Row {
  return { table_catalog: facts.database, table_schema: o.schema, table_name: o.name }
}

fill(
  'information_schema.columns',
  facts =>
    tabular(facts).flatMap(o => {
      const { columns: written } = writable(o, facts.catalog)
      return o.columns.map((column, i): Row => {
        const { domain, ...shownAs } = ofDomain(column, facts.catalog)
        const { words, udtSchema, udtName } = described(shownAs, facts.catalog)
        const generated = column.generated !== undefined
        const { identity } = column
        const own = identity && numbering(facts, o.oid, i)
        return {
          ...table(facts, o),
          column_name: column.name,
          ordinal_position: i + 1,
          column_default: generated || identity ? null : shown(facts, column),
          is_nullable: column.notNull ? 'NO' : 'YES',
          ...words,
          ...(domain && domainKey(domain)),
          udt_catalog: facts.database,
          udt_schema: udtSchema,
          udt_name: udtName,
          dtd_identifier: String(i + 1),
          is_self_referencing: 'NO',
          is_identity: identity ? 'YES' : 'NO',
          identity_generation: identity?.toUpperCase() ?? null,
          identity_start: own ? String(own.start) : null,
          identity_increment: own ? String(own.increment) : null,
          identity_maximum: own ? String(own.max) : null,
          identity_minimum: own ? String(own.min) : null,
          identity_cycle: own?.cycle ? 'YES' : 'NO',
          is_generated: generated ? 'ALWAYS' : 'NEVER',
          generation_expression: generated ? shown(facts, column) : null,
          is_updatable: yes(written[i] === true),
        }
      })
    }),
  true,
)

/** A column of a domain is one of what that stands on. */
function ofDomain(
  column: Pick<ColumnDef, 'type'> & Partial<ColumnDef>,
  catalog: Catalog,
): Pick<ColumnDef, 'type'> & { readonly modifier?: string; readonly domain?: DomainDef } {
  const { type, modifier } = column
  const def = isDomain(type) ? catalog.typeById(type.user!.id) : undefined
  const own = { type: plainType(type), ...(modifier !== undefined && { modifier }) }
  return def?.kind === 'domain' ? { ...own, domain: def } : own
}

function domainKey({ database, schema: place, name }: DomainDef): Row {
  return { domain_catalog: database, domain_schema: place, domain_name: name }
}

fill('information_schema.domains', ({ catalog, database }) =>
  catalog.types.flatMap((def): Row | readonly Row[] => {
    if (def.kind !== 'domain' || def.database !== database) return []
    const column = columnOf(def)
    const { words, udtSchema, udtName } = described(column, catalog)
    return {
      ...domainKey(def),
      ...words,
      domain_default: storedExpression(column),
      udt_catalog: database,
      udt_schema: udtSchema,
      udt_name: udtName,
      dtd_identifier: '1',
    }
  }),
)

fill('information_schema.domain_constraints', ({ catalog, database }) =>
  domainConstraints(catalog, database).map(({ on, name }) => ({
    ...constraint(database, on.schema, name),
    ...domainKey(on),
    is_deferrable: 'NO',
    initially_deferred: 'NO',
  })),
)

fill('information_schema.column_domain_usage', facts =>
  tabular(facts).flatMap(o =>
    o.columns.flatMap((column): Row | readonly Row[] => {
      const { domain } = ofDomain(column, facts.catalog)
      return domain === undefined
        ? []
        : { ...domainKey(domain), ...table(facts, o), column_name: column.name }
    }),
  ),
)

interface Described {
  /** The type and its lengths, as the standard names them. */
  readonly words: Row
  readonly udtSchema: string
  readonly udtName: string
}

/** What there is to say of a column's type; PostgreSQL has no structs without a name: their text tells the fields. */
function described(column: Pick<ColumnDef, 'type'> & Partial<ColumnDef>, catalog: Catalog): Described {
  const { type } = column
  const { oid, typmod } = columnType(column)
  const known = typeByOid(oid, catalog)
  return {
    words: { data_type: dataType(type, oid, known?.category === 'A'), ...lengths(known?.name ?? '', typmod) },
    udtSchema: (type.user ?? type.element?.user)?.schema ?? 'pg_catalog',
    udtName: known?.name ?? 'record',
  }
}

function dataType(type: Type, oid: number, isArray: boolean): string {
  if (type.user !== undefined) return 'USER-DEFINED'
  if (isStruct(type)) return typeName(type)
  return isArray ? 'ARRAY' : formatType(oid, null)
}

fill('information_schema.user_defined_types', ({ catalog, database }) =>
  catalog.types.flatMap(({ kind, name, schema: place, database: own }) =>
    kind !== 'composite' || own !== database
      ? []
      : {
          user_defined_type_catalog: database,
          user_defined_type_schema: place,
          user_defined_type_name: name,
          user_defined_type_category: 'STRUCTURED',
          is_instantiable: 'YES',
        },
  ),
)

fill('information_schema.attributes', facts =>
  classObjects(facts.catalog, facts.database).flatMap(({ type: composite, schema: place, name, columns }) =>
    composite === undefined
      ? []
      : columns.map((column, i): Row => {
          const { words, udtSchema, udtName } = described(column, facts.catalog)
          return {
            udt_catalog: facts.database,
            udt_schema: place,
            udt_name: name,
            attribute_name: column.name,
            ordinal_position: i + 1,
            is_nullable: 'YES',
            ...words,
            attribute_udt_catalog: facts.database,
            attribute_udt_schema: udtSchema,
            attribute_udt_name: udtName,
            dtd_identifier: String(i + 1),
            is_derived_reference_attribute: 'NO',
          }
        }),
  ),
)

/** The sequence of a table's column, by the column's place among those shown. */
function numbering({ catalog }: Facts, table: number, shownAt: number): SequenceDef | undefined {
  const relation = catalog.byId(table)
  const column = relation && shownPositions(relation)[shownAt]
  return column === undefined ? undefined : sequenceOf(table, column, catalog)?.sequence
}

function shown({ session }: Facts, column: Pick<ColumnDef, 'type' | 'expressionSql'>): string | null {
  const text = storedExpression(column)
  return text === null ? null : shownExpression(session, text, false)
}

const isStruct = (type: Type): boolean => type.name === 'struct' || type.name === 'map'

const BITS: Readonly<Record<string, number>> = { int2: 16, int4: 32, int8: 64, float4: 24, float8: 53 }

/** Length, precision and scale of a type (information_schema._pg_char_max_length and its like). */
function lengths(type: string, typmod: number): Row {
  if (type in BITS) {
    const scale = type.startsWith('int') ? { numeric_scale: 0 } : {}
    return { numeric_precision: BITS[type]!, numeric_precision_radix: 2, ...scale }
  }
  switch (type) {
    case 'numeric':
      if (typmod < 0) return { numeric_precision_radix: 10 }
      return {
        numeric_precision: (typmod - 4) >> 16,
        numeric_precision_radix: 10,
        numeric_scale: (((typmod - 4) & 0x7ff) ^ 1024) - 1024,
      }
    case 'varchar':
    case 'bpchar':
      if (typmod < 0) return { character_octet_length: 1073741824 }
      return { character_maximum_length: typmod - 4, character_octet_length: (typmod - 4) * 4 }
    case 'bit':
    case 'varbit':
      return typmod < 0 ? {} : { character_maximum_length: typmod }
    case 'text':
      return { character_octet_length: 1073741824 }
    case 'date':
      return { datetime_precision: 0 }
    case 'time':
    case 'timestamp':
    case 'timestamptz':
    case 'interval':
      return { datetime_precision: typmod < 0 ? 6 : typmod & 0xffff }
    default:
      return {}
  }
}

fill('information_schema.views', facts =>
  tabular(facts)
    .filter(o => o.kind === 'v')
    .map(o => ({
      ...table(facts, o),
      view_definition: o.relation === undefined ? null : viewDefinition(o.relation),
      check_option: (o.relation && checkOptionOf(o.relation.options))?.toUpperCase() ?? 'NONE',
      is_updatable: yes(changes(writable(o, facts.catalog))),
      is_insertable_into: yes(writable(o, facts.catalog).insert),
      is_trigger_updatable: 'NO',
      is_trigger_deletable: 'NO',
      is_trigger_insertable_into: 'NO',
    })),
)

fill('information_schema.schemata', ({ catalog, database }) => [
  ...Object.keys(SCHEMA_OIDS).map(name => schema(database, name, ROOT)),
  ...catalog.schemas.filter(s => s.database === database).map(s => schema(database, s.name, s.owner)),
])

function schema(catalog_name: string, schema_name: string, schema_owner: string): Row {
  return { catalog_name, schema_name, schema_owner }
}

fill('information_schema.information_schema_catalog_name', ({ database }) => [{ catalog_name: database }])

const PRIVILEGES = ['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']

for (const name of ['table_privileges', 'role_table_grants'])
  fill(`information_schema.${name}`, ({ catalog, database }) =>
    classObjects(catalog, database).flatMap(({ relation, kind }) =>
      relation === undefined || kind === 'i'
        ? []
        : holders(catalog, relation, undefined).flatMap(({ role, privileges, grantable }) =>
            PRIVILEGES.filter(p => has(privileges, p)).map(privilege_type => ({
              ...held(relation, role, has(grantable, privilege_type)),
              privilege_type,
              with_hierarchy: privilege_type === 'SELECT' ? 'YES' : 'NO',
            })),
          ),
    ),
  )

for (const name of ['column_privileges', 'role_column_grants'])
  fill(`information_schema.${name}`, ({ catalog, database }) =>
    catalog.relations
      .filter(relation => relation.database === database)
      .flatMap(relation =>
        shownColumns(relation).flatMap(column => {
          const place = relation.columns.indexOf(column)
          return holders(catalog, relation, place).flatMap(({ role, privileges, grantable }) =>
            ['INSERT', 'REFERENCES', 'SELECT', 'UPDATE']
              .filter(p => has(privileges, p))
              .map(privilege_type => ({
                ...held(relation, role, has(grantable, privilege_type)),
                column_name: column.name,
                privilege_type,
              })),
          )
        }),
      ),
  )

/** The owner, and whoever was granted something; with a column also who has it there only. */
function holders(
  catalog: Catalog,
  relation: Relation,
  column: number | undefined,
): Omit<Grant, 'kind' | 'object'>[] {
  const all = PRIVILEGES_OF.relation
  const granted = catalog.grants.filter(
    g => g.object === relation.id && (g.column === undefined || g.column === column),
  )
  return [
    { role: relation.owner, privileges: all, grantable: all },
    ...granted.filter(({ role }) => role !== relation.owner),
  ]
}

function held(relation: Relation, role: string, grantable: boolean): Row {
  return {
    grantor: relation.owner,
    grantee: role === 'public' ? 'PUBLIC' : role,
    table_catalog: relation.database,
    table_schema: relation.schema,
    table_name: relation.name,
    is_grantable: grantable ? 'YES' : 'NO',
  }
}

function has(privileges: readonly Privilege[], word: string): boolean {
  return privileges.some(privilege => privilege.toUpperCase() === word)
}

for (const name of ['enabled_roles', 'applicable_roles'])
  fill(
    `information_schema.${name}`,
    ({ catalog, session }) => roles(catalog, session).map(role => ({ role_name: role.name })),
    true,
  )
