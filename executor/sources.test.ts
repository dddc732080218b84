import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Connector } from '../types/connector.ts'
import type { Host } from '../types/host.ts'
import { INT8 } from '../types/type.ts'
import type { ExecutorPort } from './engine-contract.ts'
import type { ErrorLog } from './error-log.ts'
import { Gate } from './gate.ts'
import { ProcessLog } from './process-log.ts'
import { Sources } from './sources.ts'

test('a source that was stopped for good is not read again, as a statement that ends meanwhile may ask for', async () => {
  let opened = 0
  const connector: Connector = {
    name: 'feed',
    options: {},
    formats: [],
    source: () => ({
      schema: [],
      validate: async () => {},
      close: async () => {},
      async open() {
        opened++
        return {
          read: (_limit, signal) =>
            new Promise(resolve => signal.addEventListener('abort', () => resolve(undefined))),
          close: async () => {},
        }
      },
    }),
  }
  const host = { now: () => 0, sleep: async () => {} } as unknown as Host
  const sources = new Sources({
    around: { connectors: new Map([['feed', connector]]), host, bucketId: '' },
    port: { rateLimit: async () => {} } as unknown as ExecutorPort,
    gate: new Gate(),
    journal: new ProcessLog(host),
    errors: {} as ErrorLog,
    warn() {},
  })
  const binding = {
    relation: 7,
    connector: 'feed',
    options: {},
    schema: [{ name: 'n', type: INT8 }],
    include: [],
    key: [],
    format: { format: 'plain' as const, encode: 'json' as const, options: {} },
  }
  sources.start(binding, {})
  await turn()
  await sources.stopAll()
  sources.start(binding, {})
  sources.catchUp(binding, 8, {}, { a: '1' })
  await turn()
  assert.equal(opened, 1)
})
