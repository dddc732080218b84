import { zoneOffsetSeconds } from '../types/datetime.ts'
import { SqlError } from '../types/error.ts'
import type { Settings } from './statements/contract.ts'

interface Setting {
  readonly default: string
  readonly help: string
  /** Told to the client when it changes (ParameterStatus), under this name. */
  readonly reported?: string
  readonly readonly?: boolean
  check?(value: string): boolean
}

const bool = (value: string) => /^(on|off|true|false|yes|no|0|1)$/i.test(value)
const whole = (value: string) => /^-?\d+(ms|s|min|h)?$/.test(value)

/** Every session setting. Add a line to add one. */
const TABLE: Readonly<Record<string, Setting>> = {
  application_name: { default: '', help: 'name of the client', reported: 'application_name' },
  bytea_output: { default: 'hex', help: 'output format of bytea' },
  client_encoding: {
    default: 'UTF8',
    help: 'encoding of the client',
    reported: 'client_encoding',
    check: v => /^utf-?8$/i.test(v),
  },
  client_min_messages: { default: 'notice', help: 'least level of messages sent' },
  datestyle: {
    default: 'ISO, MDY',
    help: 'output format of dates',
    reported: 'DateStyle',
    check: v => /^iso/i.test(v),
  },
  default_transaction_read_only: { default: 'off', help: 'always off', check: bool },
  extra_float_digits: { default: '1', help: 'floats are always printed exactly', check: whole },
  implicit_flush: { default: 'on', help: 'statements wait until their rows are visible', check: bool },
  intervalstyle: {
    default: 'postgres',
    help: 'output format of intervals',
    reported: 'IntervalStyle',
    check: v => v === 'postgres',
  },
  lock_timeout: { default: '0', help: 'not used', check: whole },
  rw_implicit_flush: {
    default: 'on',
    help: 'statements wait until their rows are visible (always on)',
    check: bool,
  },
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
  },
  server_version_num: { default: '150000', help: 'the same as a number', readonly: true },
  standard_conforming_strings: {
    default: 'on',
    help: 'always on',
    reported: 'standard_conforming_strings',
    check: v => /^(on|true)$/i.test(v),
  },
  statement_timeout: { default: '0', help: 'longest time a statement may take; 0: no limit', check: whole },
  synchronize_seqscans: { default: 'off', help: 'not used' },
  timezone: {
    default: 'UTC',
    help: 'zone of timestamps with time zone',
    reported: 'TimeZone',
    check: knownZone,
  },
  transaction_isolation: { default: 'serializable', help: 'a query reads one epoch' },
  integer_datetimes: { default: 'on', help: 'always on', reported: 'integer_datetimes', readonly: true },
}

/** Settings of one session. Names are case-insensitive. */
export class SessionSettings implements Settings {
  readonly #values = new Map<string, string>()
  readonly #reported: (name: string, value: string) => void

  constructor(reported: (name: string, value: string) => void) {
    this.#reported = reported
  }

  get(name: string): string {
    const setting = find(name)
    return this.#values.get(name.toLowerCase()) ?? setting.default
  }

  set(name: string, value: string): void {
    const setting = find(name)
    if (setting.readonly)
      throw new SqlError('object_not_in_prerequisite_state', `parameter "${name}" cannot be changed`)
    if (setting.check !== undefined && !setting.check(value))
      throw new SqlError('invalid_parameter_value', `invalid value for parameter "${name}": "${value}"`)
    this.#values.set(name.toLowerCase(), value)
    if (setting.reported !== undefined) this.#reported(setting.reported, value)
  }

  reset(name: string): void {
    const setting = find(name)
    this.#values.delete(name.toLowerCase())
    if (setting.reported !== undefined) this.#reported(setting.reported, setting.default)
  }

  list(): { name: string; value: string; help: string }[] {
    return Object.entries(TABLE).map(([name, { help }]) => ({ name, value: this.get(name), help }))
  }

  /** What a client is told when the session starts. */
  reports(): [string, string][] {
    return Object.entries(TABLE).flatMap(([name, { reported }]) =>
      reported ? [[reported, this.get(name)]] : [],
    )
  }
}

function find(name: string): Setting {
  const setting = Object.hasOwn(TABLE, name.toLowerCase()) ? TABLE[name.toLowerCase()] : undefined
  if (setting === undefined)
    throw new SqlError('undefined_object', `unrecognized configuration parameter "${name}"`)
  return setting
}

function knownZone(zone: string): boolean {
  try {
    zoneOffsetSeconds(zone, 0n)
    return true
  } catch {
    return false
  }
}
