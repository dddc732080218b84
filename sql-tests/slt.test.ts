import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startServer } from '../server/main.ts'
import { runSlt } from './slt-run.ts'

let folder = ''
let server: Awaited<ReturnType<typeof startServer>>

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-slt-'))
  server = await startServer({ data: folder, port: 0, httpPort: 0 })
})

after(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

for (const file of globSync(join(import.meta.dirname, 'suites/**/*.slt')).sort()) {
  test(file.slice(import.meta.dirname.length + 8), async () => {
    await runSlt(file, { host: '127.0.0.1', port: server.port, database: 'dev', user: 'root' })
  })
}
