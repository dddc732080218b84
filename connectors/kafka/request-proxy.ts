// A proxy before one broker for the tests of this folder: it knows requests by their kind, and loses, holds back or cuts off what a test names.
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export const END_TXN = 26
export const PRODUCE = 0
const METADATA = 3
const FIND_COORDINATOR = 10

/**
 * 'pass'; 'lose-answer': the broker does it, the client's connection breaks; 'hold': the client's connection breaks, and
 * the broker gets the request when `release` is called; bytes: they are the answer, and the broker gets nothing.
 */
export type Fate = 'pass' | 'lose-answer' | 'hold' | Buffer

export interface RequestProxy {
  readonly address: string
  /** What becomes of a request; asked once for each. */
  fate: (apiKey: number) => Fate | Promise<Fate>
  /** How many requests of the kind clients sent. */
  count(apiKey: number): number
  /** Sends what was held back last; resolves with the broker's answer behind its correlation id. */
  release(): Promise<Buffer>
  close(): Promise<void>
}

export async function startRequestProxy(broker: string): Promise<RequestProxy> {
  const [host, port] = broker.split(':') as [string, string]
  const counts = new Map<number, number>()
  const sockets = new Set<Socket>()
  let held: (() => Promise<Buffer>) | undefined
  const server = createServer(client => {
    const upstream = connect(Number(port), host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    }
    /** By correlation id: what to do with the answer. */
    const answers = new Map<number, (frame: Buffer) => void>()
    eachFrame(client, async frame => {
      const [apiKey, id] = [frame.readInt16BE(4), frame.readInt32BE(8)]
      counts.set(apiKey, (counts.get(apiKey) ?? 0) + 1)
      const fate = await proxy.fate(apiKey)
      if (Buffer.isBuffer(fate)) {
        const head = Buffer.alloc(8)
        head.writeInt32BE(fate.length + 4)
        head.writeInt32BE(id, 4)
        client.write(Buffer.concat([head, fate]))
        return
      }
      if (fate === 'hold') {
        client.destroy()
        held = () =>
          new Promise(resolve => {
            answers.set(id, answer => resolve(answer.subarray(8)))
            upstream.write(frame)
          })
        return
      }
      answers.set(id, answer => {
        if (fate === 'lose-answer') client.resetAndDestroy()
        else client.write([METADATA, FIND_COORDINATOR].includes(apiKey) ? moved(answer) : answer)
      })
      upstream.write(frame)
    })
    eachFrame(upstream, frame => {
      const id = frame.readInt32BE(4)
      answers.get(id)?.(frame)
      answers.delete(id)
    })
    upstream.on('close', () => client.destroy())
    client.on('close', () => {
      if (held === undefined) upstream.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const own = (server.address() as AddressInfo).port
  /** The answer with this proxy in the broker's place: clients go where the cluster's metadata sends them. */
  function moved(answer: Buffer): Buffer {
    const from = endpoint(host, Number(port))
    for (let at = answer.indexOf(from); at !== -1; at = answer.indexOf(from, at + 1))
      endpoint(host, own).copy(answer, at)
    return answer
  }
  const proxy: RequestProxy = {
    address: `${host}:${own}`,
    fate: () => 'pass',
    count: apiKey => counts.get(apiKey) ?? 0,
    release: () => held!(),
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}

function endpoint(host: string, port: number): Buffer {
  const bytes = Buffer.alloc(host.length + 4)
  bytes.write(host)
  bytes.writeInt32BE(port, host.length)
  return bytes
}

/** Length words and what they announce, one after the other. */
function eachFrame(socket: Socket, take: (frame: Buffer) => void | Promise<void>): void {
  let rest: Buffer = Buffer.alloc(0)
  let last: Promise<void> = Promise.resolve()
  socket.on('data', part => {
    rest = Buffer.concat([rest, part as Buffer])
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE(0)) {
      const frame = Buffer.from(rest.subarray(0, 4 + rest.readInt32BE(0)))
      rest = rest.subarray(frame.length)
      last = last.then(() => take(frame))
    }
  })
}
