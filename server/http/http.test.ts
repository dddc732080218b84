import assert from 'node:assert/strict'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { WireClient } from '../protocol/wire-client.ts'
import { TestServer } from '../test-server.ts'

let stopped: unknown
const server = await TestServer.start({
  barrierIntervalMs: 50,
  log: () => {},
  onFatal: error => {
    stopped = error
  },
})
const setup = await server.connect()
await setup.query('CREATE TABLE "odd ""name" (k int PRIMARY KEY)')
await setup.query('CREATE TABLE t (k int PRIMARY KEY)')
await setup.query('CREATE MATERIALIZED VIEW m AS SELECT k % 10 AS d, count(*) AS n FROM t GROUP BY k % 10')
await setup.query('INSERT INTO t SELECT x FROM generate_series(1, 100) AS g(x)')
await setup.end()
after(() => server.close())

function get(path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: server.running.httpPort, path, headers }, answer => {
      let body = ''
      answer.on('data', bytes => (body += bytes))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

test('metrics name relations, and every line is of the text format', async () => {
  const { body } = await get('/metrics')
  for (const line of body.trimEnd().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{(\w+="(\\.|[^"\\])*",?)+\})? (\d[\d.e+-]*|NaN))$/)
  assert.match(
    body,
    /weir_operator_rows_in_total\{relation="\d+",name="m",node="\d+",kind="aggregate"\} 100\n/,
  )
  assert.match(body, /weir_barrier_seconds_count \d+\n/)
  assert.match(body, /weir_state_bytes\{relation="\d+",name="m"\} [1-9]\d*\n/)
  assert.match(body, /weir_store_request_seconds_count\{kind="put"\} \d+\n/)
  assert.match(body, /weir_sessions 0\n/)
})

test('the console page and its data answer', async () => {
  assert.match((await get('/')).body, /<title>weir/)
  const relations = JSON.parse((await get('/api/relations')).body)
  const view = relations.find((r: { name: string }) => r.name === 'm')
  assert.deepEqual([view.kind, view.rows, view.nodes.length > 2], ['materialized view', 10, true])
  for (const name of ['jobs', 'sinks', 'epochs', 'operators', 'sources', 'errors'])
    assert.ok(Array.isArray(JSON.parse((await get(`/api/${name}`)).body)), name)
  assert.equal((await get('/api/nothing')).status, 404)
})

test('another host name, another origin and another site are refused, health is not', async () => {
  assert.equal((await get('/api/jobs', { host: 'evil.example:5691' })).status, 403)
  assert.equal((await get('/api/jobs', { origin: 'http://evil.example' })).status, 403)
  assert.equal((await get('/metrics', { 'sec-fetch-site': 'cross-site' })).status, 403)
  assert.equal((await get('/api/jobs', { host: 'localhost:5691' })).status, 200)
  assert.equal((await get('/healthz', { host: '10.0.0.7:5691' })).status, 200)
})

test('with a password the console wants it', async () => {
  await using closed = await TestServer.start({ password: 'pw', log: () => {} })
  const url = `http://127.0.0.1:${closed.running.httpPort}/api/jobs`
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  assert.equal((await fetch(url)).status, 401)
  assert.equal((await fetch(url, { headers: basic('root:no') })).status, 401)
  assert.equal((await fetch(url, { headers: basic('root:pw') })).status, 200)
})

test('health is 503 once another server has taken the bucket over', async () => {
  assert.deepEqual(JSON.parse((await get('/healthz')).body).status, 'ok')
  await using _second = await TestServer.start({ state: join(server.folder, 'bucket'), log: () => {} })
  const client = await WireClient.start(server.port)
  client.out.begin('Q').string('INSERT INTO t VALUES (1000)').end()
  client.send()
  for (let i = 0; i < 200 && stopped === undefined; i++) await new Promise(resolve => setTimeout(resolve, 50))
  const { status, body } = await get('/healthz')
  assert.deepEqual([status, JSON.parse(body).status], [503, 'fenced'])
  client.close()
})
