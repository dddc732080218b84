import { internalTables } from '../../internal-tables.ts'
import { jobFragments } from '../../job-fragments.ts'
import { canonicalSql } from '../../statements/canonical-text.ts'
import { fill } from '../registry.ts'
import { roleOid } from '../roles.ts'

/** Rows and bytes of tables and views as they are served, and of operators' state. */
fill(
  'rw_catalog.rw_table_stats',
  ({ catalog, database, runtime }) => {
    const { serving, operators } = runtime.stats()
    const served = serving
      .filter(({ relation }) => catalog.byId(relation)?.database === database)
      .map(({ relation, rows, bytes }) => ({ id: relation, rows, bytes }))
    const kept = internalTables(catalog, database, runtime).flatMap(({ id, job, node }) => {
      const state = operators.find(o => o.relation === job.id && o.node === node.id)
      return state === undefined ? [] : [{ id, rows: state.stateRows, bytes: state.stateBytes }]
    })
    return [...served, ...kept].map(({ id, rows, bytes }) => ({
      id,
      total_key_count: BigInt(rows),
      total_key_size: 0n,
      total_value_size: BigInt(bytes),
    }))
  },
  true,
)
fill(
  'rw_catalog.rw_hummock_snapshot',
  ({ catalog, database, runtime }) =>
    catalog.relations
      .filter(r => r.database === database && r.job !== undefined)
      .map(({ id }) => ({ table_id: id, committed_epoch: BigInt(runtime.epoch) })),
  true,
)
fill(
  'rw_catalog.rw_relation_info',
  ({ catalog, database, runtime }) => {
    const fragments = jobFragments(catalog, database, runtime)
    return catalog.relations
      .filter(r => r.database === database)
      .map(r => {
        const own = fragments.filter(f => f.job.id === r.id)
        const text = own.map(({ id, flags, nodes }) => ({ id, flags, nodes: nodes.map(n => n.spec.kind) }))
        return {
          schemaname: r.schema,
          relationname: r.name,
          relationowner: roleOid(r.owner),
          definition: canonicalSql(r.sql),
          relationtype: r.kind.toUpperCase(),
          relationid: r.id,
          relationtimezone: 'UTC',
          fragments: own.length === 0 ? null : JSON.stringify(text),
          initialized_at: BigInt(r.createdAtMs) * 1000n,
          created_at: BigInt(r.createdAtMs) * 1000n,
        }
      })
  },
  true,
)
