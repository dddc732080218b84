import type { Relation } from '../../../planner/catalog.ts'
import { canonicalJson } from '../../../types/json-text.ts'
import { typeName } from '../../../types/type-names.ts'
import { canonicalSql } from '../../statements/canonical-text.ts'
import { retentionMs } from '../../statements/retention.ts'
import { definitionOf } from '../../statements/statement-text.ts'
import { aclOf } from '../acl.ts'
import { serverVersion } from '../functions/session.ts'
import { shownColumns } from '../objects.ts'
import { SCHEMA_OIDS } from '../oids.ts'
import { type Facts, fill, type Row, systemTables } from '../registry.ts'
import { ROOT, roleOid, roles } from '../roles.ts'
import { columnType, TYPES, typeByOid } from '../types.ts'

/** RisingWave's rw_catalog: what it keeps of relations. */
function relations({ catalog, database }: Facts, kind?: Relation['kind']): readonly Relation[] {
  return catalog.relations.filter(r => r.database === database && (kind === undefined || r.kind === kind))
}

/** What most of its relations tell of one. */
export function common(facts: Facts, relation: Relation): Row {
  const created = BigInt(relation.createdAtMs) * 1000n
  const version = serverVersion(facts.session)
  return {
    id: relation.id,
    name: relation.name,
    schema_id: facts.catalog.schemaByName(relation.database, relation.schema)?.id ?? 0,
    schema_name: relation.schema,
    owner: roleOid(relation.owner),
    acl: aclOf(facts.catalog, 'relation', relation) ?? [],
    definition: canonicalSql(definitionOf(relation, facts.catalog)),
    initialized_at: created,
    created_at: created,
    initialized_at_cluster_version: version,
    created_at_cluster_version: version,
    background_ddl: relation.background === true,
    append_only: relation.appendOnly,
  }
}

fill('rw_catalog.rw_relations', facts => [
  ...systemTables().map(({ schema, def }) => ({
    id: def.oid,
    database: facts.database,
    schema,
    schema_id: SCHEMA_OIDS[schema] ?? 0,
    name: def.name,
    owner: roleOid(ROOT),
    relation_type: 'system table',
    definition: '',
  })),
  ...relations(facts).map(r => ({
    ...common(facts, r),
    database: r.database,
    schema: r.schema,
    relation_type: r.kind,
  })),
])
fill('rw_catalog.rw_system_tables', () =>
  systemTables().map(({ schema, def }) => ({
    id: def.oid,
    name: def.name,
    schema_id: SCHEMA_OIDS[schema] ?? 0,
    owner: roleOid(ROOT),
    definition: '',
  })),
)

const BY_KIND = {
  rw_tables: 'table',
  rw_materialized_views: 'materialized view',
  rw_views: 'view',
} as const
for (const [name, kind] of Object.entries(BY_KIND))
  fill(
    `rw_catalog.${name}`,
    facts => {
      const running = new Map(facts.runtime.progress().map(job => [job.relation, job.state]))
      return relations(facts, kind).map(r => ({
        ...common(facts, r),
        refreshable: false,
        status: running.get(r.id) === 'backfilling' ? 'Creating' : 'Created',
      }))
    },
    true,
  )

fill('rw_catalog.rw_subscriptions', facts =>
  relations(facts, 'subscription').map(r => ({
    ...common(facts, r),
    retention_seconds: BigInt(Math.floor(retentionMs(r.options['retention']!) / 1000)),
  })),
)

fill('rw_catalog.rw_sources', facts =>
  relations(facts)
    .filter(r => r.kind === 'source' || (r.kind === 'table' && r.options['connector'] !== undefined))
    .map(r => ({
      ...common(facts, r),
      connector: r.options['connector'] ?? '',
      columns: shownColumns(r).map(c => c.name),
      format: r.format?.format.toUpperCase() ?? null,
      row_encode: r.format?.encode.toUpperCase() ?? null,
      associated_table_id: r.kind === 'table' ? r.id : null,
      is_shared: r.kind === 'source',
      connector_props: properties(r.options),
      format_encode_options: properties(r.format?.options ?? {}),
    })),
)

const SECRET = /password|secret|token|credential|jaas|private|access[._]key/i

/** Options as RisingWave shows them; those that open doors are kept back. */
function properties(options: Readonly<Record<string, string>>): string {
  const shown = Object.entries(options).map(([name, value]) => {
    const kept = SECRET.test(name) ? '[REDACTED]' : value
    return [name, { type: 'plaintext', value: kept }]
  })
  return canonicalJson(JSON.stringify(Object.fromEntries(shown)))
}

