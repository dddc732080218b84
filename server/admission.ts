import { readFileSync } from 'node:fs'
import { defaultRules, type HostRule, parseHostRules } from './access/host-rules.ts'
import type { Config } from './config.ts'
import { type Encryption, readEncryption } from './encryption.ts'

/** What decides who gets in: the certificate and the host rules, which may be read again while the server runs. */
export interface Admission {
  readonly encryption: Encryption | undefined
  readonly rules: readonly HostRule[]
}

/** Reads the files that the options name. Throws Error where they are wrong, or where anyone on the network could log in. */
export function readAdmission(config: Config): Admission {
  const { tlsCert, tlsKey, tlsRequired, hostRules, insecure, password } = config
  if ((tlsCert === '') !== (tlsKey === '')) throw new Error('--tls-cert and --tls-key go together')
  if (tlsRequired && tlsCert === '') throw new Error('--tls-required needs --tls-cert and --tls-key')
  requireSafe(config)
  const encryption = tlsCert === '' ? undefined : readEncryption(tlsCert, tlsKey)
  if (hostRules !== '') return { encryption, rules: readRules(hostRules) }
  const offered = encryption === undefined || insecure ? 'none' : 'offered'
  return { encryption, rules: defaultRules(password !== '', tlsRequired ? 'required' : offered) }
}

function readRules(file: string): readonly HostRule[] {
  try {
    return parseHostRules(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`host rules ${file}: ${(error as Error).message}`)
  }
}

function requireSafe({ host, password, insecure, tlsCert, hostRules }: Config): void {
  if (isLoopback(host)) return
  if (password === '' && hostRules === '')
    throw new Error(
      `refusing to listen on ${host} without a password: set WEIR_PASSWORD or --host-rules, or use loopback`,
    )
  if (!insecure && tlsCert === '')
    throw new Error(
      `refusing to listen on ${host}: nothing is encrypted; give --tls-cert and --tls-key, or --insecure yes if the network is trusted`,
    )
}

/** Whether only this machine reaches an address. */
export function isLoopback(host: string): boolean {
  return /^(127(\.\d{1,3}){3}|localhost|::1)$/.test(host)
}
