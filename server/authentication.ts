import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RoleDef } from '../planner/access.ts'
import { SqlError } from '../types/error.ts'
import { verifierOf } from './access/password.ts'
import { Fields, type Messages } from './protocol/frames.ts'
import type { Incoming } from './protocol/incoming.ts'
import { fakeVerifier, makeVerifier, ScramExchange, type Verifier } from './protocol/scram.ts'

/** Who may log in, and how. */
export interface Authentication {
  /** What proves who the user is; undefined: nothing is asked. Throws 28000. */
  verifierOf(user: string): Verifier | undefined
  /** After the proof. Throws 28000. */
  requireLogin(user: string): void
}

const FAILED_LOGIN_MS = 250
const SASL = 10
const SASL_CONTINUE = 11
const SASL_FINAL = 12
const MECHANISM = 'SCRAM-SHA-256'

/**
 * The server's own user, and the roles that were declared. Without a password on the server, which then listens on loopback
 * only, roles without one log in unasked, and as long as no role is declared, anyone does.
 */
export function authentication(
  user: string,
  password: string,
  roles: () => readonly RoleDef[],
): Authentication {
  const secret = randomBytes(32)
  const open = password === ''
  const verifier = open ? undefined : makeVerifier(password)
  const find = (name: string) => roles().find(role => role.name === name)
  return {
    verifierOf(name) {
      if (!open && name === user) return verifier
      const role = find(name)
      if (role?.password !== undefined) return verifierOf(role.password) ?? fakeVerifier(name, secret)
      return open ? undefined : fakeVerifier(name, secret)
    },
    requireLogin(name) {
      const role = find(name)
      const message =
        role !== undefined
          ? !role.login && `role "${name}" is not permitted to log in`
          : ![user, 'root'].includes(name) && roles().length > 0 && `role "${name}" does not exist`
      if (message !== false) throw new SqlError('invalid_authorization_specification', message)
    },
  }
}

/** Asks for the password by SCRAM-SHA-256 where there is one. Throws 28P01; undefined when the client leaves. */
export async function authenticate(
  user: string,
  rules: Authentication,
  out: Messages,
  incoming: Incoming,
  flush: () => Promise<void>,
): Promise<'known' | undefined> {
  const verifier = rules.verifierOf(user)
  if (verifier === undefined) {
    rules.requireLogin(user)
    return 'known'
  }
  const exchange = new ScramExchange(verifier)
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
  rules.requireLogin(user)
  return 'known'
}

async function response(incoming: Incoming): Promise<Fields | undefined> {
  const frame = await incoming.next()
  if (frame === undefined) return undefined
  if (frame.type !== 'p')
    throw new SqlError('protocol_violation', `expected password response, got message type ${frame.type}`)
  return new Fields(frame.body)
}
