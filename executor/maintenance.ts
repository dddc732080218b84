import type { CommitPipeline } from './commit.ts'
import type { RunningState } from './running-state.ts'

/** Merges state objects and deletes what nothing names any more, behind the commits. */
export class Maintenance {
  readonly #state: RunningState
  readonly #pipeline: CommitPipeline
  readonly #signal: AbortSignal
  #compaction: Promise<void> | undefined

  constructor(state: RunningState, pipeline: CommitPipeline, signal: AbortSignal) {
    this.#state = state
    this.#pipeline = pipeline
    this.#signal = signal
  }

  /** An epoch was committed. */
  compact(): void {
    if (this.#compaction !== undefined || this.#pipeline.replacing || this.#signal.aborted) return
    const { persistence, log, tables, warn, host } = this.#state
    this.#compaction = persistence
      .compact(log.version, table => {
        const spec = tables.get(table)?.spec
        return spec?.storedAs === undefined ? spec?.mode : undefined
      })
      .then(result => {
        if (result === undefined) return
        host.crashPoint('C29')
        this.#pipeline.replace(result.added, result.removed)
      })
      .catch(error => warn(`compaction: ${error}`))
      .finally(() => {
        this.#compaction = undefined
      })
  }

  async collectGarbage(everyMs: number): Promise<void> {
    const { host, log, warn } = this.#state
    while (!this.#signal.aborted) {
      await host.sleep(everyMs, this.#signal)
      if (this.#signal.aborted) return
      host.crashPoint('C31')
      await log.collectGarbage().catch(error => warn(`garbage collection: ${error}`))
    }
  }

  async stop(): Promise<void> {
    await this.#compaction
  }
}
