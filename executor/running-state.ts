import type { EpochLog } from '../storage/contract.ts'
import type { Epoch } from '../types/connector.ts'
import { SqlError } from '../types/error.ts'
import type { Host } from '../types/host.ts'
import type { RelationId } from '../types/job.ts'
import type { Surroundings } from './connector-bindings.ts'
import type { DeclaredTable, ExecutorPort } from './engine-contract.ts'
import type { ErrorLog } from './error-log.ts'
import type { Gate } from './gate.ts'
import type { Persistence } from './persistence.ts'
import type { ProcessLog } from './process-log.ts'
import type { JobChange, VersionObserver } from './runtime-contract.ts'
import type { ServingTables } from './serving.ts'
import type { Sinks } from './sinks.ts'
import type { Sources } from './sources.ts'
import type { WriteLimits } from './write-limits.ts'

/** What the parts of a running server share. `jobs`, `tables` and `epoch` change only where an epoch is published. */
export interface RunningState {
  readonly host: Host
  readonly log: EpochLog
  readonly port: ExecutorPort
  readonly persistence: Persistence
  readonly serving: ServingTables
  readonly around: Surroundings
  readonly gate: Gate
  readonly journal: ProcessLog
  readonly errors: ErrorLog
  readonly metadata: VersionObserver | undefined
  readonly sources: Sources
  readonly writes: WriteLimits
  readonly sinks: Sinks
  readonly jobs: Map<RelationId, JobChange>
  readonly tables: Map<string, DeclaredTable>
  epoch: Epoch
  warn(message: string): void
  /** A promise nobody else looks at: its failure stops the server. */
  own(promise: Promise<unknown>): void
}

/** A statement that waits for an epoch. */
export interface Waiter {
  resolve(epoch: Epoch): void
  reject(error: unknown): void
}

/** What statements get when the server stops under them. */
export function stopped(cause?: unknown): SqlError {
  return new SqlError('admin_shutdown', 'terminating connection because the server is stopping', {
    detail: cause instanceof Error ? cause.message : undefined,
  })
}
