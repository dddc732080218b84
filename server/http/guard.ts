import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

export interface GuardOptions {
  /** The address the server listens on. */
  readonly host: string
  readonly user: string
  /** '': no password. */
  readonly password: string
}

export type Refusal = { readonly status: 401 | 403; readonly message: string }

/**
 * Why a request is refused; undefined: it is not. A page of another site must not read or steer a console on loopback: its
 * requests name another origin, or (when its name was pointed at 127.0.0.1) another host.
 */
export function refusal(headers: IncomingHttpHeaders, options: GuardOptions): Refusal | undefined {
  const { host, password } = options
  const named = hostName(headers.host ?? '')
  const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
  if (password === '' && !loopback.test(named) && named !== host)
    return { status: 403, message: `host "${named}" is not this server's` }
  const { origin } = headers
  if (origin !== undefined && ![`http://${headers.host}`, `https://${headers.host}`].includes(origin))
    return { status: 403, message: 'requests of other sites are refused' }
  if (headers['sec-fetch-site'] === 'cross-site')
    return { status: 403, message: 'requests of other sites are refused' }
  if (password !== '' && !authorized(headers.authorization, options))
    return { status: 401, message: 'user and password, please' }
  return undefined
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '')
}

function authorized(header: string | undefined, { user, password }: GuardOptions): boolean {
  const [, given] = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '') ?? []
  const digest = (text: string) => createHash('sha256').update(text).digest()
  const decoded = Buffer.from(given ?? '', 'base64').toString()
  return timingSafeEqual(digest(decoded), digest(`${user}:${password}`)) && given !== undefined
}
