import { BlockList, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'

/** What a matching rule asks of a client. `declared`: the password of a role that has one, nothing of others. */
export type LoginMethod = 'trust' | 'declared' | 'scram' | 'reject'

/** One line: for whom it is, and how they log in. */
export interface HostRule {
  /** undefined: with TLS and without. */
  readonly encrypted: boolean | undefined
  readonly databases: readonly string[]
  readonly users: readonly string[]
  /** undefined: every address. */
  readonly addresses: BlockList | undefined
  readonly method: LoginMethod
}

/** Who knocks. */
export interface Knock {
  readonly user: string
  readonly database: string
  /** The client's IP address. */
  readonly address: string
  readonly encrypted: boolean
  /** The user and the roles it is a member of. */
  readonly roles: ReadonlySet<string>
}

/** The first rule that fits; undefined: none does, and the client is refused. */
export function ruleFor(rules: readonly HostRule[], knock: Knock): HostRule | undefined {
  return rules.find(
    rule =>
      (rule.encrypted === undefined || rule.encrypted === knock.encrypted) &&
      (rule.addresses === undefined || includes(rule.addresses, knock.address)) &&
      rule.databases.some(name => fitsDatabase(name, knock)) &&
      rule.users.some(name => name === 'all' || fitsUser(name, knock)),
  )
}

/**
 * What holds without a file: from loopback anyone whose role has no password, unless the server has one; from elsewhere only
 * with a password, and with TLS where it can be had. `tls`: `required` even on loopback.
 */
export function defaultRules(password: boolean, tls: 'none' | 'offered' | 'required'): HostRule[] {
  const all = { databases: ['all'], users: ['all'] }
  const near = tls === 'required' ? true : undefined
  const far = tls === 'none' ? undefined : true
  const nearby: HostRule = {
    ...all,
    encrypted: near,
    addresses: LOOPBACK,
    method: password ? 'scram' : 'declared',
  }
  return password ? [nearby, { ...all, encrypted: far, addresses: undefined, method: 'scram' }] : [nearby]
}

/**
 * Reads lines as those of pg_hba.conf: TYPE DATABASE USER ADDRESS METHOD. Throws Error naming the line for what it does not
 * know, and for trust beyond loopback. Lines of type `local` are skipped: there is no such socket.
 */
export function parseHostRules(text: string): HostRule[] {
  const rules: HostRule[] = []
  const lines = text.replaceAll('\\\n', ' ').split('\n')
  for (const [index, line] of lines.entries()) {
    try {
      const rule = parseLine(line)
      if (rule !== undefined) rules.push(rule)
    } catch (error) {
      throw new Error(`line ${index + 1}: ${(error as Error).message}`)
    }
  }
  return rules
}

const TYPES: Readonly<Record<string, boolean | undefined>> = {
  host: undefined,
  hostssl: true,
  hostnossl: false,
  hostnogssenc: undefined,
}
// Passwords are kept as SCRAM verifiers only; PostgreSQL too then answers md5 with SCRAM.
const METHODS: Readonly<Record<string, LoginMethod>> = {
  trust: 'trust',
  reject: 'reject',
  scram: 'scram',
  'scram-sha-256': 'scram',
  md5: 'scram',
}

/** A name in quotes means just itself, not a keyword. */
const QUOTED = '\0'

function parseLine(line: string): HostRule | undefined {
  const words = [...line.matchAll(/#.*|((?:"[^"]*"|[^\s"#])+)/g)].flatMap(match => match[1] ?? [])
  const [type, database, user, ...rest] = words
  if (type === undefined || type === 'local') return undefined
  if (!Object.hasOwn(TYPES, type)) throw new Error(`unknown connection type "${type}"`)
  if (database === undefined || user === undefined || rest.length < 2) throw new Error('fields are missing')
  const masked = rest[0]!.includes('/') || isIP(rest[0]!) === 0 ? undefined : rest[1]
  const [method, ...options] = rest.slice(masked === undefined ? 1 : 2)
  if (method === undefined) throw new Error('the method is missing')
  if (!Object.hasOwn(METHODS, method)) throw new Error(`authentication method "${method}" is not supported`)
  if (options.length > 0) throw new Error(`authentication option "${options[0]}" is not supported`)
  const addresses = addressesOf(rest[0]!, masked)
  if (method === 'trust' && addresses !== LOOPBACK && !withinLoopback(rest[0]!))
    throw new Error('trust is for addresses of loopback only')
  return {
    encrypted: TYPES[type],
    databases: list(database),
    users: list(user),
    addresses,
    method: METHODS[method]!,
  }
}

function list(field: string): string[] {
  const names = [...field.matchAll(/"([^"]*)"|([^,"]+)/g)]
  return names.map(match => (match[1] === undefined ? match[2]! : QUOTED + match[1]))
}

function fitsDatabase(name: string, { database, user, roles }: Knock): boolean {
  if (name === 'all') return true
  if (name === 'sameuser') return database === user
  if (name === 'samerole' || name === 'samegroup') return roles.has(database)
  return named(name, database)
}

function fitsUser(name: string, { user, roles }: Knock): boolean {
  return name.startsWith('+') ? roles.has(name.slice(1)) : named(name, user)
}

function named(pattern: string, name: string): boolean {
  if (pattern.startsWith(QUOTED)) return pattern.slice(1) === name
  return pattern === name
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether an address, or all of a network, is this machine's own. */
function withinLoopback(field: string): boolean {
  const [address = '', prefix] = field.split('/')
  return includes(LOOPBACK, address) && Number(prefix ?? 8) >= 8
}

function includes(addresses: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && addresses.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function addressesOf(field: string, mask: string | undefined): BlockList | undefined {
  if (field === 'all') return undefined
  if (field === 'localhost') return LOOPBACK
  const found = new BlockList()
  if (field === 'samehost' || field === 'samenet') {
    for (const each of Object.values(networkInterfaces()).flat())
      if (each !== undefined)
        addNetwork(found, each.address, field === 'samenet' ? bitsOf(each.netmask) : undefined)
    return found
  }
  const [address = '', prefix] = field.split('/')
  if (isIP(address) === 0)
    throw new Error(`address "${field}" is neither an IP address nor a network; names are not looked up`)
  if (prefix === undefined && mask === undefined)
    throw new Error(`address "${field}" needs a length: ${field}/32`)
  addNetwork(found, address, prefix === undefined ? bitsOf(mask!) : Number(prefix))
  return found
}

function addNetwork(list: BlockList, address: string, bits: number | undefined): void {
  const [family, most] = isIP(address) === 6 ? (['ipv6', 128] as const) : (['ipv4', 32] as const)
  const length = bits ?? most
  if (!Number.isInteger(length) || length < 0 || length > most)
    throw new Error(`invalid CIDR mask in address "${address}"`)
  // A prefix of no bits is not one that BlockList takes.
  if (length > 0) list.addSubnet(address, length, family)
  else
    for (const half of family === 'ipv4' ? ['0.0.0.0', '128.0.0.0'] : ['::', '8000::'])
      list.addSubnet(half, 1, family)
}

/** The leading ones of a mask such as 255.255.0.0 or ffff::. */
function bitsOf(mask: string): number {
  if (isIP(mask) === 0) throw new Error(`invalid IP mask "${mask}"`)
  const digits = mask.includes(':')
    ? mask
        .split('::')[0]!
        .split(':')
        .filter(Boolean)
        .map(part => Number.parseInt(part, 16).toString(2).padStart(16, '0'))
    : mask.split('.').map(part => Number(part).toString(2).padStart(8, '0'))
  return /^1*/.exec(digits.join(''))![0].length
}