fill('rw_catalog.rw_sinks', facts =>
  relations(facts, 'sink').map(r => ({
    ...common(facts, r),
    connector: r.options['connector'] ?? 'table',
    sink_type: r.options['type'] ?? (r.appendOnly ? 'append-only' : 'upsert'),
    target_table_name: r.into === undefined ? null : (facts.catalog.byId(r.into)?.name ?? null),
    connector_props: properties(r.options),
    format_encode_options: properties(r.format?.options ?? {}),
  })),
)

fill('rw_catalog.rw_indexes', facts =>
  relations(facts, 'index').map(r => ({
    ...common(facts, r),
    primary_table_id: r.index?.on ?? 0,
    key_columns: r.index?.columns.map(i => i + 1) ?? [],
    include_columns: r.index?.include.map(i => i + 1) ?? [],
  })),
)

fill('rw_catalog.rw_columns', facts => [
  ...relations(facts).flatMap(r =>
    r.columns.flatMap((c, i): Row[] => {
      if (c.dropped === true) return []
      const row = {
        ...column(r.id, i, c),
        is_hidden: c.hidden ?? false,
        is_primary_key: r.key.includes(i),
        is_distribution_key: r.key.includes(i),
        is_generated: c.generated !== undefined,
        is_nullable: !c.notNull,
        generation_expression: c.generated === undefined ? null : (c.expressionSql ?? null),
        column_default: c.generated === undefined ? (c.expressionSql ?? null) : null,
      }
      return [row]
    }),
  ),
  ...systemTables().flatMap(({ def }) =>
    def.columns.map(
      (c, i): Row => ({
        ...column(def.oid, i, c),
        is_hidden: false,
        is_primary_key: false,
        is_distribution_key: false,
        is_generated: false,
        is_nullable: !def.notNull[i],
      }),
    ),
  ),
])

function column(
  relation: number,
  position: number,
  field: Parameters<typeof columnType>[0] & { name: string },
): Row {
  const { oid } = columnType(field)
  const type = typeByOid(oid)
  return {
    relation_id: relation,
    name: field.name,
    position: position + 1,
    data_type: typeName(field.type),
    type_oid: oid,
    type_len: type?.size ?? -1,
    udt_type: field.type.user?.name ?? type?.name ?? 'struct',
  }
}

fill('rw_catalog.rw_schemas', ({ catalog, database }) => [
  ...Object.entries(SCHEMA_OIDS).map(([name, id]) => ({ id, name, owner: roleOid(ROOT) })),
  ...catalog.schemas
    .filter(s => s.database === database)
    .map(s => ({ id: s.id, name: s.name, owner: roleOid(s.owner), acl: aclOf(catalog, 'schema', s) ?? [] })),
])
fill('rw_catalog.rw_secrets', ({ catalog, database }) =>
  catalog.secrets
    .filter(s => s.database === database)
    .map(({ id, name, schema, owner }) => ({
      id,
      name,
      schema_id: catalog.schemaByName(database, schema)?.id,
      owner: roleOid(owner),
      acl: [],
    })),
)
fill('rw_catalog.rw_databases', ({ catalog }) =>
  catalog.databases.map(d => ({
    id: d.id,
    name: d.name,
    owner: roleOid(d.owner),
    acl: aclOf(catalog, 'database', d) ?? [],
    resource_group: d.asked?.resourceGroup ?? 'default',
    barrier_interval_ms: d.asked?.barrierIntervalMs ?? null,
    checkpoint_frequency:
      d.asked?.checkpointFrequency === undefined ? null : BigInt(d.asked.checkpointFrequency),
  })),
)
fill(
  'rw_catalog.rw_users',
  ({ catalog, session }) =>
    roles(catalog, session).map(({ oid, name, superuser, createDb, createRole, login }) => ({
      id: oid,
      name,
      is_super: superuser,
      create_db: createDb || superuser,
      create_user: createRole || superuser,
      can_login: login,
      is_admin: oid === roleOid(ROOT),
    })),
  true,
)
fill('rw_catalog.rw_depend', facts =>
  relations(facts).flatMap(r => {
    const on = new Set([...r.dependsOn, ...(r.index ? [r.index.on] : [])])
    const down = [...on].map(refobjid => ({ objid: r.id, refobjid }))
    return r.into === undefined ? down : [...down, { objid: r.into, refobjid: r.id }]
  }),
)
fill('rw_catalog.rw_types', () =>
  TYPES.map(({ oid, name, element, array, functions }) => ({
    id: oid,
    name,
    input_oid: `${functions[0]}`,
    typelem: element,
    typarray: array,
  })),
)
