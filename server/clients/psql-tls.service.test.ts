import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { makeCertificate } from '../../scripts/certificate.ts'
import { installPostgres } from '../../scripts/service-install.ts'
import { type RunningServer, startServer } from '../main.ts'

const PASSWORD = 'secret'
let folder = ''
let server: RunningServer

before(async () => {
  installPostgres()
  folder = await mkdtemp(join(tmpdir(), 'weir-psql-tls-'))
  makeCertificate(join(folder, 'server'), 'weir')
  const [tlsCert, tlsKey] = [join(folder, 'server.crt'), join(folder, 'server.key')]
  const tls = { tlsCert, tlsKey, tlsRequired: true }
  server = await startServer({
    data: folder,
    port: 0,
    httpPort: 0,
    password: PASSWORD,
    ...tls,
    log: () => {},
  })
})
after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

/** What psql prints for a query over a connection with these options, or its error. */
async function psql(options: string): Promise<string> {
  const at = `host=localhost hostaddr=127.0.0.1 port=${server.port} dbname=dev user=root ${options}`
  const env = { ...process.env, PGPASSWORD: PASSWORD }
  const args = ['-X', '-At', '-c', 'SELECT count(*) FROM generate_series(1, 1000)', at]
  return promisify(execFile)('psql', args, { env, timeout: 20_000 }).then(
    ({ stdout }) => stdout.trim(),
    error => String(error.stderr),
  )
}

test('psql: sslmode prefer, require and verify-full, channel binding', async () => {
  const root = `sslrootcert=${join(folder, 'server.crt')}`
  assert.equal(await psql('sslmode=prefer'), '1000')
  assert.equal(await psql('sslmode=require'), '1000')
  assert.equal(await psql(`sslmode=verify-full ${root}`), '1000')
  assert.equal(await psql(`sslmode=verify-full channel_binding=require ${root}`), '1000')
})

test('psql: without TLS, or with another authority, there is no session', async () => {
  assert.match(await psql('sslmode=disable'), /no host rule for host "127.0.0.1".* no encryption/)
  makeCertificate(join(folder, 'other'), 'weir')
  assert.match(await psql(`sslmode=verify-full sslrootcert=${join(folder, 'other.crt')}`), /verify failed/)
})
