/** PostgreSQL 15's information_schema: name, number and kind, then columns by type; `!` is NOT NULL. */
export const INFORMATION_SCHEMA = `
sql_features 13391 r varchar: feature_id feature_name sub_feature_id sub_feature_name is_supported
  is_verified_by comments
sql_implementation_info 13396 r varchar: implementation_info_id implementation_info_name int4:
  integer_value varchar: character_value comments
sql_parts 13401 r varchar: feature_id feature_name is_supported is_verified_by comments
sql_sizing 13406 r int4: sizing_id varchar: sizing_name int4: supported_value varchar: comments
_pg_foreign_data_wrappers 13507 v oid: oid fdwowner text[]: fdwoptions name:
  foreign_data_wrapper_catalog foreign_data_wrapper_name authorization_identifier varchar:
  foreign_data_wrapper_language
_pg_foreign_servers 13519 v oid: oid text[]: srvoptions name: foreign_server_catalog foreign_server_name
  foreign_data_wrapper_catalog foreign_data_wrapper_name varchar: foreign_server_type
  foreign_server_version name: authorization_identifier
_pg_foreign_table_columns 13498 v name: nspname relname attname text[]: attfdwoptions
_pg_foreign_tables 13532 v name: foreign_table_catalog foreign_table_schema foreign_table_name text[]:
  ftoptions name: foreign_server_catalog foreign_server_name authorization_identifier
_pg_user_mappings 13545 v oid: oid text[]: umoptions oid: umuser name: authorization_identifier
  foreign_server_catalog foreign_server_name srvowner
administrable_role_authorizations 13241 v name: grantee role_name varchar: is_grantable
applicable_roles 13236 v name: grantee role_name varchar: is_grantable
attributes 13245 v name: udt_catalog udt_schema udt_name attribute_name int4: ordinal_position varchar:
  attribute_default is_nullable data_type int4: character_maximum_length character_octet_length name:
  character_set_catalog character_set_schema character_set_name collation_catalog collation_schema
  collation_name int4: numeric_precision numeric_precision_radix numeric_scale datetime_precision
  varchar: interval_type int4: interval_precision name: attribute_udt_catalog attribute_udt_schema
  attribute_udt_name scope_catalog scope_schema scope_name int4: maximum_cardinality name:
  dtd_identifier varchar: is_derived_reference_attribute
character_sets 13250 v name: character_set_catalog character_set_schema character_set_name
  character_repertoire form_of_use default_collate_catalog default_collate_schema default_collate_name
check_constraint_routine_usage 13255 v name: constraint_catalog constraint_schema constraint_name
  specific_catalog specific_schema specific_name
check_constraints 13260 v name: constraint_catalog constraint_schema constraint_name varchar:
  check_clause
collation_character_set_applicability 13270 v name: collation_catalog collation_schema collation_name
  character_set_catalog character_set_schema character_set_name
collations 13265 v name: collation_catalog collation_schema collation_name varchar: pad_attribute
column_column_usage 13275 v name: table_catalog table_schema table_name column_name dependent_column
column_domain_usage 13280 v name: domain_catalog domain_schema domain_name table_catalog table_schema
  table_name column_name
column_options 13503 v name: table_catalog table_schema table_name column_name option_name varchar:
  option_value
column_privileges 13285 v name: grantor grantee table_catalog table_schema table_name column_name
  varchar: privilege_type is_grantable
column_udt_usage 13290 v name: udt_catalog udt_schema udt_name table_catalog table_schema table_name
  column_name
columns 13295 v name: table_catalog table_schema table_name column_name int4: ordinal_position varchar:
  column_default is_nullable data_type int4: character_maximum_length character_octet_length
  numeric_precision numeric_precision_radix numeric_scale datetime_precision varchar: interval_type
  int4: interval_precision name: character_set_catalog character_set_schema character_set_name
  collation_catalog collation_schema collation_name domain_catalog domain_schema domain_name udt_catalog
  udt_schema udt_name scope_catalog scope_schema scope_name int4: maximum_cardinality name:
  dtd_identifier varchar: is_self_referencing is_identity identity_generation identity_start
  identity_increment identity_maximum identity_minimum identity_cycle is_generated generation_expression
  is_updatable
constraint_column_usage 13300 v name: table_catalog table_schema table_name column_name
  constraint_catalog constraint_schema constraint_name
constraint_table_usage 13305 v name: table_catalog table_schema table_name constraint_catalog
  constraint_schema constraint_name
data_type_privileges 13488 v name: object_catalog object_schema object_name varchar: object_type name:
  dtd_identifier
domain_constraints 13310 v name: constraint_catalog constraint_schema constraint_name domain_catalog
  domain_schema domain_name varchar: is_deferrable initially_deferred
domain_udt_usage 13315 v name: udt_catalog udt_schema udt_name domain_catalog domain_schema domain_name
domains 13320 v name: domain_catalog domain_schema domain_name varchar: data_type int4:
  character_maximum_length character_octet_length name: character_set_catalog character_set_schema
  character_set_name collation_catalog collation_schema collation_name int4: numeric_precision
  numeric_precision_radix numeric_scale datetime_precision varchar: interval_type int4:
  interval_precision varchar: domain_default name: udt_catalog udt_schema udt_name scope_catalog
  scope_schema scope_name int4: maximum_cardinality name: dtd_identifier
element_types 13493 v name: object_catalog object_schema object_name varchar: object_type name:
  collection_type_identifier varchar: data_type int4: character_maximum_length character_octet_length
  name: character_set_catalog character_set_schema character_set_name collation_catalog collation_schema
  collation_name int4: numeric_precision numeric_precision_radix numeric_scale datetime_precision
  varchar: interval_type int4: interval_precision varchar: domain_default name: udt_catalog udt_schema
  udt_name scope_catalog scope_schema scope_name int4: maximum_cardinality name: dtd_identifier
enabled_roles 13325 v name: role_name
foreign_data_wrapper_options 13511 v name: foreign_data_wrapper_catalog foreign_data_wrapper_name
  option_name varchar: option_value
foreign_data_wrappers 13515 v name: foreign_data_wrapper_catalog foreign_data_wrapper_name
  authorization_identifier varchar: library_name foreign_data_wrapper_language
foreign_server_options 13524 v name: foreign_server_catalog foreign_server_name option_name varchar:
  option_value
foreign_servers 13528 v name: foreign_server_catalog foreign_server_name foreign_data_wrapper_catalog
  foreign_data_wrapper_name varchar: foreign_server_type foreign_server_version name:
  authorization_identifier
foreign_table_options 13537 v name: foreign_table_catalog foreign_table_schema foreign_table_name
  option_name varchar: option_value
foreign_tables 13541 v name: foreign_table_catalog foreign_table_schema foreign_table_name
  foreign_server_catalog foreign_server_name
information_schema_catalog_name 13227 v name: catalog_name
key_column_usage 13329 v name: constraint_catalog constraint_schema constraint_name table_catalog
  table_schema table_name column_name int4: ordinal_position position_in_unique_constraint
parameters 13334 v name: specific_catalog specific_schema specific_name int4: ordinal_position varchar:
  parameter_mode is_result as_locator name: parameter_name varchar: data_type int4:
  character_maximum_length character_octet_length name: character_set_catalog character_set_schema
  character_set_name collation_catalog collation_schema collation_name int4: numeric_precision
  numeric_precision_radix numeric_scale datetime_precision varchar: interval_type int4:
  interval_precision name: udt_catalog udt_schema udt_name scope_catalog scope_schema scope_name int4:
  maximum_cardinality name: dtd_identifier varchar: parameter_default
referential_constraints 13339 v name: constraint_catalog constraint_schema constraint_name
  unique_constraint_catalog unique_constraint_schema unique_constraint_name varchar: match_option
  update_rule delete_rule
role_column_grants 13344 v name: grantor grantee table_catalog table_schema table_name column_name
  varchar: privilege_type is_grantable
role_routine_grants 13358 v name: grantor grantee specific_catalog specific_schema specific_name
  routine_catalog routine_schema routine_name varchar: privilege_type is_grantable
role_table_grants 13421 v name: grantor grantee table_catalog table_schema table_name varchar:
  privilege_type is_grantable with_hierarchy
role_udt_grants 13450 v name: grantor grantee udt_catalog udt_schema udt_name varchar: privilege_type
  is_grantable
role_usage_grants 13459 v name: grantor grantee object_catalog object_schema object_name varchar:
  object_type privilege_type is_grantable
routine_column_usage 13348 v name: specific_catalog specific_schema specific_name routine_catalog
  routine_schema routine_name table_catalog table_schema table_name column_name
routine_privileges 13353 v name: grantor grantee specific_catalog specific_schema specific_name
  routine_catalog routine_schema routine_name varchar: privilege_type is_grantable
routine_routine_usage 13362 v name: specific_catalog specific_schema specific_name routine_catalog
  routine_schema routine_name
routine_sequence_usage 13367 v name: specific_catalog specific_schema specific_name routine_catalog
  routine_schema routine_name sequence_catalog sequence_schema sequence_name
routine_table_usage 13372 v name: specific_catalog specific_schema specific_name routine_catalog
  routine_schema routine_name table_catalog table_schema table_name
routines 13377 v name: specific_catalog specific_schema specific_name routine_catalog routine_schema
  routine_name varchar: routine_type name: module_catalog module_schema module_name udt_catalog
  udt_schema udt_name varchar: data_type int4: character_maximum_length character_octet_length name:
  character_set_catalog character_set_schema character_set_name collation_catalog collation_schema
  collation_name int4: numeric_precision numeric_precision_radix numeric_scale datetime_precision
  varchar: interval_type int4: interval_precision name: type_udt_catalog type_udt_schema type_udt_name
  scope_catalog scope_schema scope_name int4: maximum_cardinality name: dtd_identifier varchar:
  routine_body routine_definition external_name external_language parameter_style is_deterministic
  sql_data_access is_null_call sql_path schema_level_routine int4: max_dynamic_result_sets varchar:
  is_user_defined_cast is_implicitly_invocable security_type name: to_sql_specific_catalog
  to_sql_specific_schema to_sql_specific_name varchar: as_locator timestamptz: created last_altered
  varchar: new_savepoint_level is_udt_dependent result_cast_from_data_type result_cast_as_locator int4:
  result_cast_char_max_length result_cast_char_octet_length name: result_cast_char_set_catalog
  result_cast_char_set_schema result_cast_char_set_name result_cast_collation_catalog
  result_cast_collation_schema result_cast_collation_name int4: result_cast_numeric_precision
  result_cast_numeric_precision_radix result_cast_numeric_scale result_cast_datetime_precision varchar:
  result_cast_interval_type int4: result_cast_interval_precision name: result_cast_type_udt_catalog
  result_cast_type_udt_schema result_cast_type_udt_name result_cast_scope_catalog
  result_cast_scope_schema result_cast_scope_name int4: result_cast_maximum_cardinality name:
  result_cast_dtd_identifier
schemata 13382 v name: catalog_name schema_name schema_owner default_character_set_catalog
  default_character_set_schema default_character_set_name varchar: sql_path
sequences 13386 v name: sequence_catalog sequence_schema sequence_name varchar: data_type int4:
  numeric_precision numeric_precision_radix numeric_scale varchar: start_value minimum_value
  maximum_value increment cycle_option
table_constraints 13411 v name: constraint_catalog constraint_schema constraint_name table_catalog
  table_schema table_name varchar: constraint_type is_deferrable initially_deferred enforced
  nulls_distinct
table_privileges 13416 v name: grantor grantee table_catalog table_schema table_name varchar:
  privilege_type is_grantable with_hierarchy
tables 13425 v name: table_catalog table_schema table_name varchar: table_type name:
  self_referencing_column_name varchar: reference_generation name: user_defined_type_catalog
  user_defined_type_schema user_defined_type_name varchar: is_insertable_into is_typed commit_action
transforms 13430 v name: udt_catalog udt_schema udt_name specific_catalog specific_schema specific_name
  group_name varchar: transform_type
triggered_update_columns 13435 v name: trigger_catalog trigger_schema trigger_name event_object_catalog
  event_object_schema event_object_table event_object_column
triggers 13440 v name: trigger_catalog trigger_schema trigger_name varchar: event_manipulation name:
  event_object_catalog event_object_schema event_object_table int4: action_order varchar:
  action_condition action_statement action_orientation action_timing name: action_reference_old_table
  action_reference_new_table action_reference_old_row action_reference_new_row timestamptz: created
udt_privileges 13445 v name: grantor grantee udt_catalog udt_schema udt_name varchar: privilege_type
  is_grantable
usage_privileges 13454 v name: grantor grantee object_catalog object_schema object_name varchar:
  object_type privilege_type is_grantable
user_defined_types 13463 v name: user_defined_type_catalog user_defined_type_schema
  user_defined_type_name varchar: user_defined_type_category is_instantiable is_final ordering_form
  ordering_category name: ordering_routine_catalog ordering_routine_schema ordering_routine_name
  varchar: reference_type data_type int4: character_maximum_length character_octet_length name:
  character_set_catalog character_set_schema character_set_name collation_catalog collation_schema
  collation_name int4: numeric_precision numeric_precision_radix numeric_scale datetime_precision
  varchar: interval_type int4: interval_precision name: source_dtd_identifier ref_dtd_identifier
user_mapping_options 13550 v name: authorization_identifier foreign_server_catalog foreign_server_name
  option_name varchar: option_value
user_mappings 13555 v name: authorization_identifier foreign_server_catalog foreign_server_name
view_column_usage 13468 v name: view_catalog view_schema view_name table_catalog table_schema table_name
  column_name
view_routine_usage 13473 v name: table_catalog table_schema table_name specific_catalog specific_schema
  specific_name
view_table_usage 13478 v name: view_catalog view_schema view_name table_catalog table_schema table_name
views 13483 v name: table_catalog table_schema table_name varchar: view_definition check_option
  is_updatable is_insertable_into is_trigger_updatable is_trigger_deletable is_trigger_insertable_into
`
