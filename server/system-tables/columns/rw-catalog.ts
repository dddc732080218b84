/** The tables of rw_catalog, as RisingWave has them and some of our own: name, number, kind, then columns by type. */
export const RW_CATALOG = `
rw_relations 14000 r int4: id schema_id varchar: name owner definition
  relation_type database schema
rw_tables 14001 r int4: id varchar: name int4: schema_id varchar: schema_name owner definition append_only
  acl timestamptz: initialized_at created_at varchar: initialized_at_cluster_version
  created_at_cluster_version
rw_materialized_views 14002 r int4: id varchar: name int4: schema_id varchar: schema_name owner definition
  append_only acl timestamptz: initialized_at created_at varchar: initialized_at_cluster_version
  created_at_cluster_version bool: background_ddl
rw_views 14003 r int4: id varchar: name int4: schema_id varchar: schema_name owner definition acl timestamptz:
  created_at varchar: created_at_cluster_version
rw_sources 14004 r int4: id varchar: name int4: schema_id varchar: schema_name owner connector varchar[]: columns
  varchar: format row_encode bool: append_only int4: associated_table_id bool: is_shared varchar:
  definition acl timestamptz: initialized_at created_at varchar: initialized_at_cluster_version
  created_at_cluster_version
rw_sinks 14005 r int4: id varchar: name int4: schema_id varchar: schema_name owner connector sink_type int4:
  connection_id varchar: definition acl timestamptz: initialized_at created_at varchar:
  initialized_at_cluster_version created_at_cluster_version bool: background_ddl
rw_indexes 14006 r int4: id varchar: name int4: primary_table_id int2[]: key_columns include_columns
  int4: schema_id varchar: schema_name owner definition acl timestamptz: initialized_at created_at varchar:
  initialized_at_cluster_version created_at_cluster_version bool: background_ddl
rw_columns 14007 r int4: relation_id varchar: name int4: position bool: is_hidden is_primary_key
  is_distribution_key is_generated is_nullable varchar: generation_expression data_type int4: type_oid
  type_len varchar: udt_type column_default
rw_schemas 14008 r int4: id varchar: name owner acl
rw_databases 14009 r int4: id varchar: name owner acl
rw_users 14010 r int4: id varchar: name bool: is_super create_db create_user can_login is_admin
rw_fragments 14011 r int4: fragment_id table_id varchar: distribution_type int4[]: state_table_ids
  upstream_fragment_ids varchar[]: flags int4: parallelism max_parallelism
rw_depend 14012 r int4: objid refobjid
rw_description 14013 r int4: objoid classoid objsubid varchar: description
rw_types 14014 r int4: id varchar: name
rw_functions 14015 r int4: id varchar: name int4: schema_id varchar: owner type int4[]: arg_type_ids
  int4: return_type_id varchar: language link acl
rw_ddl_progress 14016 r int8: ddl_id varchar: ddl_statement create_type progress timestamptz:
  initialized_at bool: is_serverless varchar: backfill_type
rw_epochs 14017 r int8: epoch timestamptz: committed_at float8: barrier_ms seal_ms upload_ms int8: rows
  bytes
rw_state_objects 14018 r varchar: key int8: bytes first_epoch last_epoch rows int4: tables
rw_source_offsets 14019 r int4: relation varchar: split offset
rw_sink_progress 14020 r int4: relation varchar: guarantee int8: delivered_epoch committed_epoch
  backlog_bytes varchar: error
rw_errors 14021 r int4: relation timestamptz: at varchar: origin error payload
rw_system_tables 14022 r int4: id varchar: name int4: schema_id varchar: owner definition acl
rw_subscriptions 14023 r int4: id varchar: name int4: schema_id varchar: schema_name owner definition int8:
  retention_seconds varchar: acl timestamptz: initialized_at created_at varchar:
  initialized_at_cluster_version created_at_cluster_version
rw_connections 14024 r int4: id varchar: name int4: schema_id varchar: owner type connection_params acl
rw_secrets 14025 r int4: id varchar: name int4: schema_id varchar: owner acl
rw_internal_tables 14026 r int4: id varchar: name int4: schema_id varchar: schema_name owner definition acl
  timestamptz: initialized_at created_at varchar: initialized_at_cluster_version
  created_at_cluster_version
rw_internal_table_info 14036 v int4: id varchar: name int4: job_id varchar: job_name job_type int4:
  schema_id varchar: schema_name owner
rw_streaming_jobs 14027 r int4: job_id varchar: status parallelism
rw_worker_nodes 14028 r int4: id varchar: host port type state int4: parallelism bool: is_streaming
  is_serving is_unschedulable
rw_table_stats 14029 r int4: id int8: total_key_count total_key_size total_value_size
rw_streaming_parallelism 14032 r int4: id varchar: name relation_type int4: fragment_id varchar:
  parallelism_policy int4: parallelism max_parallelism
rw_system_parameters 14033 r varchar: name value description bool: mutable
rw_event_logs 14035 r varchar: unique_id timestamptz: timestamp varchar: event_type jsonb: info
`
