// `npm run services [start|stop|status]`: a real Kafka broker, S3 server and PostgreSQL on loopback, installed into .services/.
// Tests start their own by startKafka, startS3 and startPostgres.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import {
  HERE,
  installKafka,
  installPostgres,
  installS3,
  KAFKA_LIBS,
  ROOT,
  VERSITYGW,
} from './service-install.ts'
import {
  alive,
  freePort,
  launch,
  listens,
  run,
  type Service,
  service,
  stop,
  until,
} from './service-process.ts'

export type { Service } from './service-process.ts'

/** Credentials of the S3 server. */
export const S3_ACCESS = { accessKeyId: 'weir', secretAccessKey: 'weir-secret' }

/** Apache Kafka 4.4 from its Maven artifacts, one KRaft process; `dir` is made anew when it holds no log. */
export async function startKafka(dir: string, port?: number): Promise<Service> {
  installKafka()
  mkdirSync(dir, { recursive: true })
  const at = port ?? (await freePort())
  const controller = await freePort()
  const properties = join(dir, 'server.properties')
  const template = readFileSync(join(HERE, 'kafka', 'server.properties.in'), 'utf8')
  const values: Record<string, string> = {
    PORT: String(at),
    CPORT: String(controller),
    DATA: join(dir, 'data'),
  }
  writeFileSync(
    properties,
    template.replace(/@(\w+)@/g, (_, name: string) => values[name]!),
  )
  const java = [
    `-Dlog4j2.configurationFile=${join(HERE, 'kafka', 'log4j2.properties')}`,
    '-cp',
    `${KAFKA_LIBS}/*`,
  ]
  if (!existsSync(join(dir, 'data', 'meta.properties'))) {
    run('java', [
      '-Xmx256m',
      ...java,
      'kafka.tools.StorageTool',
      'format',
      '-t',
      clusterId(),
      '-c',
      properties,
    ])
  }
  const args = ['-Xms384m', '-Xmx384m', '-XX:+UseG1GC', ...java, 'kafka.Kafka', properties]
  const pid = launch('java', args, dir)
  await until(pid, dir, () => readFileSync(join(dir, 'log'), 'utf8').includes('Kafka Server started'))
  return service(at, pid)
}

/** versitygw over a folder; buckets are made through the API. */
export async function startS3(dir: string, port?: number): Promise<Service> {
  installS3()
  const data = join(dir, 'data')
  mkdirSync(data, { recursive: true })
  const at = port ?? (await freePort())
  const { accessKeyId, secretAccessKey } = S3_ACCESS
  const args = [
    '--access',
    accessKeyId,
    '--secret',
    secretAccessKey,
    '--port',
    `127.0.0.1:${at}`,
    'posix',
    data,
  ]
  const pid = launch(VERSITYGW, args, dir)
  await until(pid, dir, () => listens(at))
  return service(at, pid)
}

/** PostgreSQL with logical WAL, no durability, user postgres without password; never as root. */
export async function startPostgres(dir: string, port?: number): Promise<Service> {
  const bin = installPostgres()
  mkdirSync(dir, { recursive: true })
  const data = join(dir, 'data')
  const at = port ?? (await freePort())
  const asUser = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : []
  if (asUser.length > 0) run('chown', ['postgres', dir])
  const command = [...asUser, join(bin, 'postgres'), '-D', data]
  if (!existsSync(join(data, 'PG_VERSION'))) {
    const init = [...asUser, join(bin, 'initdb'), '-D', data, '-U', 'postgres', '--auth=trust', '--no-sync']
    run(init[0]!, [...init.slice(1), '-E', 'UTF8', '--locale=C', '--lc-ctype=C.UTF-8'])
  }
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(at),
    unix_socket_directories: '',
    wal_level: 'logical',
    fsync: 'off',
    full_page_writes: 'off',
    shared_buffers: '32MB',
  }
  for (const [name, value] of Object.entries(settings)) command.push('-c', `${name}=${value}`)
  const pid = launch(command[0]!, command.slice(1), dir)
  await until(pid, dir, () => readFileSync(join(dir, 'log'), 'utf8').includes('ready to accept connections'))
  return service(at, pid)
}

