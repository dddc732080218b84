import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type ServerProcess, startServerProcess } from '../bench/server-process.ts'

/** The client of sqllogictest-rs (`cargo install sqllogictest-bin`); the suites must mean the same to it as to ours. */
const CLIENT = process.env['SQLLOGICTEST'] ?? 'sqllogictest'
const installed = spawnSync(CLIENT, ['--version']).status === 0
const SUITES = join(import.meta.dirname, 'suites')
let folder = ''
let server: ServerProcess

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weir-slt-'))
  server = await startServerProcess(folder)
})

after(async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
})

for (const file of globSync(join(SUITES, '**/*.slt')).sort()) {
  const skip = installed ? false : 'the sqllogictest client is not installed'
  test(`${file.slice(SUITES.length + 1)} with the sqllogictest client`, { skip }, () => {
    const at = ['-h', '127.0.0.1', '-p', String(server.port), '-u', 'root', '-d', 'dev']
    const { status, stdout, stderr } = spawnSync(CLIENT, [...at, file], { encoding: 'utf8' })
    assert.equal(status, 0, stdout + stderr)
  })
}
