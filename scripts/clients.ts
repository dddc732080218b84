// Clients of PostgreSQL that tests run as they are, installed into .services/ by their own package managers.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './service-process.ts'

const HERE = dirname(fileURLToPath(import.meta.url))
const ROOT = join(HERE, '..', '.services', 'clients')
const SOURCES = join(HERE, '..', 'server', 'clients')

const PGJDBC = 'org.postgresql:postgresql:42.7.7'

/** Python with the packages of server/clients/requirements.txt; returns the interpreter. */
export function installPython(): string {
  const folder = join(ROOT, 'python')
  return once(folder, join(folder, 'bin', 'python'), source('requirements.txt'), () => {
    run('python3', ['-m', 'venv', folder])
    run(join(folder, 'bin', 'pip'), ['install', '--quiet', '-r', join(SOURCES, 'requirements.txt')])
  })
}

/** pgjdbc; returns the class path. */
export function installJdbc(): string {
  const folder = join(ROOT, 'java')
  return once(folder, join(folder, '*'), PGJDBC, () => {
    const options = [`-Dartifact=${PGJDBC}`, `-DoutputDirectory=${folder}`]
    run('mvn', ['-B', '-ntp', '-q', 'dependency:copy', ...options])
  })
}

/** The program of server/clients/pgx; returns its path. */
export function installPgx(): string {
  const folder = join(ROOT, 'go')
  const made = join(folder, 'pgx_check')
  return once(folder, made, source('pgx', 'go.sum') + source('pgx', 'main.go'), () => {
    run('go', ['build', '-C', join(SOURCES, 'pgx'), '-o', made, '.'])
  })
}

/** Runs `make` when it has not been through before for the same version; returns `made`. */
function once(folder: string, made: string, version: string, make: () => void): string {
  const done = join(folder, '.done')
  if (existsSync(done) && readFileSync(done, 'utf8') === version) return made
  mkdirSync(folder, { recursive: true })
  make()
  writeFileSync(done, version)
  return made
}

function source(...path: readonly string[]): string {
  return readFileSync(join(SOURCES, ...path), 'utf8')
}
