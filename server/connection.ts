import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type ParsedStatement, parseStatements } from '../planner/parse/index.ts'
import { cellValue } from '../storage/column-buffer.ts'
import type { Chunk } from '../types/chunk.ts'
import { SqlError } from '../types/error.ts'
import type { Schema, Type } from '../types/type.ts'
import type { Value } from '../types/value.ts'
import { Fields, FrameReader, Messages } from './protocol/frames.ts'
import { oidOf, sizeOf, typeOfOid } from './protocol/oids.ts'
import { decodeParameter, encodeValue } from './protocol/values.ts'
import { SessionSettings } from './settings.ts'
import { type Prepared, prepare, type StatementContext } from './statements/index.ts'

/** What a connection shares with all others. */
export interface Hub {
  readonly shared: Omit<StatementContext, 'session' | 'signal' | 'notice'>
  /** Registers a session for CancelRequest; returns its process id and secret. */
  register(cancel: () => void): { pid: number; secret: number; release(): void }
  cancel(pid: number, secret: number): void
  log(message: string): void
}

const FLUSH_BYTES = 1 << 16
const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102

interface Statement {
  readonly sql: string
  readonly parsed: ParsedStatement | undefined
  readonly prepared: Prepared | undefined
}

interface Portal {
  readonly statement: Statement
  readonly values: readonly Value[]
  readonly formats: readonly number[]
  rows?: AsyncIterator<readonly Value[]>
  tag?: string | ((rows: number) => string)
  count: number
}

/**
 * One client (PostgreSQL's frontend/backend protocol 3.0, chapter 55). Messages are handled in order; what goes wrong
 * with one statement is told to the client, what goes wrong with the protocol ends this connection and no other.
 */
export class Connection {
  readonly #socket: Socket
  readonly #hub: Hub
  readonly #frames = new FrameReader()
  readonly #out = new Messages()
  readonly #statements = new Map<string, Statement>()
  readonly #portals = new Map<string, Portal>()
  readonly #settings: SessionSettings
  #context: StatementContext | undefined
  #abort = new AbortController()
  #skipping = false
  #inTransaction = false

  constructor(socket: Socket, hub: Hub) {
    this.#socket = socket
    this.#hub = hub
    this.#settings = new SessionSettings((name, value) => this.#report(name, value))
  }

