import { parseArgs } from 'node:util'
import { LOG_LEVELS } from './observability/log.ts'
import { isOn } from './session/setting-checks.ts'

/** Every option of the server: flag, environment variable WEIR_…, default, help. */
export const OPTIONS = {
  port: { default: '4566', help: 'port of the PostgreSQL protocol' },
  'http-port': { default: '5691', help: 'port of console and metrics' },
  host: { default: '127.0.0.1', help: 'address to listen on; other than loopback only with a password' },
  data: { default: 'weir-data', help: 'folder of local files' },
  state: { default: '', help: 'the bucket: a folder or s3://bucket/prefix; default: DATA/bucket' },
  user: { default: 'root', help: 'who may log in when there is a password' },
  password: {
    default: '',
    help: 'the password (better given as WEIR_PASSWORD); none: anyone on this machine',
  },
  'tls-cert': {
    default: '',
    help: 'certificate chain (PEM) to encrypt connections with; read again at SIGHUP',
  },
  'tls-key': { default: '', help: 'its private key (PEM)' },
  'tls-required': { default: 'no', help: 'yes: connections without TLS are refused, on loopback too' },
  'host-rules': {
    default: '',
    help: 'file of rules as in pg_hba.conf: who may log in from where; read again at SIGHUP',
  },
  insecure: { default: 'no', help: 'yes: listen beyond loopback although nothing is encrypted' },
  'connections-max': { default: '1000', help: 'sessions at a time' },
  'login-timeout-ms': { default: '10000', help: 'milliseconds a client may take to log in' },
  'log-level': { default: 'info', help: 'silent, error, warn, info or debug' },
  'barrier-interval-ms': { default: '1000', help: 'milliseconds between barriers' },
  'garbage-interval-ms': {
    default: '60000',
    help: 'milliseconds between deletions of what the bucket no longer needs',
  },
  'query-memory-mb': {
    default: '0',
    help: 'megabytes of rows that one query may hold; 0: a quarter of the memory there is',
  },
} as const

export interface Config {
  readonly port: number
  readonly httpPort: number
  readonly host: string
  readonly data: string
  readonly state: string
  readonly user: string
  /** '': anyone may log in. */
  readonly password: string
  readonly tlsCert: string
  readonly tlsKey: string
  readonly tlsRequired: boolean
  readonly hostRules: string
  readonly insecure: boolean
  readonly connectionsMax: number
  readonly loginTimeoutMs: number
  readonly logLevel: string
  readonly barrierIntervalMs: number
  readonly garbageIntervalMs: number
  /** 0: a quarter of the memory there is. */
  readonly queryMemoryMb: number
}

/** Throws Error with a message for the user. */
export function readConfig(args: readonly string[], env: NodeJS.ProcessEnv): Config | 'help' {
  const options = {
    help: { type: 'boolean' },
    ...Object.fromEntries(Object.keys(OPTIONS).map(name => [name, { type: 'string' }])),
  }
  const { values } = parseArgs({ args: [...args], options: options as never, strict: true })
  const given = values as Readonly<Record<string, string | boolean | undefined>>
  if (given['help']) return 'help'
  const text = (name: keyof typeof OPTIONS): string =>
    String(given[name] ?? env[`WEIR_${name.toUpperCase().replaceAll('-', '_')}`] ?? OPTIONS[name].default)
  const whole = (name: keyof typeof OPTIONS): number => {
    if (!/^\d+$/.test(text(name))) throw new Error(`--${name} must be a whole number, not "${text(name)}"`)
    return Number(text(name))
  }
  const yes = (name: keyof typeof OPTIONS): boolean => isOn(text(name))
  if (!(LOG_LEVELS as readonly string[]).includes(text('log-level')))
    throw new Error(`--log-level must be one of ${LOG_LEVELS.join(', ')}`)
  return {
    port: whole('port'),
    httpPort: whole('http-port'),
    host: text('host'),
    data: text('data'),
    state: text('state'),
    user: text('user'),
    password: text('password'),
    tlsCert: text('tls-cert'),
    tlsKey: text('tls-key'),
    tlsRequired: yes('tls-required'),
    hostRules: text('host-rules'),
    insecure: yes('insecure'),
    connectionsMax: whole('connections-max'),
    loginTimeoutMs: whole('login-timeout-ms'),
    logLevel: text('log-level'),
    barrierIntervalMs: whole('barrier-interval-ms'),
    garbageIntervalMs: whole('garbage-interval-ms'),
    queryMemoryMb: whole('query-memory-mb'),
  }
}

export function helpText(): string {
  const lines = Object.entries(OPTIONS).map(
    ([name, { default: value, help }]) => `  --${name.padEnd(22)}${help}${value === '' ? '' : ` (${value})`}`,
  )
  return [
    'weir: a streaming SQL database server',
    '',
    ...lines,
    '',
    'Each option is also read from WEIR_<NAME>.',
  ].join('\n')
}
