// What the services are made of: found where it was installed before, else installed.
import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './service-process.ts'

/** This folder. */
export const HERE = dirname(fileURLToPath(import.meta.url))
/** Where installed programs and their data lie. */
export const ROOT = join(HERE, '..', '.services')
export const KAFKA_LIBS = join(ROOT, 'kafka', 'libs')
export const VERSITYGW = join(ROOT, 's3', 'versitygw')
const VERSITYGW_VERSION = 'v1.8.0'

export function installKafka(): void {
  if (existsSync(KAFKA_LIBS) && readdirSync(KAFKA_LIBS).some(file => file.startsWith('kafka_2.13'))) return
  const pom = join(HERE, 'kafka', 'pom.xml')
  run('mvn', [
    '-B',
    '-ntp',
    '-q',
    '-f',
    pom,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${KAFKA_LIBS}`,
  ])
}

export function installS3(): void {
  if (existsSync(VERSITYGW)) return
  console.error('building versitygw: 3 to 4 minutes, once')
  run('nice', ['go', 'install', `github.com/versity/versitygw/cmd/versitygw@${VERSITYGW_VERSION}`], {
    GOBIN: dirname(VERSITYGW),
  })
}

/** Finds or installs PostgreSQL; returns the folder of its programs. */
export function installPostgres(): string {
  const base = '/usr/lib/postgresql'
  const find = () => {
    const versions = existsSync(base) ? readdirSync(base) : []
    const newest = versions
      .sort((a, b) => Number(b) - Number(a))
      .find(v => existsSync(`${base}/${v}/bin/initdb`))
    return newest === undefined ? undefined : `${base}/${newest}/bin`
  }
  const found = find()
  if (found !== undefined) return found
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', 'postgresql-15'], { DEBIAN_FRONTEND: 'noninteractive' })
  const installed = find()
  if (installed === undefined) throw new Error('postgresql-15 was installed, but has no initdb')
  return installed
}
