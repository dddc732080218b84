import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { SqlError } from '../types/error.ts'
import { Fields, type Messages } from './protocol/frames.ts'
import type { Incoming } from './protocol/incoming.ts'
import { fakeVerifier, makeVerifier, ScramExchange, type Verifier } from './protocol/scram.ts'

/** Who may log in. */
export interface Authentication {
  /** undefined: anyone, without a password. */
  readonly user: string | undefined
  verifierOf(user: string): Verifier
}

const FAILED_LOGIN_MS = 250
const SASL = 10
const SASL_CONTINUE = 11
const SASL_FINAL = 12
const MECHANISM = 'SCRAM-SHA-256'

/** One user with a password; no password: anyone. */
export function authentication(user: string, password: string): Authentication | undefined {
  if (password === '') return undefined
  const secret = randomBytes(32)
  const verifier = makeVerifier(password)
  return { user, verifierOf: name => (name === user ? verifier : fakeVerifier(name, secret)) }
}

/** Asks for the password by SCRAM-SHA-256. Throws 28P01; undefined when the client leaves. */
export async function authenticate(
  user: string,
  rules: Authentication,
  out: Messages,
  incoming: Incoming,
  flush: () => Promise<void>,
): Promise<'known' | undefined> {
  const exchange = new ScramExchange(rules.verifierOf(user))
  out.begin('R').int32(SASL).string(MECHANISM).text('\0').end()
  await flush()
  const first = await response(incoming)
  if (first === undefined) return undefined
  const mechanism = first.string()
  if (mechanism !== MECHANISM)
    throw new SqlError('protocol_violation', 'client selected an invalid SASL authentication mechanism')
  const length = first.int32()
  out
    .begin('R')
    .int32(SASL_CONTINUE)
    .text(exchange.first(first.take(length).toString()))
    .end()
  await flush()
  const last = await response(incoming)
  if (last === undefined) return undefined
  const proof = exchange.final(last.rest().toString())
  if (proof === undefined) {
    await sleep(FAILED_LOGIN_MS)
    throw new SqlError('invalid_password', `password authentication failed for user "${user}"`)
  }
  out.begin('R').int32(SASL_FINAL).text(proof).end()
  return 'known'
}

async function response(incoming: Incoming): Promise<Fields | undefined> {
  const frame = await incoming.next()
  if (frame === undefined) return undefined
  if (frame.type !== 'p')
    throw new SqlError('protocol_violation', `expected password response, got message type ${frame.type}`)
  return new Fields(frame.body)
}
