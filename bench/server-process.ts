import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The real server in a process of its own. */
export interface ServerProcess {
  readonly pid: number
  readonly port: number
  readonly httpPort: number
  /** Milliseconds from the start of the process to its ready line. */
  readonly readyMs: number
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>
}

const entry = fileURLToPath(new URL('../server/main.ts', import.meta.url))
const READY = /weir ready: \S+:(\d+)\/dev {2}console http:\/\/[^:]+:(\d+)/

/** Starts the server on free ports; `WEIR_BENCH_NODE_FLAGS` go to Node (`--cpu-prof`). */
export function startServerProcess(data: string, args: readonly string[] = []): Promise<ServerProcess> {
  const flags = (process.env['WEIR_BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean)
  const started = performance.now()
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...flags, entry, '--port', '0', '--http-port', '0']
      .concat('--data', data)
      .concat(args),
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  return new Promise((resolve, reject) => {
    let output = ''
    let log = ''
    child.stderr.on('data', bytes => {
      log = (log + String(bytes)).slice(-10_000)
    })
    child.once('exit', code => reject(new Error(`the server ended with ${code}: ${log}`)))
    child.stdout.on('data', bytes => {
      output += String(bytes)
      const ready = READY.exec(output)
      if (ready === null) return
      output = ''
      child.removeAllListeners('exit')
      child.once('exit', code => {
        if (code !== 0) console.error(`the server ended with ${code}: ${log}`)
      })
      resolve({
        pid: child.pid!,
        port: Number(ready[1]),
        httpPort: Number(ready[2]),
        readyMs: performance.now() - started,
        stop: () => stop(child),
      })
    })
  })
}

/** Runs `use` with a fresh folder that is gone afterwards. */
export async function withFolder<R>(use: (folder: string) => Promise<R>): Promise<R> {
  const folder = await mkdtemp(join(process.env['WEIR_BENCH_DIR'] ?? tmpdir(), 'weir-bench-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs `use` with a server that is stopped afterwards. */
export async function withServer<R>(
  data: string,
  args: readonly string[],
  use: (server: ServerProcess) => Promise<R>,
): Promise<R> {
  const server = await startServerProcess(data, args)
  try {
    return await use(server)
  } finally {
    await server.stop()
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGINT')
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await ended
  clearTimeout(late)
}
