/** The tables of rw_catalog, as RisingWave has them and some of our own: name, number, kind, then columns by type. */
export const RW_CATALOG = `
rw_relations 14000 r int4: id schema_id varchar: name int4: owner varchar: definition varchar[]: acl
  varchar: relation_type database schema
rw_tables 14001 r int4: id varchar: name int4: schema_id varchar: schema_name int4: owner varchar:
  definition bool: append_only refreshable varchar[]: acl timestamptz: initialized_at created_at varchar:
  initialized_at_cluster_version created_at_cluster_version
rw_materialized_views 14002 r int4: id varchar: name int4: schema_id varchar: schema_name int4: owner
  varchar: definition bool: append_only varchar[]: acl timestamptz: initialized_at created_at varchar:
  initialized_at_cluster_version created_at_cluster_version bool: background_ddl varchar: status
rw_views 14003 r int4: id varchar: name int4: schema_id varchar: schema_name int4: owner varchar: definition
  varchar[]: acl timestamptz: created_at varchar: created_at_cluster_version
rw_sources 14004 r int4: id varchar: name int4: schema_id varchar: schema_name int4: owner varchar:
  connector varchar[]: columns varchar: format row_encode bool: append_only int4: associated_table_id
  connection_id bool: is_shared varchar: definition varchar[]: acl timestamptz: initialized_at created_at
  varchar: initialized_at_cluster_version created_at_cluster_version jsonb: connector_props
  format_encode_options
rw_sinks 14005 r int4: id varchar: name int4: schema_id varchar: schema_name int4: owner varchar: connector
  sink_type int4: connection_id varchar: definition target_table_name varchar[]: acl timestamptz:
  initialized_at created_at varchar: initialized_at_cluster_version created_at_cluster_version bool:
  background_ddl jsonb: connector_props format_encode_options
rw_indexes 14006 r int4: id varchar: name int4: primary_table_id int2[]: key_columns include_columns int4:
  schema_id varchar: schema_name int4: owner varchar: definition varchar[]: acl timestamptz: initialized_at
  created_at varchar: initialized_at_cluster_version created_at_cluster_version bool: background_ddl
rw_columns 14007 r int4: relation_id varchar: name int4: position bool: is_hidden is_primary_key
  is_distribution_key is_generated is_nullable varchar: generation_expression data_type int4: type_oid
  type_len varchar: udt_type column_default
rw_schemas 14008 r int4: id varchar: name int4: owner varchar[]: acl
rw_databases 14009 r int4: id varchar: name int4: owner varchar[]: acl varchar: resource_group int4:
  barrier_interval_ms int8: checkpoint_frequency
rw_users 14010 r int4: id varchar: name bool: is_super create_db create_user can_login is_admin
rw_fragments 14011 r int4: fragment_id table_id varchar: distribution_type int4[]: state_table_ids
  upstream_fragment_ids varchar[]: flags int4: parallelism max_parallelism varchar: parallelism_policy
rw_fragment_infos 14038 r int4: fragment_id table_id varchar: distribution_type int4[]: state_table_ids
  upstream_fragment_ids varchar[]: flags int4: parallelism max_parallelism varchar: parallelism_policy
  jsonb: node
rw_fragment_parallelism 14039 v int4: id varchar: name relation_type int4: fragment_id varchar:
  distribution_type int4[]: state_table_ids upstream_fragment_ids varchar[]: flags int4: parallelism
  max_parallelism varchar: parallelism_policy
rw_fragment_id_to_ddl 14040 v int4: fragment_id job_id schema_id varchar: ddl_type name
rw_fragment_backfill_progress 14041 v int4: job_id fragment_id varchar: job_name upstream_table_name
  progress
rw_backfill_info 14042 r int4: job_id fragment_id backfill_state_table_id backfill_target_relation_id
  varchar: backfill_type int8: backfill_epoch
rw_actors 14043 r int4: actor_id fragment_id worker_id varchar: state
rw_actor_infos 14044 r int4: actor_id fragment_id jsonb: node dispatcher
rw_actor_id_to_ddl 14045 v int4: actor_id fragment_id job_id schema_id varchar: ddl_type name
rw_actor_splits 14046 r int4: actor_id varchar: split_id int4: source_id fragment_id varchar: fragment_type
rw_table_fragments 14047 r int4: table_id varchar: status parallelism int4: max_parallelism
rw_streaming_job_info 14048 v int4: id varchar: name database_name status parallelism int4: max_parallelism
  varchar: resource_group
rw_streaming_job_config 14049 r int4: id varchar: name int4: database_id varchar: key value
rw_resource_groups 14050 v varchar: name int8: streaming_workers parallelism databases streaming_jobs
rw_worker_actor_count 14051 v int4: worker_id parallelism int8: actor_count
rw_rate_limit 14052 r int4: fragment_id varchar[]: fragment_type varchar: node_name int4: table_id
  rate_limit
rw_relation_info 14053 r varchar: schemaname relationname int4: relationowner varchar: definition
  relationtype int4: relationid varchar: relationtimezone fragments timestamptz: initialized_at created_at
  varchar: initialized_at_cluster_version created_at_cluster_version
rw_hummock_snapshot 14055 r int4: table_id int8: committed_epoch
rw_kafka_source_metrics 14056 r int4: source_id varchar: partition_id int8: high_watermark latest_offset
rw_kafka_job_lag 14057 v int4: job_id source_id fragment_id varchar: partition_id lag_phase int8:
  high_watermark consumer_offset lag
rw_depend 14012 r int4: objid refobjid
rw_description 14013 r int4: objoid classoid objsubid varchar: description
rw_types 14014 r int4: id varchar: name input_oid int4: typelem typarray
rw_functions 14015 r int4: id varchar: name int4: schema_id owner varchar: type int4[]: arg_type_ids int4:
  return_type_id varchar: language link varchar[]: acl bool: always_retry_on_network_error timestamptz:
  created_at varchar: created_at_cluster_version
rw_ddl_progress 14016 r int8: ddl_id varchar: ddl_statement create_type progress timestamptz: initialized_at
  bool: is_serverless_backfill varchar: backfill_type
rw_epochs 14017 r int8: epoch timestamptz: committed_at float8: barrier_ms seal_ms upload_ms int8: rows
  bytes
rw_state_objects 14018 r varchar: key int8: bytes first_epoch last_epoch rows int4: tables
rw_source_offsets 14019 r int4: relation varchar: split offset
rw_sink_progress 14020 r int4: relation varchar: guarantee int8: delivered_epoch committed_epoch
  backlog_bytes varchar: error
rw_errors 14021 r int4: relation timestamptz: at varchar: origin error payload
rw_system_tables 14022 r int4: id varchar: name int4: schema_id owner varchar: definition varchar[]: acl
rw_subscriptions 14023 r int4: id varchar: name int4: schema_id varchar: schema_name int4: owner varchar:
  definition int8: retention_seconds varchar[]: acl timestamptz: initialized_at created_at varchar:
  initialized_at_cluster_version created_at_cluster_version
rw_connections 14024 r int4: id varchar: name int4: schema_id owner varchar: type connection_params
  varchar[]: acl
rw_secrets 14025 r int4: id varchar: name int4: schema_id owner varchar[]: acl
rw_internal_tables 14026 r int4: id varchar: name int4: schema_id varchar: schema_name int4: owner varchar:
  definition varchar[]: acl timestamptz: initialized_at created_at varchar: initialized_at_cluster_version
  created_at_cluster_version
rw_internal_table_info 14036 v int4: id varchar: name int4: job_id varchar: job_name job_type int4:
  schema_id varchar: schema_name owner
rw_streaming_jobs 14027 r int4: id varchar: name int4: database_id varchar: status parallelism int4:
  max_parallelism varchar: resource_group state reason
rw_worker_nodes 14028 r int4: id varchar: host port type state int4: parallelism bool: is_streaming
  is_serving varchar: internal_rpc_host_addr rw_version int8: system_total_memory_bytes
  system_total_cpu_cores timestamptz: started_at varchar: resource_group bool: is_iceberg_compactor
rw_table_stats 14029 r int4: id int8: total_key_count total_key_size total_value_size
rw_streaming_parallelism 14032 v int4: id varchar: name relation_type parallelism int4: max_parallelism
rw_system_parameters 14033 r varchar: name value description bool: mutable
rw_event_logs 14035 r varchar: unique_id timestamptz: timestamp varchar: event_type jsonb: info
`
