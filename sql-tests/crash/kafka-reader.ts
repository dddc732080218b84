import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '..', '..')

export interface Committed {
  readonly partition: number
  readonly value: string | null
}

/** All committed records of topics, in order within partitions, read by Kafka's own Java client with read_committed. */
export async function readCommitted<T extends string>(
  address: string,
  topics: readonly T[],
): Promise<Readonly<Record<T, readonly Committed[]>>> {
  const classPath = join(ROOT, '.services', 'kafka', 'libs', '*')
  const source = join(ROOT, 'scripts', 'kafka', 'ReadCommitted.java')
  const { stdout } = await promisify(execFile)('java', ['-cp', classPath, source, address, ...topics], {
    maxBuffer: 1 << 30,
    timeout: 120_000,
  })
  const found = Object.fromEntries(topics.map(topic => [topic, [] as Committed[]])) as Record<T, Committed[]>
  for (const line of stdout.split('\n')) {
    if (line === '') continue
    const [topic, partition, value] = line.split('\t') as [T, string, string]
    found[topic].push({ partition: Number(partition), value: value === 'null' ? null : value })
  }
  return found
}
