import { SqlError } from '../../types/error.ts'
import type { CatalogHolder } from '../statements/contract.ts'

/** What NOTIFY says to those who LISTEN. */
export interface Notification {
  readonly channel: string
  readonly payload: string
  /** The session that said it, by the number that clients know. */
  readonly pid: number
}

/** Who listens, of each server, by database and channel. */
const servers = new WeakMap<CatalogHolder, Map<string, Set<Channels>>>()

const CHANNEL_BYTES_MAX = 63
const PAYLOAD_BYTES_MAX = 7999
/** So many wait for a client that does not read, and in a block for its end. */
const WAITING_MAX = 10_000

/**
 * LISTEN, NOTIFY and UNLISTEN of one session (PostgreSQL, NOTIFY): they count at the end of the transaction, a ROLLBACK takes them
 * back. Kept in memory: who was not there when it was said does not hear it.
 */
export class Channels {
  readonly #listeners: Map<string, Set<Channels>>
  readonly #heard = new Map<string, string>()
  #changes: (() => void)[] = []
  /** Channels and payloads of the transaction. */
  readonly #said = new Set<string>()
  #waiting: Notification[] = []
  /** Something has come. */
  wake: () => void = () => {}

  constructor(catalogs: CatalogHolder) {
    let known = servers.get(catalogs)
    if (known === undefined) servers.set(catalogs, (known = new Map()))
    this.#listeners = known
  }

  /** Names of the channels that are listened to. */
  get names(): readonly string[] {
    return [...this.#heard.values()]
  }

  listen(database: string, channel: string): void {
    requireName(channel)
    this.#add(() => {
      const key = JSON.stringify([database, channel])
      this.#heard.set(key, channel)
      const others = this.#listeners.get(key)
      if (others === undefined) this.#listeners.set(key, new Set([this]))
      else others.add(this)
    })
  }

  /** undefined: every channel. */
  unlisten(database: string, channel: string | undefined): void {
    this.#add(() => {
      const keys = channel === undefined ? [...this.#heard.keys()] : [JSON.stringify([database, channel])]
      for (const key of keys) {
        this.#heard.delete(key)
        const left = this.#listeners.get(key)
        left?.delete(this)
        if (left?.size === 0) this.#listeners.delete(key)
      }
    })
  }

  /** What was said in the transaction already is said once. */
  notify(database: string, notification: Notification): void {
    const { channel, payload } = notification
    requireName(channel)
    if (Buffer.byteLength(payload) > PAYLOAD_BYTES_MAX)
      throw new SqlError('invalid_parameter_value', 'payload string too long')
    const said = JSON.stringify([channel, payload])
    if (this.#said.has(said)) return
    this.#add(() => {
      for (const other of this.#listeners.get(JSON.stringify([database, channel])) ?? [])
        other.#hear(notification)
    })
    this.#said.add(said)
  }

  #add(change: () => void): void {
    if (this.#changes.length >= WAITING_MAX)
      throw new SqlError('program_limit_exceeded', 'too many notifications during one transaction')
    this.#changes.push(change)
  }

  /** Beyond the limit the oldest are lost: nobody reads them. */
  #hear(notification: Notification): void {
    if (this.#waiting.length >= WAITING_MAX) this.#waiting.shift()
    this.#waiting.push(notification)
    this.wake()
  }

  /** The transaction ends. `kept` false: ROLLBACK. */
  ended(kept: boolean): void {
    if (this.#changes.length === 0) return
    const changes = this.#changes
    this.#changes = []
    this.#said.clear()
    if (kept) for (const change of changes) change()
  }

  /** Those that the client has not been told. */
  take(): readonly Notification[] {
    const waiting = this.#waiting
    if (waiting.length > 0) this.#waiting = []
    return waiting
  }

  /** The client has left. */
  close(): void {
    this.ended(false)
    this.unlisten('', undefined)
    this.ended(true)
  }
}

function requireName(channel: string): void {
  if (channel === '') throw new SqlError('invalid_parameter_value', 'channel name cannot be empty')
  if (Buffer.byteLength(channel) > CHANNEL_BYTES_MAX)
    throw new SqlError('invalid_parameter_value', 'channel name too long')
}
