import { globSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { TestServer } from '../server/test-server.ts'
import { runSlt } from './slt-run.ts'

const server = await TestServer.start()
after(() => server.close())

for (const file of globSync(join(import.meta.dirname, 'suites/**/*.slt')).sort()) {
  test(file.slice(import.meta.dirname.length + 8), async () => {
    await runSlt(file, { host: '127.0.0.1', port: server.port, database: 'dev', user: 'root' })
  })
}
