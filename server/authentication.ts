import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RoleDef, rolesOf } from '../planner/access.ts'
import { SqlError } from '../types/error.ts'
import { type HostRule, type Knock, ruleFor } from './access/host-rules.ts'
import { verifierOf } from './access/password.ts'
import { Fields, type Messages } from './protocol/frames.ts'
import type { Incoming } from './protocol/incoming.ts'
import {
  BOUND_MECHANISM,
  fakeVerifier,
  MECHANISM,
  makeVerifier,
  ScramExchange,
  type Verifier,
} from './protocol/scram.ts'

/** Who may log in, and how. */
export interface Authentication {
  /** What proves who the user is; undefined: nothing is asked. Throws 28000 for whom no rule lets in. */
  verifierOf(client: Client): Verifier | undefined
  /** After the proof. Throws 28000. */
  requireLogin(user: string): void
}

export type Client = Omit<Knock, 'roles'>

const FAILED_LOGIN_MS = 250
const SASL = 10
const SASL_CONTINUE = 11
const SASL_FINAL = 12

/** Users of the server's own, as in RisingWave; without a password they are let in from loopback only. */
const OWN_USERS = ['root', 'postgres']

/** The server's own users and the roles that were declared, let in by the first rule that fits. */
export function authentication(
  user: string,
  password: string,
  roles: () => readonly RoleDef[],
  rules: () => readonly HostRule[],
): Authentication {
  const secret = randomBytes(32)
  const verifier = password === '' ? undefined : makeVerifier(password)
  const find = (name: string) => roles().find(role => role.name === name)
  const known = (name: string) => {
    const stored = find(name)?.password
    return name === user && verifier !== undefined ? verifier : stored && verifierOf(stored)
  }
  return {
    verifierOf(client) {
      const method = ruleFor(rules(), { ...client, roles: rolesOf(client.user, roles()) })?.method ?? 'none'
      if (method === 'none' || method === 'reject') throw refused(client, method)
      if (method === 'trust') return undefined
      return known(client.user) || (method === 'scram' ? fakeVerifier(client.user, secret) : undefined)
    },
    requireLogin(name) {
      const role = find(name)
      if (role === undefined && ![user, ...OWN_USERS].includes(name))
        throw new SqlError('invalid_authorization_specification', `role "${name}" does not exist`, {
          hint: `Log in as "${user}", or as a role that was created.`,
        })
      if (role !== undefined && !role.login)
        throw new SqlError('invalid_authorization_specification', `role "${name}" is not permitted to log in`)
    },
  }
}

function refused({ address, user, database, encrypted }: Client, method: 'reject' | 'none'): SqlError {
  const who = `host "${address}", user "${user}", database "${database}", ${encrypted ? 'SSL encryption' : 'no encryption'}`
  return new SqlError(
    'invalid_authorization_specification',
    method === 'reject' ? `a host rule rejects connection for ${who}` : `no host rule for ${who}`,
  )
}

/** Asks for the password by SCRAM-SHA-256 where there is one. Throws 28P01; undefined when the client leaves. */
export async function authenticate(
  client: Client,
  rules: Authentication,
  out: Messages,
  incoming: Incoming,
  flush: () => Promise<void>,
  /** What binds the exchange to the TLS connection: a hash of the server's certificate. */
  binding?: Buffer,
): Promise<'known' | undefined> {
  const { user } = client
  const verifier = rules.verifierOf(client)
  if (verifier === undefined) {
    rules.requireLogin(user)
    return 'known'
  }
  out.begin('R').int32(SASL)
  if (binding !== undefined) out.string(BOUND_MECHANISM)
  out.string(MECHANISM).text('\0').end()
  await flush()
  const first = await response(incoming)
  if (first === undefined) return undefined
  const mechanism = first.string()
  if (mechanism !== MECHANISM && (mechanism !== BOUND_MECHANISM || binding === undefined))
    throw new SqlError('protocol_violation', 'client selected an invalid SASL authentication mechanism')
  const exchange = new ScramExchange(verifier, mechanism === BOUND_MECHANISM, binding)
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
