import { connect, type Socket } from 'node:net'
import { Fields, FrameReader, Messages } from './frames.ts'

/** One message of the server. */
export interface Reply {
  readonly type: string
  readonly body: Buffer
}

/** A client of the protocol's messages, for tests: it sends what it is told, right or wrong. */
export class WireClient {
  readonly socket: Socket
  readonly out = new Messages()
  readonly #frames = new FrameReader()
  #closed = false
  #wake: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    this.#frames.phase = 'session'
    socket.on('data', bytes => {
      this.#frames.push(bytes as Buffer)
      this.#wake()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
      this.#wake()
    })
  }

  /** Connected; nothing was sent. */
  static async open(port: number): Promise<WireClient> {
    const socket = connect(port, '127.0.0.1')
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new WireClient(socket)
  }

  /** Logged in without a password; the replies up to ReadyForQuery are dropped. */
  static async start(
    port: number,
    parameters: Readonly<Record<string, string>> = { user: 'root', database: 'dev' },
  ): Promise<WireClient> {
    const client = await WireClient.open(port)
    client.socket.write(startupMessage(parameters))
    await client.until('Z')
    return client
  }

  /** Sends what was written to `out`. */
  send(): this {
    this.socket.write(this.out.take())
    return this
  }

  query(sql: string): Promise<Reply[]> {
    this.out.begin('Q').string(sql).end()
    return this.send().until('Z')
  }

  parse(sql: string, name = '', types: readonly number[] = []): this {
    this.out.begin('P').string(name).string(sql).int16(types.length)
    for (const type of types) this.out.int32(type)
    this.out.end()
    return this
  }

  /** All values in one format, all results in another: 0 text, 1 binary. */
  bind(
    values: readonly (Uint8Array | string | null)[] = [],
    { portal = '', statement = '', format = 0, results = 0 } = {},
  ): this {
    this.out.begin('B').string(portal).string(statement).int16(1).int16(format).int16(values.length)
    for (const value of values) {
      if (value === null) this.out.int32(-1)
      else if (typeof value === 'string') this.out.sizedText(value)
      else this.out.int32(value.length).bytes(value)
    }
    this.out.int16(1).int16(results).end()
    return this
  }

  describe(kind: 'S' | 'P', name = ''): this {
    this.out.begin('D').text(kind).string(name).end()
    return this
  }

  execute(limit = 0, portal = ''): this {
    this.out.begin('E').string(portal).int32(limit).end()
    return this
  }

  /** Sync: sends all and reads up to ReadyForQuery. */
  sync(): Promise<Reply[]> {
    this.out.begin('S').end()
    return this.send().until('Z')
  }

  /** Replies up to the first of a type, or all there are when the server closes. */
  async until(type: string): Promise<Reply[]> {
    const replies: Reply[] = []
    for (;;) {
      const reply = await this.next()
      if (reply === undefined) return replies
      replies.push(reply)
      if (reply.type === type) return replies
    }
  }

  /** undefined: the server closed the connection. */
  async next(): Promise<Reply | undefined> {
    for (;;) {
      const frame = this.#frames.next()
      if (frame !== undefined) return frame
      if (this.#closed) return undefined
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  close(): void {
    this.socket.destroy()
  }
}

/** StartupMessage of protocol 3.0. */
export function startupMessage(parameters: Readonly<Record<string, string>>, version = 3 << 16): Buffer {
  const body = Object.entries(parameters).flat()
  const text = Buffer.from(`${body.map(part => `${part}\0`).join('')}\0`)
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + text.length, 0)
  head.writeInt32BE(version, 4)
  return Buffer.concat([head, text])
}

/** Message types in order, such as `1 2 D C Z`. */
export function typesOf(replies: readonly Reply[]): string {
  return replies.map(reply => reply.type).join(' ')
}

/** Rows as buffers. */
export function rowsIn(replies: readonly Reply[]): (Buffer | null)[][] {
  return replies
    .filter(reply => reply.type === 'D')
    .map(({ body }) => {
      const fields = new Fields(body)
      return Array.from({ length: fields.count() }, () => {
        const length = fields.int32()
        return length < 0 ? null : fields.take(length)
      })
    })
}

/** Rows as text. */
export function textRows(replies: readonly Reply[]): (string | undefined)[][] {
  return rowsIn(replies).map(row => row.map(cell => cell?.toString()))
}

/** Fields of the first ErrorResponse or NoticeResponse by letter: C the SQLSTATE, M the message, P the position … */
export function report(replies: readonly Reply[], type = 'E'): Readonly<Record<string, string>> {
  const found = replies.find(reply => reply.type === type)
  const parts = (found?.body.toString() ?? '').split('\0').filter(part => part !== '')
  return Object.fromEntries(parts.map(part => [part[0], part.slice(1)]))
}

/** Command tags. */
export function tags(replies: readonly Reply[]): string[] {
  return replies
    .filter(reply => reply.type === 'C')
    .map(({ body }) => body.toString('utf8', 0, body.length - 1))
}

/** The status of the last ReadyForQuery. */
export function status(replies: readonly Reply[]): string {
  return replies.findLast(reply => reply.type === 'Z')?.body.toString() ?? ''
}
