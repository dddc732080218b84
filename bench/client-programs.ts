import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { installPostgres } from '../scripts/service-install.ts'

/** A server that PostgreSQL's programs can reach on loopback. */
export interface Target {
  readonly port: number
  readonly user: string
  readonly database: string
}

/** Starts psql or pgbench; its output is the caller's, its errors go through. */
export function program(name: 'psql' | 'pgbench', target: Target, args: readonly string[]): ChildProcess {
  const at = ['-h', '127.0.0.1', '-p', String(target.port), '-U', target.user]
  const last = name === 'psql' ? ['-d', target.database] : [target.database]
  return spawn(join(installPostgres(), name), [...at, ...args, ...last], { stdio: ['pipe', 'pipe', 'pipe'] })
}

/** What the program wrote on both its outputs. Throws when it fails. */
export async function output(child: ChildProcess): Promise<string> {
  let text = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString()
    })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${child.spawnfile} ended with ${code}: ${text.slice(-2000)}`)
  return text
}

/** Fills a table with COPY from the lines, as fast as the server takes them. */
export async function copyInto(target: Target, table: string, lines: Iterable<string>): Promise<void> {
  const psql = program('psql', target, ['-q', '-v', 'ON_ERROR_STOP=1', '-c', `COPY ${table} FROM STDIN`])
  const done = output(psql)
  let portion = ''
  for (const line of lines) {
    portion += `${line}\n`
    if (portion.length < 1 << 18) continue
    if (!psql.stdin!.write(portion)) await Promise.race([once(psql.stdin!, 'drain'), done])
    portion = ''
  }
  psql.stdin!.end(portion)
  await done
}
