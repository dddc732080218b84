import type { Runtime } from '../../executor/runtime-contract.ts'
import type { CatalogHolder } from '../statements/index.ts'
import type { Log } from './log.ts'

const EVERY_MS = 2000

/** Logs what takes longer than two seconds (backfill) and what fails or recovers (sources, sinks), each once a change. */
export function watchProgress(runtime: Runtime, catalogs: CatalogHolder, log: Log): () => void {
  const troubles = new Map<string, string>()
  const backfilling = new Map<number, number>()
  const nameOf = (relation: number) => catalogs.current.byId(relation)?.name ?? String(relation)
  const trouble = (what: string, relation: number, error: string) => {
    const key = `${what} ${relation}`
    const before = troubles.get(key) ?? ''
    if (error === before) return
    if (error === '') log.info(`${what} recovered`, { relation: nameOf(relation) })
    else log.warn(`${what} fails`, { relation: nameOf(relation), error })
    troubles.set(key, error)
  }
  const look = () => {
    const seen = new Set<number>()
    const sinks = runtime.sinks()
    const isSink = new Set(sinks.map(sink => sink.relation))
    for (const { relation, state, done, reason } of runtime.progress()) {
      seen.add(relation)
      if (!isSink.has(relation)) trouble('source', relation, state === 'failing' ? reason : '')
      const since = backfilling.get(relation)
      if (state === 'backfilling') {
        backfilling.set(relation, since ?? performance.now())
        if (since !== undefined)
          log.info('backfill', { relation: nameOf(relation), done: Math.round(done * 1000) / 1000, reason })
      } else if (since !== undefined) {
        log.info('backfill done', {
          relation: nameOf(relation),
          seconds: Math.round((performance.now() - since) / 1000),
        })
        backfilling.delete(relation)
      }
    }
    for (const { relation, error } of sinks) {
      seen.add(relation)
      trouble('sink', relation, error)
    }
    for (const relation of backfilling.keys()) if (!seen.has(relation)) backfilling.delete(relation)
    for (const key of troubles.keys()) if (!seen.has(Number(key.split(' ')[1]))) troubles.delete(key)
  }
  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** Logs every two seconds while `restoredRows` grows; returns how to stop. */
export function watchRecovery(log: Log, restoredRows: () => number): () => void {
  const timer = setInterval(() => log.info('recovering', { rows: restoredRows() }), EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
