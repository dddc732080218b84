import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface FlinkResult {
  readonly backend: string
  readonly eventsPerSecond: number
}

const here = fileURLToPath(new URL('flink/', import.meta.url))
/** Jars and classes: fetched from Maven Central and compiled once. */
const run =
  process.env['WEIR_FLINK_DIR'] ?? fileURLToPath(new URL('../node_modules/.flink/', import.meta.url))
const OPENED = [
  ...['java.lang', 'java.net', 'java.io', 'java.nio', 'sun.nio.ch', 'java.lang.reflect', 'java.text'],
  ...['java.time', 'java.util', 'java.util.concurrent', 'java.util.concurrent.atomic'],
  'java.util.concurrent.locks',
].flatMap(name => ['--add-opens', `java.base/${name}=ALL-UNNAMED`])

/** One query over the same events in Flink SQL on this machine, with the better of its two state backends. */
export function runFlink(query: string, events: number): FlinkResult {
  build()
  const results = ['hashmap', 'rocksdb'].map(backend => runBackend(query, events, backend))
  return results.reduce((best, result) => (result.eventsPerSecond > best.eventsPerSecond ? result : best))
}

function runBackend(query: string, events: number, backend: string): FlinkResult {
  const memory = ['-Xms4g', '-Xmx4g', '-XX:MaxDirectMemorySize=1g']
  const output = command(
    'java',
    [...memory, ...OPENED, '-cp', `${join(run, 'classes')}:${join(run, 'libs', '*')}`, 'peers.Main'].concat(
      query,
      String(events),
      backend,
    ),
  )
  const line = output.split('\n').find(text => text.startsWith('{') && text.includes('"what":"run"'))
  if (line === undefined) throw new Error(`Flink printed no result for ${query}: ${output.slice(-500)}`)
  const { events_per_s: eventsPerSecond } = JSON.parse(line) as { readonly events_per_s: number }
  return { backend, eventsPerSecond }
}

function build(): void {
  if (existsSync(join(run, 'classes', 'peers', 'Main.class'))) return
  console.error('fetching and compiling Flink (once) …')
  const libs = join(run, 'libs')
  const classes = join(run, 'classes')
  mkdirSync(classes, { recursive: true })
  const copy = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${libs}`]
  command('mvn', ['-B', '-ntp', '-q', '-f', join(here, 'pom.xml'), ...copy])
  const sources = join(here, 'src/main/java/peers')
  const files = readdirSync(sources).map(file => join(sources, file))
  command('javac', ['--release', '17', '-nowarn', '-d', classes, '-cp', join(libs, '*'), ...files])
  cpSync(join(here, 'src/main/resources'), classes, { recursive: true })
}

function command(program: string, args: readonly string[]): string {
  const env = { ...process.env, RUN_DIR: run, WORK_DIR: join(run, 'work') }
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env,
    maxBuffer: 1 << 28,
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr.slice(-2000)}`)
  return stdout
}
