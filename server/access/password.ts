import { makeVerifier, type Verifier } from '../protocol/scram.ts'

const STORED = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/

/** What is kept of a password, in PostgreSQL's form; a password that has this form already is kept as it is. */
export function storedPassword(password: string): string {
  if (STORED.test(password)) return password
  const { iterations, salt, storedKey, serverKey } = makeVerifier(password)
  const text = (bytes: Buffer) => bytes.toString('base64')
  return `SCRAM-SHA-256$${iterations}:${text(salt)}$${text(storedKey)}:${text(serverKey)}`
}

/** Reads what `storedPassword` wrote. */
export function verifierOf(stored: string): Verifier | undefined {
  const parts = STORED.exec(stored)
  if (parts === null) return undefined
  const bytes = (text: string) => Buffer.from(text, 'base64')
  return {
    iterations: Number(parts[1]),
    salt: bytes(parts[2]!),
    storedKey: bytes(parts[3]!),
    serverKey: bytes(parts[4]!),
  }
}
