import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..')

/** Values of all committed records of a topic, in order within partitions, read by Kafka's own Java client. */
export async function readCommitted(address: string, topic: string): Promise<{ value: string | null }[]> {
  const classPath = join(ROOT, '.services', 'kafka', 'libs', '*')
  const source = join(ROOT, 'scripts', 'kafka', 'ReadCommitted.java')
  const { stdout } = await promisify(execFile)('java', ['-cp', classPath, source, address, topic], {
    maxBuffer: 1 << 28,
  })
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => ({ value: line === 'null' ? null : line }))
}