  /** Serves until the client leaves. Never throws. */
  async run(startupMs: number): Promise<void> {
    const timer = setTimeout(() => this.#socket.destroy(), startupMs)
    let release = () => {}
    try {
      for await (const bytes of this.#socket.iterator({ destroyOnReturn: false })) {
        this.#frames.push(bytes as Buffer)
        for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) {
          if (this.#frames.startup) {
            const started = await this.#startup(new Fields(frame.body))
            if (started === 'closed') return
            if (started !== undefined) release = started
            if (!this.#frames.startup) clearTimeout(timer)
          } else if (!(await this.#message(frame.type, new Fields(frame.body)))) return
        }
        await this.#flush()
      }
    } catch (error) {
      if (error instanceof SqlError) this.#error(error, '', 'FATAL')
      await this.#flush().catch(() => {})
    } finally {
      clearTimeout(timer)
      this.#abort.abort()
      release()
      this.#socket.destroySoon()
    }
  }

  async #startup(fields: Fields): Promise<'closed' | (() => void) | undefined> {
    const code = fields.int32()
    if (code === SSL_REQUEST || code === GSS_REQUEST) {
      this.#socket.write('N')
      return undefined
    }
    if (code === CANCEL_REQUEST) {
      this.#hub.cancel(fields.int32(), fields.int32())
      return 'closed'
    }
    if (code >>> 16 !== 3)
      throw new SqlError(
        'feature_not_supported',
        `unsupported frontend protocol ${code >>> 16}.${code & 0xffff}`,
      )
    const parameters = new Map<string, string>()
    for (let name = fields.string(); name !== ''; name = fields.string())
      parameters.set(name, fields.string())
    const user = parameters.get('user') ?? 'root'
    const database = parameters.get('database') ?? user
    if (!this.#hub.shared.catalogs.current.hasDatabase(database))
      throw new SqlError('invalid_catalog_name', `database "${database}" does not exist`)
    const unknown = [...parameters.keys()].filter(name => name.startsWith('_pq_.'))
    if ((code & 0xffff) > 0 || unknown.length > 0) {
      this.#out
        .begin('v')
        .int32(3 << 16)
        .int32(unknown.length)
      for (const name of unknown) this.#out.string(name)
      this.#out.end()
    }
    this.#out.begin('R').int32(0).end()
    for (const [name, value] of parameters) {
      if (
        name === 'user' ||
        name === 'database' ||
        name === 'options' ||
        name === 'replication' ||
        name.startsWith('_pq_.')
      )
        continue
      this.#settings.set(name, value)
    }
    for (const [name, value] of this.#settings.reports()) this.#report(name, value)
    this.#report('is_superuser', 'on')
    this.#report('session_authorization', user)
    const settings = this.#settings
    const searchPath = () =>
      settings
        .get('search_path')
        .split(',')
        .map(name => name.trim().replace(/^"(.*)"$/, '$1'))
        .map(name => (name === '$user' ? user : name))
        .filter(
          name =>
            name !== '' && (name !== user || this.#hub.shared.catalogs.current.hasSchema(database, name)),
        )
    const connection = this
    this.#context = {
      ...this.#hub.shared,
      session: { database, user, settings, searchPath },
      get signal() {
        return connection.#abort.signal
      },
      notice: message => this.#notice(message),
    }
    const { pid, secret, release } = this.#hub.register(() => this.#abort.abort())
    this.#out.begin('K').int32(pid).int32(secret).end()
    this.#frames.startup = false
    this.#ready()
    return release
  }

  /** false: the client says goodbye. */
  async #message(type: string, fields: Fields): Promise<boolean> {
    if (type === 'X') return false
    if (this.#skipping && type !== 'S') return true
    if (type === 'Q') {
      await this.#simple(fields.string())
      return true
    }
    if (type === 'S') {
      this.#skipping = false
      if (!this.#inTransaction) this.#portals.clear()
      this.#ready()
      return true
    }
    let sql = ''
    try {
      switch (type) {
        case 'P':
          this.#parse(fields, text => (sql = text))
          break
        case 'B':
          this.#bind(fields)
          break
        case 'D':
          this.#describe(fields)
          break
        case 'E': {
          const portal = this.#portal(fields.string())
          sql = portal.statement.sql
          await this.#execute(portal, fields.int32())
          break
        }
        case 'C': {
          const kind = fields.byte()
          const name = fields.string()
          if (kind === 'S') this.#statements.delete(name)
          else this.#portals.delete(name)
          this.#out.begin('3').end()
          break
        }
        case 'H':
          await this.#flush()
          break
        default:
          throw new SqlError('protocol_violation', `invalid frontend message type ${type.charCodeAt(0)}`)
      }
    } catch (error) {
      this.#error(error, sql)
      this.#skipping = true
    }
    return true
  }

  async #simple(sql: string): Promise<void> {
    this.#portals.delete('')
    try {
      const statements = parseStatements(sql)
      if (statements.length === 0) this.#out.begin('I').end()
      for (const parsed of statements) {
        this.#abort = new AbortController()
        const prepared = prepare(parsed, this.#context!, [])
        if (prepared.parameters.length > 0)
          throw new SqlError('undefined_parameter', 'there is no parameter $1')
        if (prepared.schema !== undefined) this.#rowDescription(prepared.schema, [])
        const statement = { sql, parsed, prepared }
        await this.#execute({ statement, values: [], formats: [], count: 0 }, 0)
        await this.#flush()
      }
    } catch (error) {
      this.#error(error, sql)
    }
    this.#ready()
    await this.#flush()
  }

  #parse(fields: Fields, seen: (sql: string) => void): void {
    const name = fields.string()
    const sql = fields.string()
    seen(sql)
    const types: (Type | undefined)[] = []
    for (let n = fields.int16(); n > 0; n--) types.push(typeOfOid(fields.int32()))
    if (name !== '' && this.#statements.has(name))
      throw new SqlError('duplicate_prepared_statement', `prepared statement "${name}" already exists`)
    const statements = parseStatements(sql)
    if (statements.length > 1)
      throw new SqlError('syntax_error', 'cannot insert multiple commands into a prepared statement')
    const parsed = statements[0]
    const prepared = parsed && prepare(parsed, this.#context!, types)
    this.#statements.set(name, { sql, parsed, prepared })
    this.#out.begin('1').end()
  }

  #bind(fields: Fields): void {
    const name = fields.string()
    const statement = this.#statement(fields.string())
    const formats: number[] = []
    for (let n = fields.int16(); n > 0; n--) formats.push(fields.int16())
    const types = statement.prepared?.parameters ?? []
    const count = fields.int16()
    if (count !== types.length)
      throw new SqlError(
        'protocol_violation',
        `bind message supplies ${count} parameters, but prepared statement requires ${types.length}`,
      )
    const zone = this.#settings.get('timezone')
    const values = types.map((type, i): Value => {
      const length = fields.int32()
      const format = formats.length === 1 ? formats[0]! : (formats[i] ?? 0)
      return length < 0 ? null : decodeParameter(type, fields.take(length), format, zone)
    })
    const results: number[] = []
    for (let n = fields.int16(); n > 0; n--) results.push(fields.int16())
    this.#portals.set(name, { statement, values, formats: results, count: 0 })
    this.#out.begin('2').end()
  }

  #describe(fields: Fields): void {
    const kind = fields.byte()
    const name = fields.string()
    const portal = kind === 'P' ? this.#portal(name) : undefined
    const { prepared } = portal?.statement ?? this.#statement(name)
    if (kind === 'S') {
      const types = prepared?.parameters ?? []
      this.#out.begin('t').int16(types.length)
      for (const type of types) this.#out.int32(oidOf(type))
      this.#out.end()
    }
    if (prepared?.schema === undefined) this.#out.begin('n').end()
    else this.#rowDescription(prepared.schema, portal?.formats ?? [])
  }

  /** Runs a portal, or goes on with one that was suspended. `limit` 0: all rows. */
  async #execute(portal: Portal, limit: number): Promise<void> {
    const { prepared, parsed } = portal.statement
    if (prepared === undefined || parsed === undefined) {
      this.#out.begin('I').end()
      return
    }
    if (portal.tag === undefined) {
      if (this.#abort.signal.aborted) this.#abort = new AbortController()
      const result = await prepared.run(portal.values)
      portal.tag = result.tag
      if (result.rows !== undefined) portal.rows = rowsOf(result.rows)
      if (parsed.statement.kind === 'transaction')
        this.#inTransaction = /^(BEGIN|START)/.test(parsed.statement.tag)
    }
    const schema = prepared.schema
    let sent = 0
    if (portal.rows !== undefined && schema !== undefined) {
      const zone = this.#settings.get('timezone')
      for (;;) {
        if (limit > 0 && sent === limit) {
          this.#out.begin('s').end()
          return
        }
        const { value, done } = await portal.rows.next()
        if (done) break
        this.#dataRow(schema, value, portal.formats, zone)
        sent++
        portal.count++
        if (this.#out.length > FLUSH_BYTES) await this.#flush()
      }
    }
    const { tag } = portal
    this.#out
      .begin('C')
      .string(typeof tag === 'string' ? tag : tag(portal.count))
      .end()
    this.#portals.delete([...this.#portals].find(([, p]) => p === portal)?.[0] ?? '')
  }

  #dataRow(schema: Schema, row: readonly Value[], formats: readonly number[], zone: string): void {
    this.#out.begin('D').int16(row.length)
    for (let i = 0; i < row.length; i++) {
      const value = row[i]!
      if (value === null) this.#out.int32(-1)
      else {
        const bytes = encodeValue(schema[i]!.type, value, formatOf(formats, i), zone)
        this.#out.int32(bytes.length).bytes(bytes)
      }
    }
    this.#out.end()
  }

  #rowDescription(schema: Schema, formats: readonly number[]): void {
    this.#out.begin('T').int16(schema.length)
    schema.forEach(({ name, type }, i) => {
      this.#out
        .string(name)
        .int32(0)
        .int16(0)
        .int32(oidOf(type))
        .int16(sizeOf(type))
        .int32(-1)
        .int16(formatOf(formats, i))
    })
    this.#out.end()
  }

  #statement(name: string): Statement {
    const found = this.#statements.get(name)
    if (found === undefined)
      throw new SqlError('invalid_sql_statement_name', `prepared statement "${name}" does not exist`)
    return found
  }

  #portal(name: string): Portal {
    const found = this.#portals.get(name)
    if (found === undefined) throw new SqlError('invalid_cursor_name', `portal "${name}" does not exist`)
    return found
  }

  #ready(): void {
    this.#out
      .begin('Z')
      .text(this.#inTransaction ? 'T' : 'I')
      .end()
  }

  #report(name: string, value: string): void {
    this.#out.begin('S').string(name).string(value).end()
  }

