import type { Version } from '../storage/contract.ts'
import { decodeRows, type StoredRows } from '../storage/stored-rows.ts'
import { pastCursor } from '../storage/version.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import { Backlogs } from './backlogs.ts'
import { engineJob, type Surroundings, upstreamOf } from './connector-bindings.ts'
import type { DeclaredTable, ExecutorPort } from './engine-contract.ts'
import { ErrorLog, errorTables } from './error-log.ts'
import { jobOrder } from './job-order.ts'
import type { Persistence } from './persistence.ts'
import type { JobChange } from './runtime-contract.ts'
import { isTimed, type ServingTables } from './serving.ts'
import type { Backlog } from './sink-queue.ts'
import { cursorName } from './sinks.ts'

/** Room is made for so many times the rows of a table's largest object. */
const EXPECTED_LARGEST = 4
/** Blocks on their way to the engine at a time. */
const LOADS_MAX = 64

export interface Recovered {
  readonly jobs: ReadonlyMap<RelationId, JobChange>
  readonly tables: ReadonlyMap<string, DeclaredTable>
  readonly errors: ErrorLog
  /** Epochs of sink logs that were not delivered, as far as the manifest knows. */
  readonly backlogs: ReadonlyMap<RelationId, Backlog>
  /** How far inputs were backfilled, by `relation/node`. */
  readonly positions: ReadonlyMap<string, number>
}

export interface RecoverOptions {
  readonly version: Version
  readonly persistence: Persistence
  readonly port: ExecutorPort
  readonly serving: ServingTables
  readonly around: Surroundings
  readonly host: Host
  /** Memory for what one sink has not taken yet. */
  readonly sinkBytesMax: number
  jobsOf(catalog: string): readonly JobChange[]
  /** So many rows more were read. */
  restored?(rows: number): void
}

/** Catalog -> jobs -> tables: brings engine and serving tables to the last commit. Nothing is written. */
export async function recover(options: RecoverOptions): Promise<Recovered> {
  const { version, port, serving, around, host } = options
  const changes = version.catalog === undefined ? [] : options.jobsOf(version.catalog)
  const jobs = new Map(changes.map(change => [change.job.relation, change]))
  const specs = changes.map(change => ({ spec: engineJob(change, version.offsets, [], around) }))
  const ordered = jobOrder(new Map(specs.map(job => [job.spec.job.relation, job])))
  await port.hold(true)
  const declared = await port.add(ordered.map(job => job.spec))
  const errors = new ErrorLog(host)
  const ofErrors = changes.flatMap(change => errorTables(change.job.relation))
  const tables = new Map([...declared, ...ofErrors].map(table => [table.spec.id, table]))
  for (const { relation, role, spec } of declared)
    if (role === 'rows') serving.add(relation, spec, isTimed(jobs.get(relation)!.job))
  host.crashPoint('C26')

  const backlogs = new Backlogs(relation => version.cursors[cursorName(relation)] ?? 0, options.sinkBytesMax)
  const positions = new Map<string, number>()
  const loads: Promise<void>[] = []
  const expected = expectedRows(version)
  const shared = new Set(declared.flatMap(({ spec }) => spec.storedAs ?? []))
  const toEngine = async (stored: StoredRows): Promise<void> => {
    loads.push(port.load(stored, expected.get(stored.table) ?? 0))
    if (loads.length >= LOADS_MAX) await loads.shift()
  }
  const visit = async (stored: StoredRows): Promise<void> => {
    const { table: id, epoch, rows } = stored
    host.crashPoint('C27')
    options.restored?.(rows)
    const table = tables.get(id)
    if (table === undefined || table.spec.storedAs !== undefined || rows === 0) return
    if (table.role !== 'log' && epoch <= (version.cursors[pastCursor(id)] ?? 0)) return
    if (table.role === 'rows') {
      if (shared.has(id)) await toEngine(stored)
      serving.restore(id, decodeRows(stored), expected.get(id) ?? 0)
    } else if (table.role === 'log') backlogs.add(table.relation, epoch, decodeRows(stored))
    else if (table.role === 'errors') errors.load(table, decodeRows(stored))
    else {
      if (id.endsWith('/backfill'))
        positions.set(id.slice(0, -'/backfill'.length), lastPosition(decodeRows(stored)))
      await toEngine(stored)
    }
  }
  await options.persistence.load(version, visit)
  serving.restored()
  await Promise.all(loads)
  await port.restored()
  host.crashPoint('C28')
  return { jobs, tables, errors, backlogs: backlogs.inOrder(), positions }
}

/**
 * Rows of each table to make room for: those of its objects, but not more than a few times the largest, as the others may hold
 * the same rows again.
 */
function expectedRows({ objects }: Version): ReadonlyMap<string, number> {
  const sums = new Map<string, number>()
  const largest = new Map<string, number>()
  for (const { tables } of objects)
    for (const [id, rows] of Object.entries(tables)) {
      sums.set(id, (sums.get(id) ?? 0) + rows)
      largest.set(id, Math.max(largest.get(id) ?? 0, rows))
    }
  return new Map([...sums].map(([id, rows]) => [id, Math.min(rows, largest.get(id)! * EXPECTED_LARGEST)]))
}

/** Jobs that read a relation. */
export function readersOf(
  jobs: ReadonlyMap<RelationId, JobChange>,
  relation: RelationId,
): readonly JobChange[] {
  return [...jobs.values()].filter(change => upstreamOf(change).includes(relation))
}

function lastPosition(chunk: Chunk): number {
  return (chunk.columns[1]!.data as Int32Array)[chunk.length - 1]!
}
