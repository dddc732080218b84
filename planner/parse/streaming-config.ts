/** RisingWave's settings of a streaming job (`streaming.…`) by type: what ALTER … SET CONFIG takes. They change nothing here. */
const WHOLE = `in_flight_barrier_nums snapshot_backfill_finish_max_lagged_barriers unique_user_stream_errors
snapshot_backfill_barrier_amplification_factor actor_runtime_worker_threads_num developer.connector_message_buffer_size
developer.unsafe_extreme_cache_size developer.topn_cache_min_capacity developer.chunk_size developer.exchange_initial_permits
developer.exchange_batched_permits developer.exchange_concurrent_barriers developer.exchange_concurrent_dispatchers
developer.project_expr_concurrency developer.project_expr_inflight_request_concurrency
developer.dml_channel_initial_permits developer.hash_agg_max_dirty_groups_heap_size
developer.memory_controller_update_interval_ms developer.memory_controller_sequence_tls_step
developer.memory_controller_sequence_tls_lag developer.high_join_amplification_threshold
developer.high_gap_fill_amplification_threshold developer.exchange_connection_pool_size developer.max_barrier_batch_size
developer.hash_join_entry_state_max_rows developer.join_hash_map_evict_interval_rows
developer.snapshot_iter_rebuild_interval_secs developer.iceberg_list_interval_sec developer.iceberg_fetch_batch_size
developer.iceberg_sink_positional_delete_cache_size developer.iceberg_sink_write_parquet_max_row_group_rows
developer.refresh_scheduler_interval_sec developer.sync_log_store_pause_duration_ms developer.sync_log_store_buffer_size
developer.max_concurrent_kv_log_store_historical_read`
const FRACTION = `developer.memory_controller_threshold_aggressive developer.memory_controller_threshold_graceful
developer.memory_controller_threshold_stable developer.memory_controller_eviction_factor_aggressive
developer.memory_controller_eviction_factor_graceful developer.memory_controller_eviction_factor_stable
developer.now_progress_ratio`
const BOOLEAN = `unsafe_disable_strict_consistency developer.enable_executor_row_count developer.enable_arrangement_backfill
developer.enable_snapshot_backfill developer.enable_actor_tokio_metrics developer.enable_auto_schema_change
developer.enable_shared_source developer.switch_jdbc_pg_to_native developer.enable_explain_analyze_stats
developer.materialize_force_overwrite_on_no_check developer.default_enable_mem_preload_state_table
developer.aggressive_noop_update_elimination developer.disable_sync_log_store_dispatcher
developer.enable_state_table_vnode_stats_pruning developer.enable_vnode_key_stats_for_materialize`
const WORDS: Readonly<Record<string, readonly string[]>> = {
  async_stack_trace: ['off', 'on', 'verbose', 'release_verbose'],
  'developer.join_encoding_type': ['memory_optimized', 'cpu_optimized'],
  'developer.over_window_cache_policy': ['full', 'recent', 'recent_first_n', 'recent_last_n'],
  'developer.cache_refill_policy': ['disabled', 'enabled', 'streaming', 'serving', 'both', 'default'],
}

const of = (names: string) => new Set(names.split(/\s+/))
const PLAIN = [
  { names: of(WHOLE), pattern: /^\d+$/, expected: 'usize' },
  { names: of(FRACTION), pattern: /^\d+(\.\d+)?$/, expected: 'f64' },
  { names: of(BOOLEAN), pattern: /^(true|false)$/, expected: 'a boolean' },
]

/** What is wrong with a value as TOML has it; undefined: nothing. */
export function wrongConfig(name: string, value: string): string | undefined {
  const key = name.replace(/^streaming\./, '')
  const plain = PLAIN.find(({ names }) => names.has(key))
  if (plain !== undefined)
    return plain.pattern.test(value)
      ? undefined
      : `invalid type: ${value}, expected ${plain.expected} in \`${key}\``
  const words = WORDS[key]
  if (words === undefined) return `unrecognized configs: ["${name}"]`
  const known = words.some(word => JSON.stringify(word) === value.toLowerCase())
  return known ? undefined : `expect one of [${words.join(', ')}] in \`${key}\``
}
