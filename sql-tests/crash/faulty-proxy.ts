import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What may befall a request. */
export const FAULTS = [
  'error-500',
  'error-503',
  'reset',
  'delay',
  'lost-answer',
  'cut-answer',
  'late',
] as const
export type Fault = (typeof FAULTS)[number]

export interface FaultyProxy {
  /** host:port on loopback. */
  readonly address: string
  /** Part of the requests that go wrong. */
  chance: number
  /** How often each fault came. */
  readonly counts: Readonly<Record<Fault, number>>
  close(): Promise<void>
}

const DELAY_MS = 700
/** Long enough for another server to have started. */
const LATE_MS = 3000

/**
 * An HTTP proxy before an object store that makes requests fail: by status 500 or 503, by a reset before anything was done, by a
 * delay, by an answer that is lost or cut off after the store did what was asked, or by doing it long after the
 * client's connection was reset (late).
 */
export async function startFaultyProxy(upstream: string, random: () => number): Promise<FaultyProxy> {
  const counts = Object.fromEntries(FAULTS.map(fault => [fault, 0])) as Record<Fault, number>
  const server = createServer((incoming, answer) => {
    const fault = random() < proxy.chance ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined
    if (fault !== undefined) counts[fault]++
    handle(upstream, incoming, answer, fault, random() * LATE_MS).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const proxy: FaultyProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    chance: 0,
    counts,
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
  return proxy
}

async function handle(
  upstream: string,
  incoming: IncomingMessage,
  answer: ServerResponse,
  fault: Fault | undefined,
  lateMs: number,
): Promise<void> {
  const { socket } = incoming
  if (fault === 'reset') return void socket.resetAndDestroy()
  const body: Buffer[] = []
  for await (const part of incoming) body.push(part as Buffer)
  if (fault === 'error-500' || fault === 'error-503') {
    const status = fault === 'error-500' ? 500 : 503
    const code = status === 500 ? 'InternalError' : 'SlowDown'
    answer.writeHead(status, { 'content-type': 'application/xml' })
    answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>made to fail</Message></Error>`)
    return
  }
  if (fault === 'delay') await sleep(DELAY_MS)
  if (fault === 'late') {
    socket.resetAndDestroy()
    await sleep(lateMs)
  }
  const done = await forward(upstream, incoming, Buffer.concat(body))
  if (fault === 'late') return
  if (fault === 'lost-answer') return void socket.resetAndDestroy()
  answer.writeHead(done.status, done.headers)
  if (fault !== 'cut-answer') return void answer.end(done.body)
  answer.write(done.body.subarray(0, done.body.length >> 1))
  await sleep(5)
  socket.resetAndDestroy()
}

interface Done {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: Buffer
}

function forward(upstream: string, incoming: IncomingMessage, body: Buffer): Promise<Done> {
  const { method, url: path, headers } = incoming
  const [hostname, port] = upstream.split(':')
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, method, path, headers, agent: false }, response => {
      const parts: Buffer[] = []
      response.on('data', part => parts.push(part as Buffer))
      response.on('error', reject)
      response.on('end', () => {
        const { 'transfer-encoding': _, connection: __, ...rest } = response.headers
        resolve({ status: response.statusCode ?? 500, headers: rest, body: Buffer.concat(parts) })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