  #notice(message: string): void {
    this.#out.begin('N').text('S').string('NOTICE').text('V').string('NOTICE').text('C').string('00000')
    this.#out.text('M').string(message).text('\0').end()
  }

  #error(error: unknown, sql: string, severity = 'ERROR'): void {
    const known = error instanceof SqlError ? error : undefined
    if (known === undefined)
      this.#hub.log(error instanceof Error ? (error.stack ?? error.message) : String(error))
    const message =
      known?.message ?? `internal error: ${error instanceof Error ? error.message : String(error)}`
    const out = this.#out.begin('E').text('S').string(severity).text('V').string(severity)
    out
      .text('C')
      .string(known?.sqlstate ?? 'XX000')
      .text('M')
      .string(message)
    if (known?.detail !== undefined) out.text('D').string(known.detail)
    if (known?.hint !== undefined) out.text('H').string(known.hint)
    if (known?.position !== undefined && sql !== '')
      out.text('P').string(String([...sql.slice(0, known.position)].length + 1))
    out.text('\0').end()
  }

  /** Sends what was written; waits while the client reads too slowly. */
  async #flush(): Promise<void> {
    if (this.#out.length === 0) return
    if (!this.#socket.write(this.#out.take()) && !this.#socket.destroyed)
      await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')])
    if (this.#socket.destroyed) this.#abort.abort()
  }
}

function formatOf(formats: readonly number[], i: number): number {
  return formats.length === 1 ? formats[0]! : (formats[i] ?? 0)
}

/** Rows of chunks, each as often as it weighs. */
async function* rowsOf(chunks: AsyncIterable<Chunk> | Iterable<Chunk>): AsyncGenerator<readonly Value[]> {
  for await (const chunk of chunks)
    for (let row = 0; row < chunk.length; row++) {
      const values = chunk.columns.map(column => cellValue(column, row))
      for (let i = 0; i < chunk.weights[row]!; i++) yield values
    }
}