const STARTERS = { kafka: startKafka, s3: startS3, postgres: startPostgres } as const
type Name = keyof typeof STARTERS
/** Where `npm run services` listens; the ports of docker/compose.yml. */
const PORTS: Readonly<Record<Name, number>> = { kafka: 19092, s3: 17070, postgres: 15432 }
const COMPOSE = ['compose', '-f', join(HERE, '..', 'docker', 'compose.yml')]

/** Addresses of the three shared services, started when they are not running: as containers where a Docker engine answers. */
export async function ensureServices(): Promise<Readonly<Record<Name, string>>> {
  const names = Object.keys(STARTERS) as Name[]
  if (dockerAnswers()) {
    run('docker', [...COMPOSE, 'up', '--detach', '--wait', ...names])
    const at = (name: Name) => `127.0.0.1:${PORTS[name]}`
    await makeBucket(at('s3'), 'weir')
    return { kafka: at('kafka'), s3: at('s3'), postgres: at('postgres') }
  }
  const addresses: Record<Name, string> = { kafka: '', s3: '', postgres: '' }
  for (const name of names) {
    const dir = join(ROOT, name, 'run')
    const running = recorded(dir)
    if (running !== undefined) addresses[name] = running.address
    else {
      const started = await STARTERS[name](dir, PORTS[name])
      writeFileSync(join(dir, 'service.json'), JSON.stringify({ address: started.address, pid: started.pid }))
      addresses[name] = started.address
    }
  }
  await makeBucket(addresses.s3, 'weir')
  return addresses
}

/** Makes a bucket of the S3 server unless it is there. */
export async function makeBucket(address: string, name: string): Promise<void> {
  const client = new S3Client({
    endpoint: `http://${address}`,
    region: 'us-east-1',
    credentials: S3_ACCESS,
    forcePathStyle: true,
  })
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }))
  } catch (error) {
    if (!['BucketAlreadyExists', 'BucketAlreadyOwnedByYou'].includes((error as Error).name)) throw error
  } finally {
    client.destroy()
  }
}

function recorded(dir: string): { readonly address: string; readonly pid: number } | undefined {
  const file = join(dir, 'service.json')
  if (!existsSync(file)) return undefined
  const found = JSON.parse(readFileSync(file, 'utf8')) as { address: string; pid: number }
  if (alive(found.pid)) return found
  rmSync(file)
  return undefined
}

function dockerAnswers(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 5000 }).status === 0
}

function clusterId(): string {
  return `A${Math.random().toString(36).slice(2).padEnd(20, '0').slice(0, 20)}A`
}

async function main(command: string): Promise<void> {
  if (command === 'start') {
    const { kafka, s3, postgres } = await ensureServices()
    console.log(
      `WEIR_TEST_KAFKA=${kafka}\nWEIR_TEST_S3=http://${s3}\nWEIR_TEST_POSTGRES=postgres://postgres@${postgres}/postgres`,
    )
    return
  }
  if (command !== 'stop' && command !== 'status')
    throw new Error('usage: npm run services [start|stop|status]')
  if (dockerAnswers()) {
    const names = Object.keys(STARTERS)
    const words = command === 'stop' ? ['rm', '--stop', '--force', ...names] : ['ps', ...names]
    console.log(spawnSync('docker', [...COMPOSE, ...words], { encoding: 'utf8' }).stdout.trimEnd())
    return
  }
  for (const name of Object.keys(STARTERS)) {
    const dir = join(ROOT, name, 'run')
    const running = recorded(dir)
    if (command === 'stop' && running !== undefined) {
      await stop(running.pid)
      rmSync(join(dir, 'service.json'))
    }
    console.log(
      `${name}: ${running === undefined ? 'not running' : command === 'stop' ? 'stopped' : running.address}`,
    )
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv[2] ?? 'start')
