import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto'
import { SqlError } from '../../types/error.ts'

/** What is kept of a password (RFC 5802, 7677): it proves a client's knowledge and cannot be used to log in. */
export interface Verifier {
  readonly salt: Buffer
  readonly iterations: number
  readonly storedKey: Buffer
  readonly serverKey: Buffer
}

export const MECHANISM = 'SCRAM-SHA-256'
/** With the exchange bound to the server's certificate (RFC 5929 tls-server-end-point): nobody can stand between. */
export const BOUND_MECHANISM = 'SCRAM-SHA-256-PLUS'

const ITERATIONS = 4096
const KEY_BYTES = 32
const NONCE_BYTES = 18

/** Derives the verifier; the password is normalised as SASLprep would for letters that have several forms. */
export function makeVerifier(password: string, salt = randomBytes(16), iterations = ITERATIONS): Verifier {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, KEY_BYTES, 'sha256')
  const clientKey = hmac(salted, 'Client Key')
  return { salt, iterations, storedKey: sha256(clientKey), serverKey: hmac(salted, 'Server Key') }
}

/** A verifier that no password fits, the same at every try for one name: unknown users cannot be told from known ones. */
export function fakeVerifier(user: string, secret: Buffer): Verifier {
  const salt = hmac(secret, user).subarray(0, 16)
  return {
    salt,
    iterations: ITERATIONS,
    storedKey: randomBytes(KEY_BYTES),
    serverKey: randomBytes(KEY_BYTES),
  }
}

/** The server's side of one exchange: client-first in, server-first out; client-final in, server-final out. */
export class ScramExchange {
  readonly #verifier: Verifier
  readonly #nonce: string
  readonly #bound: boolean
  readonly #binding: Buffer | undefined
  #header = ''
  #firsts = ''
  #serverNonce = ''

  /** `bound`: the client chose to bind; `binding`: what to, where that was offered. */
  constructor(
    verifier: Verifier,
    bound = false,
    binding: Buffer | undefined = undefined,
    nonce = randomBytes(NONCE_BYTES).toString('base64'),
  ) {
    this.#verifier = verifier
    this.#bound = bound
    this.#binding = binding
    this.#nonce = nonce
  }

  /** Throws 08P01 for a message that is not SCRAM. */
  first(message: string): string {
    const [, header, bare, clientNonce] =
      /^((?:n|y|p=tls-server-end-point),(?:a=[^,]*)?,)(n=[^,]*,r=([\x21-\x2b\x2d-\x7e]+)(?:,.*)?)$/s.exec(
        message,
      ) ?? []
    if (header === undefined || bare === undefined || clientNonce === undefined) throw malformed()
    if (header.startsWith('p=') !== this.#bound) throw malformed()
    // The client can bind and was told that we cannot: somebody stands between.
    if (header.startsWith('y') && this.#binding !== undefined) throw malformed()
    const { salt, iterations } = this.#verifier
    this.#header = header
    this.#serverNonce = clientNonce + this.#nonce
    const reply = `r=${this.#serverNonce},s=${salt.toString('base64')},i=${iterations}`
    this.#firsts = `${bare},${reply}`
    return reply
  }

  /** undefined: the proof is wrong. */
  final(message: string): string | undefined {
    const [, withoutProof, binding, nonce, proof] =
      /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,.*)?),p=([A-Za-z0-9+/=]+)$/s.exec(message) ?? []
    if (withoutProof === undefined || binding === undefined || nonce === undefined || proof === undefined)
      throw malformed()
    const bytes = this.#bound ? (this.#binding ?? Buffer.alloc(0)) : Buffer.alloc(0)
    if (!Buffer.from(binding, 'base64').equals(Buffer.concat([Buffer.from(this.#header), bytes])))
      throw new SqlError('invalid_authorization_specification', 'SCRAM channel binding check failed')
    const { storedKey, serverKey } = this.#verifier
    const text = `${this.#firsts},${withoutProof}`
    const signature = hmac(storedKey, text)
    const given = Buffer.from(proof, 'base64')
    if (given.length !== KEY_BYTES) throw malformed()
    const clientKey = Buffer.from(signature.map((byte, i) => byte ^ given[i]!))
    const known = timingSafeEqual(sha256(clientKey), storedKey)
    const sameNonce = nonce === this.#serverNonce
    return known && sameNonce ? `v=${hmac(serverKey, text).toString('base64')}` : undefined
  }
}

function malformed(): SqlError {
  return new SqlError('protocol_violation', 'malformed SCRAM message')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
