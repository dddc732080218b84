import { once } from 'node:events'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { SqlError } from '../types/error.ts'
import { requireConnect } from './access/rights.ts'
import { type Authentication, authenticate } from './authentication.ts'
import { ALPN, type Encryption, encrypt, TLS_HANDSHAKE, tlsOf } from './encryption.ts'
import { readOpening, startupSettings } from './handshake.ts'
import { Fields, type Frame, FrameReader, Messages } from './protocol/frames.ts'
import { Incoming } from './protocol/incoming.ts'
import { errorResponse, notification, parameterStatus, readyForQuery } from './protocol/replies.ts'
import { TIMER_MAX_MS } from './session/cancellation.ts'
import { EXTENDED } from './session/extended-query.ts'
import { Session, type SharedContext } from './session/session.ts'
import { simpleQuery } from './session/simple-query.ts'
import { dropTemporary, endTransaction } from './session/temporary.ts'
import { requireDatabase } from './statements/bind.ts'
import type { ClientEnd } from './system-tables/sessions.ts'

/** What a connection shares with all others. */
export interface Hub {
  readonly shared: SharedContext
  readonly authentication: Authentication
  /** For connections that begin now; undefined: there is no certificate. */
  encryption(): Encryption | undefined
  readonly loginTimeoutMs: number
  /** Registers a session for CancelRequest. Throws 53300 when there are too many, 57P03 when none is taken. */
  register(session: Session): { readonly pid: number; readonly secret: Buffer; release(): void }
  cancel(pid: number, secret: Buffer): void
  /** The server stops. */
  readonly closing: boolean
  /** A failure that is ours. */
  failed(error: unknown): void
}

const FLUSH_BYTES = 1 << 16
const FAREWELL_MS = 2000
/** TLS, GSS, and the startup message after them. */
const ENCRYPTION_REQUESTS_MAX = 4

/**
 * One client (PostgreSQL's frontend/backend protocol 3.0, chapter 55). Messages are handled in order; what goes wrong
 * with one statement is told to the client, what goes wrong with the protocol ends this connection and no other.
 */
export class Connection {
  #socket: Socket
  readonly #hub: Hub
  readonly #frames = new FrameReader()
  readonly #out = new Messages()
  #incoming: Incoming
  /** With which TLS was begun. */
  #encryption: Encryption | undefined
  #session: Session | undefined
  /** After an error of the extended protocol: until Sync. */
  #skipping = false
  #telling = false
  /** The client was told that it is its turn, and has said nothing since. */
  #idle = false

  constructor(socket: Socket, hub: Hub) {
    this.#socket = socket
    this.#hub = hub
    this.#incoming = this.#read(socket)
  }

  #read(socket: Socket): Incoming {
    return new Incoming(socket, this.#frames, () => this.#session?.cancellation.cancel('connection lost'))
  }

