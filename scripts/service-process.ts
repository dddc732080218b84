// Starting and ending the programs behind scripts/services.ts.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Service {
  /** host:port on loopback. */
  readonly address: string
  readonly pid: number
  stop(): Promise<void>
}

/** Runs a program to its end. Throws its last words when it fails. */
export function run(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): void {
  // Go's own installer unpacks it where a login shell looks, and not every shell is one.
  const PATH = `${process.env['PATH']}:/usr/local/go/bin`
  const done = spawnSync(command, args, {
    env: { ...process.env, PATH, ...env },
    encoding: 'utf8',
    cwd: ROOT_CWD,
  })
  if (done.status === 0) return
  throw new Error(`${command} ${args[0]}: ${done.error?.message ?? done.stderr.slice(-2000)}`)
}

// A folder every user may enter: initdb refuses to start from one it cannot read.
const ROOT_CWD = '/'

export function launch(command: string, args: readonly string[], dir: string): number {
  const log = openSync(join(dir, 'log'), 'w')
  const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log], cwd: ROOT_CWD })
  closeSync(log)
  child.on('error', () => {})
  child.unref()
  if (child.pid === undefined) throw new Error(`${command} cannot be started`)
  return child.pid
}

export async function until(
  pid: number,
  dir: string,
  ready: () => boolean | Promise<boolean>,
): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (await ready()) return
    if (!alive(pid)) break
    await sleep(100)
  }
  throw new Error(`the service did not start: ${readFileSync(join(dir, 'log'), 'utf8').slice(-2000)}`)
}

export function service(port: number, pid: number): Service {
  return { address: `127.0.0.1:${port}`, pid, stop: () => stop(pid) }
}

export async function stop(pid: number): Promise<void> {
  if (!alive(pid)) return
  process.kill(pid, 'SIGTERM')
  for (let i = 0; i < 100 && alive(pid); i++) await sleep(100)
  if (alive(pid)) process.kill(pid, 'SIGKILL')
}

export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
