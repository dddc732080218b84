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

/** A fault that a test chose for one request. */
export interface Planned {
  readonly fault: Fault
  /** The store has done what was asked, or was never asked; the client does not know yet. */
  now?(): void
}

export interface FaultyProxy {
  /** host:port on loopback. */
  readonly address: string
  /** Asked for each request before chance is. */
  plan: ((method: string, path: string, body: Buffer) => Planned | undefined) | undefined
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
    const chosen = random() < proxy.chance ? FAULTS[Math.floor(random() * FAULTS.length)] : undefined
    const fateOf = (body: Buffer): Planned | undefined => {
      const planned = proxy.plan?.(incoming.method!, incoming.url!, body)
      const fate = planned ?? (chosen && { fault: chosen })
      if (fate !== undefined) counts[fate.fault]++
      return fate
    }
    handle(upstream, incoming, answer, fateOf, random() * LATE_MS).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const proxy: FaultyProxy = {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: undefined,
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
  fateOf: (body: Buffer) => Planned | undefined,
  lateMs: number,
): Promise<void> {
  const { socket } = incoming
  const body: Buffer[] = []
  for await (const part of incoming) body.push(part as Buffer)
  const { fault, now } = fateOf(Buffer.concat(body)) ?? { fault: undefined }
  if (fault === 'reset') {
    now?.()
    return void socket.resetAndDestroy()
  }
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
  now?.()
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
