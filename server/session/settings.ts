import { SqlError } from '../../types/error.ts'
import { type TimeStyleText, timeStyleText } from '../../types/time/time-style.ts'
import type { Settings } from '../statements/contract.ts'
import type { Setting } from './setting.ts'
import { durationMs, isOn } from './setting-checks.ts'
import { SETTINGS } from './setting-table.ts'

/** What a session's settings begin with. */
export interface Beginning {
  /** Values that follow from who and where the session is. */
  fixed(key: string): string | undefined
  /** Throws for a value that the session may not have. */
  allow(key: string, value: string): void
  reported(name: string, value: string): void
  /** Of the role and the database. */
  readonly stored: ReadonlyMap<string, string>
  /** Of the client; unknown names and bad values are errors. */
  readonly initial: ReadonlyMap<string, string>
  refused(message: string): void
}

/** Settings of one session. Names are case-insensitive; names with a dot are anyone's. */
export class SessionSettings implements Settings {
  #values = new Map<string, string>()
  readonly #fixed: (key: string) => string | undefined
  readonly #allow: (key: string, value: string) => void
  /** What RESET goes back to: what the session began with. */
  #initial: ReadonlyMap<string, string> = new Map()
  readonly #reported: (name: string, value: string) => void
  /** In a transaction block: what holds when it is rolled back, and what holds when it is committed. */
  #block: { readonly before: Values; readonly kept: Values } | undefined
  #revision = 0
  /** Names with a dot that were given a value. */
  readonly #own = new Set<string>()

  constructor({ fixed, allow, reported, stored, initial, refused }: Beginning) {
    this.#fixed = fixed
    this.#allow = allow
    this.#reported = () => {}
    for (const [name, value] of stored) this.#start(name, value, refused)
    for (const [name, value] of initial) this.set(name, value)
    this.#initial = this.#values
    this.#values = new Map()
    this.#reported = reported
  }

