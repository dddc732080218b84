import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import pg from 'pg'
import { makeCertificate } from '../scripts/certificate.ts'
import { startServer } from './main.ts'
import { report, startupMessage, WireClient } from './protocol/wire-client.ts'
import { TestServer } from './test-server.ts'

const PASSWORD = 'secret'
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f])
const server = await TestServer.start(
  folder => ({
    password: PASSWORD,
    tlsCert: join(folder, 'server.crt'),
    tlsKey: join(folder, 'server.key'),
    hostRules: join(folder, 'rules'),
    log: () => {},
  }),
  async folder => {
    makeCertificate(join(folder, 'server'), 'first')
    const rules = 'hostssl all all 127.0.0.1/32 scram\nhost all local 127.0.0.1/32 trust\n'
    await writeFile(join(folder, 'rules'), rules)
  },
)
const file = (name: string) => join(server.folder, name)
after(() => server.close())

async function login(ssl: pg.ClientConfig['ssl'], extra: pg.ClientConfig = {}): Promise<string> {
  const at = { host: '127.0.0.1', port: server.port, database: 'dev', user: 'root', password: PASSWORD }
  const client = new pg.Client({ ...at, ...(ssl !== undefined && { ssl }), ...extra })
  try {
    await client.connect()
    const { rows } = await client.query(
      "SELECT ssl::text || ' ' || version AS s FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    )
    return rows[0].s
  } catch (error) {
    return `${(error as pg.DatabaseError).code} ${(error as Error).message}`
  } finally {
    await client.end().catch(() => {})
  }
}

test('a client that asks for TLS gets it, a rule of hostssl keeps others out', async () => {
  assert.equal(await login({ rejectUnauthorized: false }), 'true TLSv1.3')
  assert.match(
    await login(undefined),
    /^28000 no host rule for host "127.0.0.1", user "root", database "dev", no encryption/,
  )
})

test('SCRAM is bound to the certificate, and a wrong password stays wrong', async () => {
  const bound = { enableChannelBinding: true } as pg.ClientConfig
  assert.equal(await login({ rejectUnauthorized: false }, bound), 'true TLSv1.3')
  assert.match(await login({ rejectUnauthorized: false }, { ...bound, password: 'x' }), /^28P01/)
})

test('many rows go through TLS', async () => {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    database: 'dev',
    user: 'root',
    password: PASSWORD,
    ssl: { rejectUnauthorized: false },
  })
  await client.connect()
  const { rows } = await client.query("SELECT repeat('x', 1000) AS t FROM generate_series(1, 20000)")
  assert.equal(rows.length, 20000)
  await client.end()
})

test('bytes between the request for TLS and its handshake are refused', async () => {
  const client = await WireClient.open(server.port)
  client.socket.write(Buffer.concat([SSL_REQUEST, startupMessage({ user: 'root', database: 'dev' })]))
  assert.equal(report(await client.until('Z'))['M'], 'received unencrypted data after SSL request')
})

test('TLS at once needs the protocol by name', async () => {
  const options = { port: server.port, host: '127.0.0.1', rejectUnauthorized: false }
  const answer = (ALPNProtocols: string[]) =>
    new Promise<string>(resolve => {
      const socket = connectTls({ ...options, ALPNProtocols }, () =>
        socket.write(startupMessage({ user: 'root', database: 'dev' })),
      )
      socket.once('data', bytes => resolve(bytes.toString('latin1')))
      socket.once('error', error => resolve(error.message))
      socket.once('close', () => resolve('closed'))
    })
  assert.match(await answer(['postgresql']), /^R.*SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0/s)
  assert.match(await answer([]), /without ALPN/)
  assert.match(await answer(['h2']), /alert|closed/i)
})

test('noise and silence in place of a handshake cost only their connection', async () => {
  for (const bytes of [
    Buffer.from('\x16\x03\x01garbage garbage'),
    Buffer.concat([SSL_REQUEST]),
    Buffer.from([0x16]),
  ]) {
    const client = await WireClient.open(server.port)
    client.socket.write(bytes)
    await sleep(20)
    client.socket.write('noise noise noise noise noise')
    await sleep(20)
    client.close()
  }
  assert.equal(await login({ rejectUnauthorized: false }), 'true TLSv1.3')
})

test('a client that is silent in the middle of its handshake is dropped after the login timeout', async () => {
  const tls = { tlsCert: file('server.crt'), tlsKey: file('server.key') }
  const quick = await startServer({
    data: file('quick'),
    port: 0,
    httpPort: 0,
    loginTimeoutMs: 200,
    log: () => {},
    ...tls,
  })
  for (const bytes of [SSL_REQUEST, Buffer.from([0x16, 3, 1])]) {
    const client = await WireClient.open(quick.port)
    client.socket.write(bytes)
    await new Promise(resolve => client.socket.once('close', resolve))
  }
  await quick.close()
})

test('certificate and rules are read again; wrong ones change nothing', async () => {
  const subject = () =>
    new Promise<string>(resolve => {
      const socket = connectTls(
        { port: server.port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['postgresql'] },
        () => {
          resolve(String(socket.getPeerCertificate().subject.CN))
          socket.destroy()
        },
      )
    })
  assert.equal(await subject(), 'first')
  makeCertificate(file('server'), 'second')
  server.running.reload()
  assert.equal(await subject(), 'second')
  await writeFile(file('rules'), 'host all all all trust\n')
  assert.throws(() => server.running.reload(), /trust is for addresses of loopback only/)
  await writeFile(file('server.key'), 'nothing')
  assert.throws(() => server.running.reload())
  assert.equal(await subject(), 'second')
  assert.match(await login(undefined), /^28000/)
})

test('options that do not go together are refused at the start', async () => {
  const data = file('other')
  await assert.rejects(startServer({ data, tlsCert: file('server.crt') }), /go together/)
  await assert.rejects(startServer({ data, tlsRequired: true }), /needs --tls-cert/)
  await assert.rejects(startServer({ data, hostRules: file('none') }), /host rules .*ENOENT/)
})
