// Clients of PostgreSQL that tests run as they are, installed into .services/ by their own package managers.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './services.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = join(HERE, '..', '.services', 'clients')
const SOURCES = join(HERE, '..', 'server', 'clients')

/** Python with the packages of server/clients/requirements.txt; returns the interpreter. */
export function installPython(): string {
  const folder = join(ROOT, 'python')
  return once(folder, join(folder, 'bin', 'python'), () => {
    run('python3', ['-m', 'venv', folder])
    run(join(folder, 'bin', 'pip'), ['install', '--quiet', '-r', join(SOURCES, 'requirements.txt')])
  })
}

/** Runs `make` when it has not been through before; returns `made`. */
function once(folder: string, made: string, make: () => void): string {
  const done = join(folder, '.done')
  if (existsSync(done)) return made
  mkdirSync(folder, { recursive: true })
  make()
  writeFileSync(done, '')
  return made
}
