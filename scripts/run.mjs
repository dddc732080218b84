// Runs a TypeScript entry point under the project's own Node, installing dependencies first when they are missing.
// Plain JavaScript for the machine's older Node: run.mjs ENTRY [ARGS…]
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const FLAGS = ['--disable-warning=ExperimentalWarning']
/** The cache is written two seconds after the start. */
const COMPILE_MS = 5000
const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** The bundled runtime where it is installed for this platform, else the running Node when it is new enough. */
function runtime() {
  const bundled = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node')
  if (process.platform === 'linux' && existsSync(bundled)) return bundled
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  console.error('weir needs Node 24 or newer; the bundled runtime is not available for this platform')
  process.exit(1)
}

/** Installs once per package-lock.json: a stamp keeps a warm start free of npm. */
function install() {
  const lock = join(root, 'package-lock.json')
  const stamp = join(root, 'node_modules', '.weir-installed')
  const wanted = `${statSync(lock).size}:${readFileSync(lock, 'utf8').length}:${hash(readFileSync(lock, 'utf8'))}`
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.error('weir: installing dependencies (once) …')
  const npm = spawnSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (npm.status !== 0) {
    console.error('weir: npm install failed')
    process.exit(1)
  }
  compile()
  writeFileSync(stamp, wanted)
}

/** One short start leaves the compiled code behind: the first real one is as fast, and as small, as those after it. */
function compile() {
  const data = mkdtempSync(join(tmpdir(), 'weir-compile-'))
  const args = [...FLAGS, join(root, 'server/main.ts'), '--port', '0', '--http-port', '0', '--data', data]
  spawnSync(runtime(), args, {
    env: environment(),
    stdio: 'ignore',
    timeout: COMPILE_MS,
    killSignal: 'SIGINT',
  })
  rmSync(data, { recursive: true, force: true })
}

function environment() {
  // Stripped types and compiled code of the last run: half the time to start, and a quarter less memory.
  const cache = process.env.NODE_COMPILE_CACHE ?? join(root, 'node_modules', '.cache', 'compiled')
  const path = `${dirname(runtime())}:${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`
  return { ...process.env, PATH: path, NODE_COMPILE_CACHE: cache }
}

function hash(text) {
  let h = 2166136261
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619)
  return h >>> 0
}

export function run(entry, args) {
  install()
  const child = spawn(runtime(), [...FLAGS, resolve(root, entry), ...args], {
    stdio: 'inherit',
    env: environment(),
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  run(process.argv[2], process.argv.slice(3))
}
