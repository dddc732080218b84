import { alike, type Setting } from './setting.ts'
import { bool, duration, oneOf, onOrOff, shownDuration, shownSize } from './setting-checks.ts'

const HELP = 'accepted for PostgreSQL; not used'

const SIZES: Readonly<Record<string, string>> = {
  effective_cache_size: '4GB',
  maintenance_work_mem: '64MB',
  max_stack_depth: '2MB',
  min_parallel_index_scan_size: '512kB',
  min_parallel_table_scan_size: '8MB',
  temp_buffers: '8MB',
  work_mem: '4MB',
}
const NUMBERS: Readonly<Record<string, string>> = {
  cpu_index_tuple_cost: '0.005',
  cpu_operator_cost: '0.0025',
  cpu_tuple_cost: '0.01',
  cursor_tuple_fraction: '0.1',
  default_statistics_target: '100',
  effective_io_concurrency: '1',
  from_collapse_limit: '8',
  geqo_effort: '5',
  geqo_generations: '0',
  geqo_pool_size: '0',
  geqo_seed: '0',
  geqo_selection_bias: '2',
  geqo_threshold: '12',
  hash_mem_multiplier: '2',
  jit_above_cost: '100000',
  jit_inline_above_cost: '500000',
  jit_optimize_above_cost: '500000',
  join_collapse_limit: '8',
  maintenance_io_concurrency: '10',
  max_parallel_maintenance_workers: '2',
  max_parallel_workers: '8',
  max_parallel_workers_per_gather: '2',
  parallel_setup_cost: '1000',
  parallel_tuple_cost: '0.1',
  random_page_cost: '4',
  recursive_worktable_factor: '10',
  seq_page_cost: '1',
}
const SWITCHES: Readonly<Record<string, string>> = {
  array_nulls: 'on',
  check_function_bodies: 'on',
  default_transaction_deferrable: 'off',
  enable_async_append: 'on',
  enable_bitmapscan: 'on',
  enable_gathermerge: 'on',
  enable_hashagg: 'on',
  enable_hashjoin: 'on',
  enable_incremental_sort: 'on',
  enable_indexonlyscan: 'on',
  enable_indexscan: 'on',
  enable_material: 'on',
  enable_memoize: 'on',
  enable_mergejoin: 'on',
  enable_nestloop: 'on',
  enable_parallel_append: 'on',
  enable_parallel_hash: 'on',
  enable_partition_pruning: 'on',
  enable_partitionwise_aggregate: 'off',
  enable_partitionwise_join: 'off',
  enable_seqscan: 'on',
  enable_sort: 'on',
  enable_tidscan: 'on',
  escape_string_warning: 'on',
  geqo: 'on',
  jit_expressions: 'on',
  jit_tuple_deforming: 'on',
  parallel_leader_participation: 'on',
  quote_all_identifiers: 'off',
  synchronous_commit: 'on',
  transform_null_equals: 'off',
}
const TIMES: Readonly<Record<string, string>> = {
  deadlock_timeout: '1s',
  vacuum_cost_delay: '0',
}
const TEXTS: Readonly<Record<string, string>> = {
  default_table_access_method: 'heap',
  default_tablespace: '',
  default_toast_compression: 'pglz',
  temp_tablespaces: '',
  default_text_search_config: 'pg_catalog.simple',
  ...Object.fromEntries(['messages', 'monetary', 'numeric', 'time'].map(what => [`lc_${what}`, 'C'])),
}
/** What clients ask for to know the server; nobody sets it. */
const FACTS: Readonly<Record<string, string>> = {
  autovacuum: 'off',
  block_size: '8192',
  lc_collate: 'C',
  lc_ctype: 'C',
  wal_level: 'minimal',
}

const each = (
  defaults: Readonly<Record<string, string>>,
  check?: Setting['check'],
  normal?: Setting['normal'],
) => alike(defaults, HELP, check, normal)

/** PostgreSQL's session variables about plans and storage that clients set and weir has no use for. */
export const POSTGRES_SETTINGS: Readonly<Record<string, Setting>> = {
  ...Object.fromEntries([
    ...each(SIZES, v => /^\d+\s*(B|kB|MB|GB|TB)?$/.test(v), shownSize),
    ...each(NUMBERS, v => /^-?\d+(\.\d+)?$/.test(v)),
    ...each(SWITCHES, bool, onOrOff),
    ...each(TIMES, duration, shownDuration),
    ...each(TEXTS),
    ...each(FACTS).map(([name, setting]): [string, Setting] => [name, { ...setting, readonly: true }]),
  ]),
  backslash_quote: {
    default: 'safe_encoding',
    help: HELP,
    check: oneOf('safe_encoding', 'on', 'off', 'true', 'false'),
  },
  constraint_exclusion: { default: 'partition', help: HELP, check: oneOf('partition', 'on', 'off') },
  force_parallel_mode: { default: 'off', help: HELP, check: oneOf('off', 'on', 'regress') },
  plan_cache_mode: {
    default: 'auto',
    help: HELP,
    check: oneOf('auto', 'force_generic_plan', 'force_custom_plan'),
  },
  xmlbinary: { default: 'base64', help: HELP, check: oneOf('base64', 'hex') },
  xmloption: { default: 'content', help: HELP, check: oneOf('content', 'document') },
}