  /** Serves until the client leaves. Never throws. */
  async run(): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), this.#hub.loginTimeoutMs)
    let release = () => {}
    try {
      const started = await this.#login()
      clearTimeout(timer)
      if (started === undefined) return
      release = started
      await this.#serve()
    } catch (error) {
      if (!(error instanceof SqlError)) this.#hub.failed(error)
      this.#out.drop()
      errorResponse(this.#out, error, '', 'FATAL')
      await this.#flush()
    } finally {
      clearTimeout(timer)
      release()
      this.#session?.close()
      void this.#dropTemporary()
      this.#leave()
    }
  }

  /** What a session made for itself goes with it; when the server stops, its next start sees to that. */
  async #dropTemporary(): Promise<void> {
    if (this.#session === undefined || this.#hub.closing) return
    try {
      await dropTemporary(this.#session.context)
    } catch (error) {
      if (!this.#hub.closing) this.#hub.failed(error)
    }
  }

  /** Ends the session, telling why. */
  end(error: SqlError): void {
    errorResponse(this.#out, error, '', 'FATAL')
    if (!this.#socket.destroyed) this.#socket.write(this.#out.take())
    this.#leave()
  }

  /** Sends what is left, to a client that reads it soon. */
  #leave(): void {
    if (this.#socket.destroyed) return
    this.#socket.destroySoon()
    const timer = setTimeout(() => this.#socket.destroy(), FAREWELL_MS).unref()
    this.#socket.once('close', () => clearTimeout(timer))
  }

  /** undefined: the client only wanted to cancel another's statement, or left. */
  async #login(): Promise<(() => void) | undefined> {
    const out = this.#out
    const { encryption } = this.#hub
    const first = await this.#incoming.begun()
    if (
      first === TLS_HANDSHAKE &&
      encryption() !== undefined &&
      !(await this.#encrypt(encryption()!, 'at once'))
    )
      return undefined
    for (let requests = 0; requests < ENCRYPTION_REQUESTS_MAX; requests++) {
      const frame = await this.#incoming.next()
      if (frame === undefined) return undefined
      const opening = readOpening(frame, out)
      if (opening.kind === 'start') return this.#start(opening.parameters)
      if (opening.kind === 'cancel') {
        this.#hub.cancel(opening.pid, opening.secret)
        return undefined
      }
      const offered = opening.kind === 'tls' && this.#encryption === undefined ? encryption() : undefined
      if (offered === undefined) this.#socket.write('N')
      else if (!(await this.#encrypt(offered, 'asked'))) return undefined
    }
    throw new SqlError('protocol_violation', 'too many requests for encryption')
  }

  /** Goes on with TLS; false: the client did not. Throws 08P01 for bytes that somebody put before it. */
  async #encrypt(encryption: Encryption, how: 'at once' | 'asked'): Promise<boolean> {
    const plain = this.#socket
    const sent = this.#frames.takeAll()
    if (how === 'asked' && sent.length > 0)
      throw new SqlError('protocol_violation', 'received unencrypted data after SSL request', {
        detail:
          'This could be either a client-software bug or evidence of an attempted man-in-the-middle attack.',
      })
    this.#incoming.detach()
    if (how === 'asked') plain.write('S')
    else plain.unshift(sent)
    const secure = await encrypt(plain, encryption)
    if (secure === undefined) return false
    this.#socket = secure
    this.#encryption = encryption
    this.#incoming = this.#read(secure)
    if (how === 'at once' && secure.alpnProtocol !== ALPN)
      throw new SqlError(
        'protocol_violation',
        'received direct SSL connection request without ALPN protocol negotiation extension',
      )
    return true
  }

  async #start(parameters: ReadonlyMap<string, string>): Promise<(() => void) | undefined> {
    const { shared, authentication } = this.#hub
    const user = parameters.get('user') ?? ''
    if (user === '')
      throw new SqlError(
        'invalid_authorization_specification',
        'no PostgreSQL user name specified in startup packet',
      )
    const database = parameters.get('database') || user
    this.#frames.phase = 'login'
    const address = plainAddress(this.#socket.remoteAddress ?? '')
    const known = await authenticate(
      { user, database, address, encrypted: this.#encryption !== undefined },
      authentication,
      this.#out,
      this.#incoming,
      () => this.#flush(),
      this.#encryption?.binding,
    )
    if (known === undefined) return undefined
    requireDatabase(shared.catalogs.current, database)
    const declared = shared.catalogs.current.roleByName(user) !== undefined
    requireConnect({ user, declared }, shared.catalogs.current, database)
    const session = new Session(this.#out, user, database, startupSettings(parameters), shared)
    const { pid, secret, release } = this.#hub.register(session)
    session.system.pid = pid
    session.system.client = clientEnd(this.#socket)
    session.system.end = () => this.end(byAdministrator())
    this.#session = session
    session.flush = () => this.#flush()
    session.isSynced = () => this.#frames.nextType === 'S'
    session.system.channels.wake = () => void this.#tell(session)
    session.receive = async () => {
      await this.#flush()
      return this.#incoming.next()
    }
    this.#out.begin('R').int32(0).end()
    for (const [name, value] of session.settings.reports()) parameterStatus(this.#out, name, value)
    this.#out.begin('K').int32(pid).bytes(secret).end()
    this.#frames.phase = 'session'
    this.#ready(session)
    return release
  }

  async #serve(): Promise<void> {
    for (;;) {
      let frame = this.#incoming.atHand()
      if (frame === undefined) {
        await this.#flush()
        const stop = this.#whileIdle(this.#session!)
        frame = await this.#incoming.next()
        stop()
      }
      this.#idle = false
      if (frame === undefined || frame.type === 'X') return
      await this.#message(this.#session!, frame)
      if (this.#out.length > FLUSH_BYTES) await this.#flush()
    }
  }

  /** Until the client says something, or has been silent for too long after ReadyForQuery. */
  #whileIdle({ settings, block }: Session): () => void {
    const setting = block.status === 'I' ? 'idle_session_timeout' : 'idle_in_transaction_session_timeout'
    const ms = this.#idle ? settings.duration(setting) : 0
    if (ms === 0) return () => {}
    const what = block.status === 'I' ? 'idle-session' : 'idle-in-transaction'
    const reason = new SqlError(setting, `terminating connection due to ${what} timeout`)
    const timer = setTimeout(() => this.end(reason), Math.min(ms, TIMER_MAX_MS))
    return () => clearTimeout(timer)
  }

  /** A client that says nothing hears what others say to it, one portion after the other as it reads. */
  async #tell(session: Session): Promise<void> {
    if (this.#telling) return
    this.#telling = true
    // Notifications of one transaction come together.
    await Promise.resolve()
    while (this.#idle && session.block.status === 'I' && this.#notify(session)) await this.#flush()
    this.#telling = false
  }

  /** Writes what the session was told; whether that was something. */
  #notify({ system }: Session): boolean {
    const told = system.channels.take()
    for (const { pid, channel, payload } of told) notification(this.#out, pid, channel, payload)
    return told.length > 0
  }

  #ready(session: Session): void {
    if (session.block.status === 'I') this.#notify(session)
    session.answered()
    readyForQuery(this.#out, session.block.status)
    this.#idle = true
  }

  async #message(session: Session, { type, body }: Frame): Promise<void> {
    if (type === 'S') {
      this.#skipping = false
      return this.#answered(session)
    }
    const extended = Object.hasOwn(EXTENDED, type) ? EXTENDED[type] : undefined
    if (extended === undefined && !OTHERS.has(type))
      throw new SqlError('protocol_violation', `invalid frontend message type ${type.charCodeAt(0)}`)
    if (this.#skipping || STRAY.has(type)) return
    let sql = ''
    try {
      const fields = new Fields(body)
      if (type === 'H') return await this.#flush()
      if (type === 'F') throw new SqlError('feature_not_supported', 'function calls are not supported')
      if (type === 'Q') {
        sql = fields.string()
        await simpleQuery(session, sql)
      } else
        await extended!(session, fields, text => {
          sql = text
        })
    } catch (error) {
      if (!(error instanceof SqlError)) this.#hub.failed(error)
      errorResponse(this.#out, error, sql)
      session.block.fail()
      session.group.drop()
      if (session.block.status === 'I') session.system.channels.ended(false)
      this.#skipping = type !== 'Q' && type !== 'F'
    }
    if (type === 'Q' || type === 'F') await this.#answered(session)
  }

  /** It is the client's turn again. */
  async #answered(session: Session): Promise<void> {
    if (session.block.status === 'I') await this.#endTransaction(session)
    this.#ready(session)
  }

  /** Outside of a block each message is a transaction. */
  async #endTransaction(session: Session): Promise<void> {
    try {
      await session.group.commit()
      session.system.channels.ended(true)
      await endTransaction(session.context)
    } catch (error) {
      session.system.channels.ended(false)
      if (!(error instanceof SqlError)) this.#hub.failed(error)
      errorResponse(this.#out, error, '')
    }
    session.closePortals(portal => !portal.hold)
  }

  /** Sends what was written; waits while the client reads too slowly. Throws 08000 when it is gone. */
  async #flush(): Promise<void> {
    if (this.#out.length === 0) return
    const bytes = this.#out.take()
    if (this.#socket.destroyed || this.#socket.write(bytes)) return
    const gone = new AbortController()
    const { signal } = gone
    await Promise.race([
      once(this.#socket, 'drain', { signal }),
      once(this.#socket, 'close', { signal }),
    ]).catch(() => {})
    gone.abort()
  }
}

/** Why a connection ends that the server's own people end. */
export function byAdministrator(): SqlError {
  return new SqlError('admin_shutdown', 'terminating connection due to administrator command')
}

/** An IPv4 address that came through an IPv6 socket as it is written. */
function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '')
}

function clientEnd(socket: Socket): ClientEnd {
  const end = { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 }
  return socket instanceof TLSSocket ? { ...end, tls: tlsOf(socket) } : end
}

/** Query, Flush, FunctionCall, and COPY's messages, which mean nothing when no COPY runs. */
const OTHERS = new Set(['Q', 'H', 'F', 'd', 'c', 'f'])
const STRAY = new Set(['d', 'c', 'f'])
