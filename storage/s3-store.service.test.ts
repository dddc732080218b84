import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { makeBucket, S3_ACCESS, type Service, startS3 } from '../scripts/services.ts'
import { Fenced, type ObjectStore } from './contract.ts'
import { openLog } from './epoch-log.ts'
import { openS3 } from './s3-store.ts'
import { seededHost } from './seeded-host.ts'
import { StoreError } from './store-error.ts'
import { storeFacts } from './store-facts.ts'

const dir = mkdtempSync(join(tmpdir(), 'weir-s3-'))
let server: Service
let number = 0

before(async () => {
  server = await startS3(dir)
  await makeBucket(server.address, 'bucket')
})

after(async () => {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

storeFacts('S3', async () => fresh())

test('S3: a listing longer than a page is whole, and deletes go in pages too', async () => {
  const store = fresh()
  const keys = Array.from({ length: 1100 }, (_, i) => `many/${String(i).padStart(5, '0')}`)
  for (let i = 0; i < keys.length; i += 50)
    await Promise.all(keys.slice(i, i + 50).map(key => store.put(key, Buffer.from(key))))
  assert.deepEqual(await collect(store.list('many/')), keys)
  await store.delete(keys)
  assert.deepEqual(await collect(store.list('many/')), [])
})

test('S3: stores of one bucket with different prefixes see nothing of each other', async () => {
  const [a, b] = [fresh(), fresh()]
  await a.put('x', Buffer.from('a'))
  assert.equal(await b.get('x'), undefined)
  assert.deepEqual(await collect(b.list('')), [])
})

test('S3: of two logs the older is fenced', async () => {
  const store = fresh()
  const host = seededHost(4)
  const older = await openLog(store, { host })
  const newer = await openLog(store, { host })
  await assert.rejects(older.append({ epoch: 1, added: [], removed: [] }), Fenced)
  await newer.append({ epoch: 1, added: [], removed: [] })
})

test('S3: a bucket that is not there is an error, not an empty bucket', async () => {
  const store = open('s3://nowhere/x')
  await assert.rejects(store.get('k'), StoreError)
  await assert.rejects(
    Array.fromAsync(store.list('')),
    /there is no bucket nowhere at http.*; create it first/,
  )
})

test('S3: a conditional put whose answer is lost is ours, and another one is not', async () => {
  const proxy = await losingFirstAnswer(server.address)
  try {
    const { port } = proxy.address() as AddressInfo
    const prefix = `lost${number++}`
    const store = openS3(`s3://bucket/${prefix}`, { ...S3_ACCESS, endpoint: `http://127.0.0.1:${port}` })
    assert.equal(await store.putIfAbsent('k', Buffer.from('mine')), true)
    assert.equal(await store.putIfAbsent('k', Buffer.from('other')), false)
    assert.equal(Buffer.from((await open(`s3://bucket/${prefix}`).get('k'))!).toString(), 'mine')
  } finally {
    proxy.closeAllConnections()
    proxy.close()
  }
})

/** Forwards every request, but answers the first PUT with 500 after it was applied. */
async function losingFirstAnswer(address: string): Promise<Server> {
  let lost = false
  const proxy = createServer(async (incoming, response) => {
    const answer = await forward(address, incoming, await bodyOf(incoming))
    if (incoming.method === 'PUT' && !lost) {
      lost = true
      assert.equal(answer.status, 200)
      response.writeHead(500).end()
    } else response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  return proxy
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** Headers stay as they are: the signature covers the host. */
function forward(address: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const [host, port] = address.split(':')
  const { method, url: path, headers } = incoming
  return new Promise((resolve, reject) => {
    const outgoing = request({ host, port, method, path, headers }, async answer => {
      resolve({ status: answer.statusCode!, headers: answer.headers, body: await bodyOf(answer) })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function fresh(): ObjectStore {
  return open(`s3://bucket/test${number++}`)
}

function open(url: string): ObjectStore {
  return openS3(url, { ...S3_ACCESS, endpoint: `http://${server.address}` })
}

async function collect(keys: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = []
  for await (const key of keys) all.push(key)
  return all
}
