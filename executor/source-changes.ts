import type { RelationId } from '../types/job.ts'
import { catchUpEndKey, unfinishedCatchUps } from './catch-ups.ts'
import { isSource, upstreamOf } from './connector-bindings.ts'
import { readersOf } from './recover.ts'
import type { RunningState } from './running-state.ts'
import type { JobChange } from './runtime-contract.ts'

/** Which sources are read, and which jobs read a source privately until they are where the others are. */
export class SourceChanges {
  readonly #state: RunningState

  constructor(state: RunningState) {
    this.#state = state
  }

  /** A shared reader runs while somebody has its rows. */
  sync(): void {
    const { jobs, sources, log } = this.#state
    for (const change of jobs.values()) {
      const { source } = change
      if (source === undefined) continue
      const { relation } = change.job
      const read = !isSource(change) || readersOf(jobs, relation).length > 0
      if (read) sources.start(source, log.version.offsets[relation] ?? {})
      else sources.stop(relation)
    }
  }

  /** Writes down, in the epoch that adds the jobs, up to where each has to read its sources privately. */
  record(add: readonly JobChange[]): void {
    const { port, log, own } = this.#state
    for (const change of add) {
      if (change.backfill === false) continue
      for (const source of this.#sourcesOf(change)) {
        const shared = Object.entries(log.version.offsets[source] ?? {})
        if (shared.length === 0) continue
        const ends = Object.fromEntries(shared.map(([split, end]) => [catchUpEndKey(source, split), end]))
        own(port.pushCatchUp(change.job.relation, source, undefined, ends))
      }
    }
  }

  /** Starts what `record` wrote down, or goes on with it. */
  catchUp(change: JobChange): void {
    const { jobs, sources } = this.#state
    const { relation } = change.job
    for (const source of this.#sourcesOf(change)) {
      const work = this.#unfinished(relation, source)
      const binding = jobs.get(source)?.source
      if (work !== undefined && binding !== undefined)
        sources.catchUp(binding, relation, work.from, work.until)
    }
  }

  isCatchingUp(relation: RelationId): boolean {
    const change = this.#state.jobs.get(relation)
    if (change === undefined) return false
    return this.#sourcesOf(change).some(source => this.#unfinished(relation, source) !== undefined)
  }

  #unfinished(relation: RelationId, source: RelationId): ReturnType<typeof unfinishedCatchUps> {
    return unfinishedCatchUps(this.#state.log.version.offsets[relation], source)
  }

  /** Pure sources that the job reads, each once. */
  #sourcesOf(change: JobChange): readonly RelationId[] {
    return [...new Set(upstreamOf(change))].filter(id => {
      const upstream = this.#state.jobs.get(id)
      return upstream?.source !== undefined && isSource(upstream)
    })
  }
}
