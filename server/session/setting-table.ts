import { DIALECT_NAMES, sqlDialect } from '../../types/sql-dialect.ts'
import { dateStyleAfter } from '../../types/time/time-style.ts'
import { isZone } from '../../types/time/time-zone.ts'
import { isOffset, zoneOfSetting } from '../../types/time/zone-offset.ts'
import { POSTGRES_SETTINGS } from './postgres-settings.ts'
import { RISINGWAVE_SETTINGS } from './risingwave-settings.ts'
import type { Setting } from './setting.ts'
import { bool, duration, oneOf, onOrOff, shownDuration, whole } from './setting-checks.ts'

/** Every session setting. Add a line to add one. */
export const SETTINGS: Readonly<Record<string, Setting>> = {
  ...POSTGRES_SETTINGS,
  ...RISINGWAVE_SETTINGS,
  application_name: { default: '', help: 'name of the client', reported: 'application_name' },
  bytea_output: {
    default: 'hex',
    help: 'output format of bytea',
    check: oneOf('escape', 'hex'),
    normal: v => v.toLowerCase(),
  },
  client_encoding: {
    default: 'UTF8',
    help: 'encoding of the client',
    reported: 'client_encoding',
    check: v => /^(utf-?8|unicode)$/i.test(v),
    normal: () => 'UTF8',
  },
  client_min_messages: {
    default: 'notice',
    help: 'least level of messages sent',
    check: oneOf(
      'debug5',
      'debug4',
      'debug3',
      'debug2',
      'debug1',
      'debug',
      'log',
      'info',
      'notice',
      'warning',
      'error',
    ),
  },
  database: { default: '', help: 'database that names are looked up in' },
  datestyle: {
    default: 'ISO, MDY',
    help: 'output format of dates, and the order of day and month in what is read',
    reported: 'DateStyle',
    check: v => dateStyleAfter(v, 'ISO, MDY') !== undefined,
    normal: (v, before) => dateStyleAfter(v, before)!,
  },
  default_transaction_isolation: { default: 'serializable', help: 'not used' },
  default_transaction_read_only: {
    default: 'off',
    help: 'statements that change something are refused',
    reported: 'default_transaction_read_only',
    check: bool,
    normal: onOrOff,
  },
  extra_float_digits: {
    default: '1',
    help: 'above 0 floats are printed exactly, else with so many digits fewer',
    check: v => whole(v) && Number(v) >= -15 && Number(v) <= 3,
  },
  implicit_flush: { default: 'on', help: 'statements wait until their rows are visible', check: bool },
  intervalstyle: {
    default: 'postgres',
    help: 'output format of intervals',
    reported: 'IntervalStyle',
    check: oneOf('postgres', 'postgres_verbose', 'sql_standard', 'iso_8601'),
    normal: v => v.toLowerCase(),
  },
  idle_in_transaction_session_timeout: {
    default: '0',
    help: 'longest time a session may be idle in a transaction block; 0: no limit',
    check: duration,
    normal: shownDuration,
  },
  idle_session_timeout: {
    default: '0',
    help: 'longest time a session may be idle outside of one; 0: no limit',
    check: duration,
    normal: shownDuration,
  },
  in_hot_standby: { default: 'off', help: 'always off', reported: 'in_hot_standby', readonly: true },
  is_superuser: {
    default: 'on',
    help: 'whether the user may do everything',
    reported: 'is_superuser',
    readonly: true,
  },
  jit: { default: 'off', help: 'not used', check: bool, normal: onOrOff },
  lock_timeout: {
    default: '0',
    help: 'milliseconds that a statement waits for a table',
    check: duration,
    normal: shownDuration,
  },
  role: { default: 'none', help: 'the role whose rights count, as SET ROLE named it' },
  password_encryption: {
    default: 'scram-sha-256',
    help: 'how passwords are kept',
    check: v => /^scram-sha-256$/i.test(v),
    normal: v => v.toLowerCase(),
  },
  row_security: { default: 'on', help: 'not used', check: bool, normal: onOrOff },
  search_path: { default: '"$user", public', help: 'schemas of unqualified names' },
  server_encoding: {
    default: 'UTF8',
    help: 'encoding of the server',
    reported: 'server_encoding',
    readonly: true,
  },
  server_version: {
    default: '15.0',
    help: 'version of PostgreSQL spoken',
    reported: 'server_version',
    readonly: true,
    derived: get => (sqlDialect(get('sql_dialect')).olderVersion ? '13.14.0' : '15.0'),
  },
  session_authorization: {
    default: '',
    help: 'the user who logged in, or whom SET SESSION AUTHORIZATION named',
    reported: 'session_authorization',
  },
  server_version_num: {
    default: '150000',
    help: 'the same as a number',
    readonly: true,
    derived: get => (sqlDialect(get('sql_dialect')).olderVersion ? '130014' : '150000'),
  },
  sql_dialect: {
    default: 'postgresql',
    help: 'whose answer is given where PostgreSQL and RisingWave differ',
    check: oneOf(...DIALECT_NAMES),
    normal: v => v.toLowerCase(),
  },
  standard_conforming_strings: {
    default: 'on',
    help: 'always on',
    reported: 'standard_conforming_strings',
    check: v => /^(on|true)$/i.test(v),
  },
  statement_timeout: {
    default: '0',
    help: 'longest time a statement may take; 0: no limit',
    check: duration,
    normal: shownDuration,
  },
  synchronize_seqscans: { default: 'off', help: 'not used' },
  timezone: {
    default: 'UTC',
    help: 'zone of timestamps with time zone',
    reported: 'TimeZone',
    check: (v, get) =>
      isZone(zoneOfSetting(v)) && !(isOffset(v) && sqlDialect(get('sql_dialect')).namedZones),
    normal: zoneOfSetting,
  },
  transaction_read_only: {
    default: 'off',
    help: 'whether statements that change something are refused now',
    check: bool,
    normal: onOrOff,
  },
  transaction_isolation: { default: 'serializable', help: 'a query reads one epoch' },
  integer_datetimes: { default: 'on', help: 'always on', reported: 'integer_datetimes', readonly: true },
  max_connections: { default: '1000', help: 'sessions at a time', readonly: true },
  max_index_keys: { default: '32', help: 'keys of an index at most', readonly: true },
  max_identifier_length: {
    default: '63',
    help: 'as PostgreSQL; longer names are taken as well',
    readonly: true,
  },
}