  /** One that the catalog keeps: it must not keep anyone from logging in. */
  #start(name: string, value: string, refused: (message: string) => void): void {
    try {
      this.set(name, value)
    } catch (error) {
      if (!(error instanceof SqlError)) throw error
      refused(error.message)
    }
  }

  get(name: string): string {
    const key = settingKey(name)
    const value = this.#values.get(key) ?? this.#initial.get(key)
    if (value === undefined && isOwn(key) && !this.#own.has(key)) throw unknown(key)
    return value ?? this.initial(key)
  }

  get revision(): number {
    return this.#revision
  }

  /** How times are read and written, and bytes and floats written. */
  timeStyle(): TimeStyleText {
    return timeStyleText({
      zone: this.get('timezone'),
      dates: this.get('datestyle'),
      intervals: this.get('intervalstyle'),
      bytes: this.get('bytea_output'),
      floatDigits: this.get('extra_float_digits'),
      dialect: this.get('sql_dialect'),
    })
  }

  /** What RESET goes back to. */
  initial(key: string): string {
    const { default: otherwise, derived } = find(key)
    return this.#initial.get(key) ?? this.#fixed(key) ?? derived?.(name => this.get(name)) ?? otherwise
  }

  /** `local`: until the end of the transaction block. */
  set(name: string, value: string, local = false): void {
    this.check(name, value)
    const key = settingKey(name)
    const { normal, implies } = find(key)
    if (isOwn(key)) this.#own.add(key)
    this.#change(key, normal?.(value, this.get(key)) ?? value, local)
    const implied = isOn(value) ? implies : undefined
    if (implied !== undefined) this.#change(implied, 'true', local)
  }

  check(name: string, value: string): void {
    const key = settingKey(name)
    const setting = find(key)
    if (isOwn(key) && !OWN_NAME.test(key)) throw badName(key)
    if (setting.readonly) throw unchangeable(key)
    if (setting.check !== undefined && !setting.check(value, other => this.get(other)))
      throw new SqlError('invalid_parameter_value', `invalid value for parameter "${key}": "${value}"`)
    this.#allow(key, value)
  }

  reset(name: string, local = false): void {
    const key = settingKey(name)
    if (find(key).readonly) throw unchangeable(key)
    this.#change(key, undefined, local)
  }

  resetAll(): void {
    for (const key of this.#values.keys()) if (!IDENTITY.has(key)) this.#change(key, undefined, false)
  }

  /** A transaction block begins. */
  begin(): void {
    this.#block = { before: new Map(this.#values), kept: new Map(this.#values) }
  }

  /** What a savepoint of the block goes back to. */
  mark(): SettingsMark {
    return { now: new Map(this.#values), kept: new Map(this.#block!.kept) }
  }

  /** What was set since is taken back. */
  goBack({ now, kept }: SettingsMark): void {
    this.#block = { before: this.#block!.before, kept: new Map(kept) }
    this.#restore(now)
  }

  /** It ends: SET LOCAL is over, and after a rollback SET too. */
  end(committed: boolean): void {
    const block = this.#block
    if (block === undefined) return
    this.#block = undefined
    this.#restore(committed ? block.kept : block.before)
  }

  #restore(next: ReadonlyMap<string, string>): void {
    for (const key of new Set([...this.#values.keys(), ...next.keys()]))
      if (this.#values.get(key) !== next.get(key)) this.#change(key, next.get(key), true)
  }

  /** Milliseconds; 0: no limit. */
  duration(name: string): number {
    return durationMs(this.get(name)) ?? 0
  }

  list(): { name: string; value: string; help: string; initial: string }[] {
    const shown = Object.entries(SETTINGS).filter(([name]) => !IDENTITY.has(name))
    return shown
      .map(([name, { help }]) => ({ name, value: this.get(name), help, initial: this.initial(name) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** What a client is told when the session starts. */
  reports(): [string, string][] {
    return Object.entries(SETTINGS).flatMap(([name, { reported }]) =>
      reported === undefined ? [] : [[reported, this.get(name)]],
    )
  }

  #change(key: string, value: string | undefined, local: boolean): void {
    this.#revision++
    const before = [key, ...FOLLOWING].map(name => this.get(name))
    for (const map of local ? [this.#values] : [this.#values, this.#block?.kept]) {
      if (value === undefined) map?.delete(key)
      else map?.set(key, value)
    }
    for (const [i, name] of [key, ...FOLLOWING].entries()) {
      const { reported } = find(name)
      if (reported !== undefined && this.get(name) !== before[i]) this.#reported(reported, this.get(name))
    }
  }
}

type Values = Map<string, string>

/** What holds at a savepoint, and what would hold after a COMMIT there. */
export interface SettingsMark {
  readonly now: ReadonlyMap<string, string>
  readonly kept: ReadonlyMap<string, string>
}

const isOwn = (key: string): boolean => key.includes('.') && !Object.hasOwn(SETTINGS, key)

const OWN_NAME = /^[a-z_\u0080-\uffff][\w$\u0080-\uffff]*(?:\.[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)+$/i

function badName(key: string): SqlError {
  return new SqlError('invalid_name', `invalid configuration parameter name "${key}"`, {
    detail: 'Custom parameter names must be two or more simple identifiers separated by dots.',
  })
}

function unknown(key: string): SqlError {
  return new SqlError('undefined_object', `unrecognized configuration parameter "${key}"`)
}

/** RisingWave's names with rw_ in front are the same settings. */
function settingKey(name: string): string {
  const key = name.toLowerCase()
  const plain = key.startsWith('rw_') ? key.slice(3) : key
  return Object.hasOwn(SETTINGS, plain) ? plain : key
}

/** Settings that change with others. */
const FOLLOWING = ['is_superuser', 'server_version']

/** Not among the settings that are listed and reset all together. */
const IDENTITY = new Set(['role', 'session_authorization'])

const CUSTOM: Setting = { default: '', help: '' }

function find(key: string): Setting {
  const setting = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : key.includes('.') ? CUSTOM : undefined
  if (setting === undefined) throw unknown(key)
  return setting
}

function unchangeable(key: string): SqlError {
  return new SqlError('object_not_in_prerequisite_state', `parameter "${key}" cannot be changed`)
}
