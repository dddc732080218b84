import type { EpochLog, StateObject, TableMode, Version } from '../storage/contract.ts'
import type { StoredEpochs } from '../storage/stored-epochs.ts'
import type { StoredRows } from '../storage/stored-rows.ts'
import type { Epoch } from '../types/connector.ts'
import type { StoredDelta } from './commit.ts'

/** What the runtime asks of the store; the simulation puts faults and mutations in its place. */
export interface Persistence {
  /** Claims the log: every older server's next commit fails. */
  open(): Promise<EpochLog>
  /** One object with all deltas; undefined when there are none. */
  upload(epoch: Epoch, deltas: readonly StoredDelta[]): Promise<StateObject | undefined>
  /** Rows of all tables, those of each in epoch order. */
  load(version: Version, visit: (rows: StoredRows) => Promise<void> | void): Promise<void>
  /** The oldest epochs of a log behind `after`, about `bytesMax` of them. Absent: nothing is stored. */
  readonly storedEpochs?: (
    version: Version,
    table: string,
    after: Epoch,
    bytesMax: number,
  ) => Promise<StoredEpochs>
  /** Merges some objects when it is worth it, without tables that have no mode, they are gone, and epochs that are past. */
  compact(
    version: Version,
    modeOf: (table: string) => TableMode | undefined,
  ): Promise<{ readonly added: readonly StateObject[]; readonly removed: readonly string[] } | undefined>
}
