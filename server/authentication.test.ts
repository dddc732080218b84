import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type pg from 'pg'
import { startServer } from './main.ts'
import { fakeVerifier, makeVerifier, ScramExchange } from './protocol/scram.ts'
import { report, startupMessage, WireClient } from './protocol/wire-client.ts'
import { TestServer } from './test-server.ts'

const PASSWORD = 'pass wörd №1'

const server = await TestServer.start({ user: 'ada', password: PASSWORD, log: () => {} })
after(() => server.close())

async function login(user: string, password: string): Promise<string> {
  try {
    const client = await server.connect({ user, password })
    return (await client.query('SELECT current_user AS u')).rows[0].u
  } catch (error) {
    return (error as pg.DatabaseError).code ?? String(error)
  }
}

test('SCRAM-SHA-256 lets the right password in and nothing else', async () => {
  assert.equal(await login('ada', PASSWORD), 'ada')
  assert.equal(await login('ada', 'wrong'), '28P01')
  assert.equal(await login('eve', PASSWORD), '28P01')
})

test('the exchange of RFC 7677 has the proof and signature printed there', () => {
  const verifier = makeVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096)
  const exchange = new ScramExchange(verifier, false, undefined, '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0')
  assert.equal(
    exchange.first('n,,n=user,r=rOprNGfwEbeRWgbNEkqO'),
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
  )
  const final =
    'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ='
  assert.equal(exchange.final(final), 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=')
  assert.equal(exchange.final(final.replace('p=dHzb', 'p=eHzb')), undefined)
})

test('an unknown user gets the same salt at every try, as a known one does', () => {
  const secret = Buffer.alloc(32, 7)
  assert.deepEqual(fakeVerifier('eve', secret).salt, fakeVerifier('eve', secret).salt)
  assert.notDeepEqual(fakeVerifier('eve', secret).salt, fakeVerifier('eva', secret).salt)
})

test('a statement before the password, and a broken exchange, end the connection', async () => {
  for (const message of ['garbage', 'n,,n=,r=', 'p=tls-unique,,n=,r=abc']) {
    const client = await WireClient.open(server.port)
    client.socket.write(startupMessage({ user: 'ada', database: 'dev' }))
    assert.equal((await client.next())?.type, 'R')
    client.out.begin('p').string('SCRAM-SHA-256').sizedText(message).end()
    assert.equal(report(await client.send().until('Z'))['C'], '08P01')
  }
  const client = await WireClient.open(server.port)
  client.socket.write(startupMessage({ user: 'ada', database: 'dev' }))
  assert.equal((await client.next())?.type, 'R')
  assert.equal(report(await client.query('SELECT 1'))['C'], '08P01')
})

test('a host that others reach needs a password and consent to no encryption', async () => {
  const config = { data: server.folder, port: 0, httpPort: 0, host: '0.0.0.0' }
  await assert.rejects(startServer(config), /without a password/)
  await assert.rejects(startServer({ ...config, password: 'x' }), /nothing is encrypted/)
})

test('a server that cannot listen names the flag of the port that is taken, and leaves nothing behind', async () => {
  const data = join(server.folder, 'second')
  const options = { data, httpPort: 0, log: () => {} }
  await assert.rejects(startServer({ ...options, port: server.port }), /EADDRINUSE.* with --port$/)
  await assert.rejects(
    startServer({ ...options, port: 0, httpPort: server.running.httpPort }),
    /EADDRINUSE.* --http-port$/,
  )
  const third = await startServer({ ...options, port: 0 })
  await third.close()
})
