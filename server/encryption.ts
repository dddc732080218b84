import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'

/** The name by which PostgreSQL's clients ask for it when they begin with TLS at once. */
export const ALPN = 'postgresql'
/** The first byte of a TLS handshake; no startup message is so long that its length begins with it. */
export const TLS_HANDSHAKE = 0x16

/** A certificate with its key, as TLS is begun with. */
export interface Encryption {
  readonly cert: Buffer
  readonly key: Buffer
  readonly context: SecureContext
  /** `tls-server-end-point` of RFC 5929; undefined where the certificate's signature names no hash. */
  readonly binding: Buffer | undefined
}

/** Reads the PEM files. Throws Error when they cannot be read or do not belong together. */
export function readEncryption(certFile: string, keyFile: string): Encryption {
  const [cert, key] = [readFileSync(certFile), readFileSync(keyFile)]
  const context = createSecureContext({ cert, key, minVersion: 'TLSv1.2' })
  return { cert, key, context, binding: endPoint(new X509Certificate(cert)) }
}

/** The certificate's digest, by the hash that signed it, SHA-256 in place of weaker ones. */
function endPoint(certificate: X509Certificate): Buffer | undefined {
  const name = /(md5|sha-?\d+)/i
    .exec(certificate.signatureAlgorithm ?? '')?.[1]
    ?.toLowerCase()
    .replace('-', '')
  if (name === undefined) return undefined
  return createHash(name === 'md5' || name === 'sha1' ? 'sha256' : name)
    .update(certificate.raw)
    .digest()
}

/** Shakes hands over a socket nobody reads from; undefined: the client does not, and the socket is gone. */
export async function encrypt(socket: Socket, { context }: Encryption): Promise<TLSSocket | undefined> {
  const secure = new TLSSocket(socket, { isServer: true, secureContext: context, ALPNProtocols: [ALPN] })
  return new Promise(resolve => {
    secure.on('error', () => {})
    secure.once('close', () => resolve(undefined))
    secure.once('secure', () => resolve(secure))
  })
}

/** What was agreed upon. */
export function tlsOf(socket: TLSSocket): { version: string; cipher: string; bits: number } {
  const { standardName } = socket.getCipher()
  return {
    version: socket.getProtocol() ?? '',
    cipher: standardName,
    bits: standardName.includes('256_GCM') || standardName.includes('CHACHA20') ? 256 : 128,
  }
}
