/** PostgreSQL 15's views of pg_catalog: name, number and kind, then columns by type; `!` is NOT NULL. */
export const CATALOG_VIEWS = `
pg_available_extension_versions 12085 v name: name text: version bool: installed superuser trusted
  relocatable name: schema name[]: requires text: comment
pg_available_extensions 12081 v name: name text: default_version installed_version comment
pg_cursors 12077 v text: name statement bool: is_holdable is_binary is_scrollable timestamptz:
  creation_time
pg_file_settings 12110 v text: sourcefile int4: sourceline seqno text: name setting bool: applied text:
  error
pg_group 12010 v name: groname oid: grosysid oid[]: grolist
pg_indexes 12043 v name: schemaname tablename indexname tablespace text: indexdef
pg_locks 12073 v text: locktype oid: database relation int4: page int2: tuple text: virtualxid xid:
  transactionid oid: classid objid int2: objsubid text: virtualtransaction int4: pid text: mode bool:
  granted fastpath timestamptz: waitstart
pg_matviews 12038 v name: schemaname matviewname matviewowner tablespace bool: hasindexes ispopulated
  text: definition
pg_policies 12018 v name: schemaname tablename policyname text: permissive name[]: roles text: cmd qual
  with_check
pg_prepared_statements 12095 v text: name statement timestamptz: prepare_time regtype[]: parameter_types
  bool: from_sql int8: generic_plans custom_plans
pg_prepared_xacts 12090 v xid: transaction text: gid timestamptz: prepared name: owner database
pg_publication_tables 12068 v name: pubname schemaname tablename name[]: attnames text: rowfilter
pg_replication_origin_status 12332 v oid: local_id text: external_id pg_lsn: remote_lsn local_lsn
pg_replication_slots 12257 v name: slot_name plugin text: slot_type oid: datoid name: database bool:
  temporary active int4: active_pid xid: xmin catalog_xmin pg_lsn: restart_lsn confirmed_flush_lsn text:
  wal_status int8: safe_wal_size bool: two_phase
pg_roles 12000 v name: rolname bool: rolsuper rolinherit rolcreaterole rolcreatedb rolcanlogin
  rolreplication int4: rolconnlimit text: rolpassword timestamptz: rolvaliduntil bool: rolbypassrls
  text[]: rolconfig oid: oid
pg_rules 12023 v name: schemaname tablename rulename text: definition
pg_seclabels 12099 v oid: objoid classoid int4: objsubid text: objtype oid: objnamespace text: objname
  provider label
pg_sequences 12048 v name: schemaname sequencename sequenceowner regtype: data_type int8: start_value
  min_value max_value increment_by bool: cycle int8: cache_size last_value
pg_settings 12104 v text: name setting unit category short_desc extra_desc context vartype source
  min_val max_val text[]: enumvals text: boot_val reset_val sourcefile int4: sourceline bool:
  pending_restart
pg_shadow 12005 v name: usename oid: usesysid bool: usecreatedb usesuper userepl usebypassrls text:
  passwd timestamptz: valuntil text[]: useconfig
pg_shmem_allocations 12134 v text: name int8: off size allocated_size
pg_stat_activity 12222 v oid: datid name: datname int4: pid leader_pid oid: usesysid name: usename text:
  application_name inet: client_addr text: client_hostname int4: client_port timestamptz: backend_start
  xact_start query_start state_change text: wait_event_type wait_event state xid: backend_xid
  backend_xmin int8: query_id text: query backend_type
pg_stat_all_indexes 12183 v oid: relid indexrelid name: schemaname relname indexrelname int8: idx_scan
  idx_tup_read idx_tup_fetch
pg_stat_all_tables 12142 v oid: relid name: schemaname relname int8: seq_scan seq_tup_read idx_scan
  idx_tup_fetch n_tup_ins n_tup_upd n_tup_del n_tup_hot_upd n_live_tup n_dead_tup n_mod_since_analyze
  n_ins_since_vacuum timestamptz: last_vacuum last_autovacuum last_analyze last_autoanalyze int8:
  vacuum_count autovacuum_count analyze_count autoanalyze_count
pg_stat_archiver 12285 v int8: archived_count text: last_archived_wal timestamptz: last_archived_time
  int8: failed_count text: last_failed_wal timestamptz: last_failed_time stats_reset
pg_stat_bgwriter 12289 v int8: checkpoints_timed checkpoints_req float8: checkpoint_write_time
  checkpoint_sync_time int8: buffers_checkpoint buffers_clean maxwritten_clean buffers_backend
  buffers_backend_fsync buffers_alloc timestamptz: stats_reset
pg_stat_database 12266 v oid: datid name: datname int4: numbackends int8: xact_commit xact_rollback
  blks_read blks_hit tup_returned tup_fetched tup_inserted tup_updated tup_deleted conflicts temp_files
  temp_bytes deadlocks checksum_failures timestamptz: checksum_last_failure float8: blk_read_time
  blk_write_time session_time active_time idle_in_transaction_time int8: sessions sessions_abandoned
  sessions_fatal sessions_killed timestamptz: stats_reset
pg_stat_database_conflicts 12271 v oid: datid name: datname int8: confl_tablespace confl_lock
  confl_snapshot confl_bufferpin confl_deadlock
pg_stat_gssapi 12253 v int4: pid bool: gss_authenticated text: principal bool: encrypted
pg_stat_progress_analyze 12297 v int4: pid oid: datid name: datname oid: relid text: phase int8:
  sample_blks_total sample_blks_scanned ext_stats_total ext_stats_computed child_tables_total
  child_tables_done oid: current_child_table_relid
pg_stat_progress_basebackup 12317 v int4: pid text: phase int8: backup_total backup_streamed
  tablespaces_total tablespaces_streamed
pg_stat_progress_cluster 12307 v int4: pid oid: datid name: datname oid: relid text: command phase oid:
  cluster_index_relid int8: heap_tuples_scanned heap_tuples_written heap_blks_total heap_blks_scanned
  index_rebuild_count
pg_stat_progress_copy 12322 v int4: pid oid: datid name: datname oid: relid text: command type int8:
  bytes_processed bytes_total tuples_processed tuples_excluded
pg_stat_progress_create_index 12312 v int4: pid oid: datid name: datname oid: relid index_relid text:
  command phase int8: lockers_total lockers_done current_locker_pid blocks_total blocks_done
  tuples_total tuples_done partitions_total partitions_done
pg_stat_progress_vacuum 12302 v int4: pid oid: datid name: datname oid: relid text: phase int8:
  heap_blks_total heap_blks_scanned heap_blks_vacuumed index_vacuum_count max_dead_tuples
  num_dead_tuples
pg_stat_recovery_prefetch 12240 v timestamptz: stats_reset int8: prefetch hit skip_init skip_new
  skip_fpw skip_rep int4: wal_distance block_distance io_depth
pg_stat_replication 12227 v int4: pid oid: usesysid name: usename text: application_name inet:
  client_addr text: client_hostname int4: client_port timestamptz: backend_start xid: backend_xmin text:
  state pg_lsn: sent_lsn write_lsn flush_lsn replay_lsn interval: write_lag flush_lag replay_lag int4:
  sync_priority text: sync_state timestamptz: reply_time
pg_stat_replication_slots 12262 v text: slot_name int8: spill_txns spill_count spill_bytes stream_txns
  stream_count stream_bytes total_txns total_bytes timestamptz: stats_reset
pg_stat_slru 12232 v text: name int8: blks_zeroed blks_hit blks_read blks_written blks_exists flushes
  truncates timestamptz: stats_reset
pg_stat_ssl 12249 v int4: pid bool: ssl text: version cipher int4: bits text: client_dn numeric:
  client_serial text: issuer_dn
pg_stat_subscription 12244 v oid: subid name: subname int4: pid oid: relid pg_lsn: received_lsn
  timestamptz: last_msg_send_time last_msg_receipt_time pg_lsn: latest_end_lsn timestamptz:
  latest_end_time
pg_stat_subscription_stats 12336 v oid: subid name: subname int8: apply_error_count sync_error_count
  timestamptz: stats_reset
pg_stat_sys_indexes 12188 v oid: relid indexrelid name: schemaname relname indexrelname int8: idx_scan
  idx_tup_read idx_tup_fetch
pg_stat_sys_tables 12152 v oid: relid name: schemaname relname int8: seq_scan seq_tup_read idx_scan
  idx_tup_fetch n_tup_ins n_tup_upd n_tup_del n_tup_hot_upd n_live_tup n_dead_tup n_mod_since_analyze
  n_ins_since_vacuum timestamptz: last_vacuum last_autovacuum last_analyze last_autoanalyze int8:
  vacuum_count autovacuum_count analyze_count autoanalyze_count
pg_stat_user_functions 12275 v oid: funcid name: schemaname funcname int8: calls float8: total_time
  self_time
pg_stat_user_indexes 12192 v oid: relid indexrelid name: schemaname relname indexrelname int8: idx_scan
  idx_tup_read idx_tup_fetch
pg_stat_user_tables 12161 v oid: relid name: schemaname relname int8: seq_scan seq_tup_read idx_scan
  idx_tup_fetch n_tup_ins n_tup_upd n_tup_del n_tup_hot_upd n_live_tup n_dead_tup n_mod_since_analyze
  n_ins_since_vacuum timestamptz: last_vacuum last_autovacuum last_analyze last_autoanalyze int8:
  vacuum_count autovacuum_count analyze_count autoanalyze_count
pg_stat_wal 12293 v int8: wal_records wal_fpi numeric: wal_bytes int8: wal_buffers_full wal_write
  wal_sync float8: wal_write_time wal_sync_time timestamptz: stats_reset
pg_stat_wal_receiver 12236 v int4: pid text: status pg_lsn: receive_start_lsn int4: receive_start_tli
  pg_lsn: written_lsn flushed_lsn int4: received_tli timestamptz: last_msg_send_time
  last_msg_receipt_time pg_lsn: latest_end_lsn timestamptz: latest_end_time text: slot_name sender_host
  int4: sender_port text: conninfo
pg_stat_xact_all_tables 12147 v oid: relid name: schemaname relname int8: seq_scan seq_tup_read idx_scan
  idx_tup_fetch n_tup_ins n_tup_upd n_tup_del n_tup_hot_upd
pg_stat_xact_sys_tables 12157 v oid: relid name: schemaname relname int8: seq_scan seq_tup_read idx_scan
  idx_tup_fetch n_tup_ins n_tup_upd n_tup_del n_tup_hot_upd
pg_stat_xact_user_functions 12280 v oid: funcid name: schemaname funcname int8: calls float8: total_time
  self_time
pg_stat_xact_user_tables 12166 v oid: relid name: schemaname relname int8: seq_scan seq_tup_read
  idx_scan idx_tup_fetch n_tup_ins n_tup_upd n_tup_del n_tup_hot_upd
pg_statio_all_indexes 12196 v oid: relid indexrelid name: schemaname relname indexrelname int8:
  idx_blks_read idx_blks_hit
pg_statio_all_sequences 12209 v oid: relid name: schemaname relname int8: blks_read blks_hit
pg_statio_all_tables 12170 v oid: relid name: schemaname relname int8: heap_blks_read heap_blks_hit
  idx_blks_read idx_blks_hit toast_blks_read toast_blks_hit tidx_blks_read tidx_blks_hit
pg_statio_sys_indexes 12201 v oid: relid indexrelid name: schemaname relname indexrelname int8:
  idx_blks_read idx_blks_hit
pg_statio_sys_sequences 12214 v oid: relid name: schemaname relname int8: blks_read blks_hit
pg_statio_sys_tables 12175 v oid: relid name: schemaname relname int8: heap_blks_read heap_blks_hit
  idx_blks_read idx_blks_hit toast_blks_read toast_blks_hit tidx_blks_read tidx_blks_hit
pg_statio_user_indexes 12205 v oid: relid indexrelid name: schemaname relname indexrelname int8:
  idx_blks_read idx_blks_hit
pg_statio_user_sequences 12218 v oid: relid name: schemaname relname int8: blks_read blks_hit
pg_statio_user_tables 12179 v oid: relid name: schemaname relname int8: heap_blks_read heap_blks_hit
  idx_blks_read idx_blks_hit toast_blks_read toast_blks_hit tidx_blks_read tidx_blks_hit
pg_tables 12033 v name: schemaname tablename tableowner tablespace bool: hasindexes hasrules hastriggers
  rowsecurity
pg_timezone_abbrevs 12122 v text: abbrev interval: utc_offset bool: is_dst
pg_timezone_names 12126 v text: name abbrev interval: utc_offset bool: is_dst
pg_user 12014 v name: usename oid: usesysid bool: usecreatedb usesuper userepl usebypassrls text: passwd
  timestamptz: valuntil text[]: useconfig
pg_user_mappings 12327 v oid: umid srvid name: srvname oid: umuser name: usename text[]: umoptions
pg_views 12028 v name: schemaname viewname viewowner text: definition
`
