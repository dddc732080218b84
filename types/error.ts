/** The one table of error conditions: name -> SQLSTATE (PostgreSQL, appendix A). Add a line to add a condition. */
export const SQLSTATE = {
  successful_completion: '00000',
  warning: '01000',
  connection_exception: '08000',
  protocol_violation: '08P01',
  feature_not_supported: '0A000',
  cardinality_violation: '21000',
  data_exception: '22000',
  string_data_right_truncation: '22001',
  string_data_length_mismatch: '22026',
  numeric_value_out_of_range: '22003',
  invalid_datetime_format: '22007',
  datetime_field_overflow: '22008',
  division_by_zero: '22012',
  interval_field_overflow: '22015',
  invalid_time_zone_displacement_value: '22009',
  invalid_argument_for_logarithm: '2201E',
  invalid_argument_for_power_function: '2201F',
  invalid_argument_for_width_bucket_function: '2201G',
  invalid_row_count_in_limit_clause: '2201W',
  invalid_tablesample_argument: '2202H',
  invalid_tablesample_repeat: '2202G',
  invalid_row_count_in_offset_clause: '2201X',
  duplicate_json_object_key_value: '22030',
  invalid_regular_expression: '2201B',
  invalid_escape_sequence: '22025',
  invalid_use_of_escape_character: '2200C',
  invalid_preceding_or_following_size: '22013',
  invalid_argument_for_ntile_function: '22014',
  invalid_argument_for_nth_value_function: '22016',
  invalid_parameter_value: '22023',
  null_value_not_allowed: '22004',
  character_not_in_repertoire: '22021',
  invalid_text_representation: '22P02',
  invalid_binary_representation: '22P03',
  invalid_argument_for_sql_json_datetime_function: '22031',
  invalid_sql_json_subscript: '22033',
  non_numeric_sql_json_item: '22036',
  singleton_sql_json_item_required: '22038',
  sql_json_array_not_found: '22039',
  sql_json_member_not_found: '2203A',
  sql_json_number_not_found: '2203B',
  sql_json_object_not_found: '2203C',
  bad_copy_file_format: '22P04',
  untranslatable_character: '22P05',
  substring_error: '22011',
  array_subscript_error: '2202E',
  integrity_constraint_violation: '23000',
  not_null_violation: '23502',
  unique_violation: '23505',
  check_violation: '23514',
  with_check_option_violation: '44000',
  foreign_key_violation: '23503',
  invalid_foreign_key: '42830',
  invalid_cursor_state: '24000',
  active_sql_transaction: '25001',
  no_active_sql_transaction: '25P01',
  in_failed_sql_transaction: '25P02',
  idle_in_transaction_session_timeout: '25P03',
  read_only_sql_transaction: '25006',
  invalid_sql_statement_name: '26000',
  invalid_authorization_specification: '28000',
  invalid_password: '28P01',
  dependent_objects_still_exist: '2BP01',
  invalid_cursor_name: '34000',
  invalid_savepoint_specification: '3B001',
  invalid_catalog_name: '3D000',
  invalid_schema_name: '3F000',
  deadlock_detected: '40P01',
  insufficient_privilege: '42501',
  invalid_grant_operation: '0LP01',
  syntax_error: '42601',
  snapshot_too_old: '72000',
  generated_always: '428C9',
  invalid_name: '42602',
  undefined_column: '42703',
  undefined_parameter: '42P02',
  undefined_function: '42883',
  sequence_generator_limit_exceeded: '2200H',
  duplicate_function: '42723',
  invalid_function_definition: '42P13',
  external_routine_exception: '38000',
  undefined_table: '42P01',
  undefined_object: '42704',
  ambiguous_alias: '42P09',
  ambiguous_column: '42702',
  ambiguous_function: '42725',
  ambiguous_parameter: '42P08',
  duplicate_column: '42701',
  duplicate_object: '42710',
  duplicate_database: '42P04',
  duplicate_schema: '42P06',
  duplicate_table: '42P07',
  duplicate_alias: '42712',
  duplicate_prepared_statement: '42P05',
  duplicate_cursor: '42P03',
  grouping_error: '42803',
  windowing_error: '42P20',
  datatype_mismatch: '42804',
  indeterminate_datatype: '42P18',
  cannot_coerce: '42846',
  wrong_object_type: '42809',
  invalid_column_reference: '42P10',
  invalid_column_definition: '42611',
  invalid_table_definition: '42P16',
  invalid_recursion: '42P19',
  reserved_name: '42939',
  program_limit_exceeded: '54000',
  statement_too_complex: '54001',
  too_many_arguments: '54023',
  too_many_columns: '54011',
  object_not_in_prerequisite_state: '55000',
  object_in_use: '55006',
  lock_not_available: '55P03',
  out_of_memory: '53200',
  too_many_connections: '53300',
  configuration_limit_exceeded: '53400',
  query_canceled: '57014',
  admin_shutdown: '57P01',
  cannot_connect_now: '57P03',
  idle_session_timeout: '57P05',
  io_error: '58030',
  external_service: '58000',
  internal_error: 'XX000',
  data_corrupted: 'XX001',
} as const

export type Condition = keyof typeof SQLSTATE

export interface ErrorDetails {
  /** Offset into the statement's text in UTF-16 units, from 0; the protocol turns it into characters from 1. */
  readonly position?: number | undefined
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  /** Where in what was read it was found, as PostgreSQL's CONTEXT says it. */
  readonly context?: string | undefined
  readonly cause?: unknown
}

/** A failure that is the user's or the outside world's: told to the client, the session goes on. */
export class SqlError extends Error {
  readonly condition: Condition
  readonly sqlstate: string
  readonly position: number | undefined
  readonly detail: string | undefined
  readonly hint: string | undefined
  readonly context: string | undefined

  constructor(condition: Condition, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = 'SqlError'
    this.condition = condition
    this.sqlstate = SQLSTATE[condition]
    this.position = details.position
    this.detail = details.detail
    this.hint = details.hint
    this.context = details.context
  }
}

/** What the work gives; its error, where that says no place, is at this one. */
export function errorsAt<T>(position: () => number | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof SqlError) || error.position !== undefined) throw error
    const { condition, message, detail, hint, context } = error
    throw new SqlError(condition, message, { position: position(), detail, hint, context })
  }
}

/** `0A000` with the feature's name: refuse at plan time rather than answer wrongly. */
export function notSupported(feature: string, details: ErrorDetails = {}): SqlError {
  return new SqlError('feature_not_supported', `${feature} is not supported yet`, details)
}

/** A failure that is ours: the process dies and recovers from the last manifest. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

export function assert(condition: unknown, reason: string): asserts condition {
  if (!condition) throw new AssertionError(reason)
}

export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${typeof value === 'object' ? kindOf(value) : String(value)}`)
}

/** What tells a member of a union from the others. */
function kindOf(value: object): string {
  const { kind, op } = value as { readonly kind?: unknown; readonly op?: unknown }
  return String(kind ?? op ?? Object.keys(value)[0])
}
