import { parallelismPolicy } from '../../planner/job-settings.ts'
import { alike, type Setting } from './setting.ts'
import { bool, isOn, oneOf, whole } from './setting-checks.ts'

/** Settings of RisingWave that choose among its plans and ways to run; accepted and shown, they change nothing here. */
const SWITCHES: Readonly<Record<string, string>> = {
  background_ddl: 'false',
  batch_enable_distributed_dml: 'false',
  batch_enable_lookup_join: 'true',
  batch_enable_sort_agg: 'true',
  bypass_cluster_limits: 'false',
  create_compaction_group_for_mv: 'false',
  datafusion_prefer_hash_join: 'true',
  disable_purify_definition: 'false',
  dml_wait_persistence: 'false',
  enable_datafusion_engine: 'false',
  enable_index_selection: 'true',
  enable_join_ordering: 'true',
  enable_locality_backfill: 'false',
  enable_mv_selection: 'false',
  enable_serverless_backfill: 'false',
  enable_share_plan: 'true',
  enable_two_phase_agg: 'true',
  force_split_distinct_agg: 'false',
  streaming_allow_jsonb_in_stream_key: 'false',
  streaming_asof_join_use_cache: 'true',
  streaming_enable_bushy_join: 'true',
  streaming_enable_delta_join: 'false',
  streaming_enable_unaligned_join: 'false',
  streaming_force_filter_inside_join: 'false',
  streaming_separate_consecutive_join: 'false',
  streaming_separate_sink: 'false',
  streaming_unsafe_allow_unmaterialized_impure_expr: 'false',
  streaming_unsafe_allow_upsert_sink_pk_mismatch: 'false',
  streaming_use_arrangement_backfill: 'true',
  streaming_use_shared_source: 'true',
  streaming_use_snapshot_backfill: 'true',
  unsafe_enable_storage_retention_for_non_append_only_tables: 'false',
  upsert_dml: 'false',
}

const NUMBERS: Readonly<Record<string, string>> = {
  batch_hnsw_ef_search: '40',
  cdc_source_wait_streaming_start_timeout: '30',
  max_split_range_gap: '8',
  query_epoch: '0',
  slow_ddl_notification_secs: '0',
  streaming_sync_log_store_buffer_size: '2048',
  streaming_sync_log_store_pause_duration_ms: '64',
}

/** A number, or a word such as default. */
const LIMITS: Readonly<Record<string, string>> = {
  backfill_rate_limit: 'default',
  batch_parallelism: 'default',
  dml_rate_limit: 'default',
  sink_rate_limit: 'default',
  source_rate_limit: 'default',
  streaming_max_parallelism: '256',
}

/** How many may run a job: kept with it (`planner/job-settings.ts`). */
const PARALLELISM: Readonly<Record<string, string>> = {
  streaming_parallelism: 'default',
  streaming_parallelism_for_backfill: 'default',
  streaming_parallelism_for_index: 'default',
  streaming_parallelism_for_materialized_view: 'default',
  streaming_parallelism_for_sink: 'default',
  streaming_parallelism_for_source: 'default',
  streaming_parallelism_for_table: 'default',
}

const TEXTS: Readonly<Record<string, string>> = {
  auto_locality_backfill_min_size: '0',
  iceberg_engine_connection: '',
  iceberg_query_storage_mode: 'auto',
  locality_backfill_mode: 'auto',
  streaming_cache_refill_policy: 'default',
  streaming_join_encoding: 'memory_optimized',
  streaming_over_window_cache_policy: 'full',
  streaming_parallelism_strategy: 'default',
  streaming_parallelism_strategy_for_index: 'default',
  streaming_parallelism_strategy_for_materialized_view: 'default',
  streaming_parallelism_strategy_for_sink: 'default',
  streaming_parallelism_strategy_for_source: 'default',
  streaming_parallelism_strategy_for_table: 'default',
}

const HELP = 'accepted for RisingWave; not used'

const settings = (defaults: Readonly<Record<string, string>>, check?: Setting['check']) =>
  alike(defaults, HELP, check)

/** RisingWave's session variables that weir has no use for. */
export const RISINGWAVE_SETTINGS: Readonly<Record<string, Setting>> = {
  ...Object.fromEntries([
    ...settings(SWITCHES, bool),
    ...settings(NUMBERS, whole),
    ...settings(LIMITS, v => /^(default|-?\d+|adaptive)$/i.test(v)),
    ...settings(PARALLELISM, v => parallelismPolicy(v) !== undefined),
    ...settings(TEXTS),
  ]),
  batch_expr_strict_mode: {
    default: 'true',
    help: 'false: what an expression of a query cannot compute is NULL',
    check: bool,
    normal: v => String(isOn(v)),
  },
  force_two_phase_agg: { default: 'false', help: HELP, check: bool, implies: 'enable_two_phase_agg' },
  query_mode: { default: 'auto', help: HELP, check: oneOf('auto', 'local', 'distributed') },
  sink_decouple: {
    default: 'default',
    help: HELP,
    check: oneOf('default', 'true', 'false', 'on', 'off', 'enable', 'disable'),
  },
  visibility_mode: { default: 'default', help: HELP, check: oneOf('default', 'all', 'checkpoint') },
}
