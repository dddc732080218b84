import { SqlError } from '../types/error.ts'
import { Fields, type Frame, type Messages } from './protocol/frames.ts'

const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102
const MINOR_MAX = 0

/** What a client asks before there is a session. */
export type Opening =
  | { readonly kind: 'tls' }
  | { readonly kind: 'gss' }
  | { readonly kind: 'cancel'; readonly pid: number; readonly secret: Buffer }
  | { readonly kind: 'start'; readonly parameters: ReadonlyMap<string, string> }

/** Reads an SSLRequest, GSSENCRequest, CancelRequest or StartupMessage. Throws 0A000 for another protocol. */
export function readOpening(frame: Frame, out: Messages): Opening {
  const fields = new Fields(frame.body)
  const code = fields.int32()
  if (code === SSL_REQUEST) return { kind: 'tls' }
  if (code === GSS_REQUEST) return { kind: 'gss' }
  if (code === CANCEL_REQUEST) return { kind: 'cancel', pid: fields.int32(), secret: fields.rest() }
  const [major, minor] = [code >>> 16, code & 0xffff]
  if (major !== 3)
    throw new SqlError(
      'feature_not_supported',
      `unsupported frontend protocol ${major}.${minor}: server supports 3.0 to 3.0`,
    )
  const parameters = new Map<string, string>()
  for (let name = fields.string(); name !== ''; name = fields.string()) parameters.set(name, fields.string())
  const extensions = [...parameters.keys()].filter(name => name.startsWith('_pq_.'))
  if (minor > MINOR_MAX || extensions.length > 0) negotiate(out, extensions)
  for (const name of extensions) parameters.delete(name)
  return { kind: 'start', parameters }
}

/** NegotiateProtocolVersion: the newest we speak, and what we do not know. */
function negotiate(out: Messages, extensions: readonly string[]): void {
  out
    .begin('v')
    .int32((3 << 16) | MINOR_MAX)
    .int32(extensions.length)
  for (const name of extensions) out.string(name)
  out.end()
}

const NOT_SETTINGS = new Set(['user', 'database', 'options', 'replication'])

/** Settings that a startup message asks for, those of `options` (-c name=value, --name=value) first. Throws 22023. */
export function startupSettings(parameters: ReadonlyMap<string, string>): Map<string, string> {
  const settings = new Map<string, string>()
  const words = (parameters.get('options') ?? '').match(/(?:\\.|\S)+/g) ?? []
  const plain = words.map(word => word.replace(/\\(.)/g, '$1'))
  for (let i = 0; i < plain.length; i++) {
    const text = plain[i] === '-c' ? (plain[++i] ?? '') : plain[i]!.replace(/^(-c|--)/, '')
    const at = text.indexOf('=')
    if (at < 1 || (plain[i] === text && plain[i - 1] !== '-c'))
      throw new SqlError('invalid_parameter_value', `invalid command-line argument for server: ${text}`)
    settings.set(text.slice(0, at).replaceAll('-', '_'), text.slice(at + 1))
  }
  for (const [name, value] of parameters) if (!NOT_SETTINGS.has(name)) settings.set(name, value)
  return settings
}
