import { CHUNK_ROWS, type Chunk } from '../types/chunk.ts'
import type { Generator, GeneratorSpec, Offset } from '../types/connector.ts'
import { catchUpKey } from './catch-ups.ts'
import type { GeneratorCatchUp } from './engine-contract.ts'
import { RateLimit } from './rate-limit.ts'

export type MakeGenerator = (spec: GeneratorSpec, split: string, from: Offset | undefined) => Generator

/** The generators of one source, split by split. */
export class GeneratorFeed {
  readonly #splits: readonly { readonly split: string; readonly generator: Generator }[]
  readonly #limit: RateLimit

  constructor(
    spec: GeneratorSpec,
    from: Readonly<Record<string, Offset>>,
    rowsPerSecond: number | undefined,
    make: MakeGenerator,
  ) {
    this.#splits = spec.splits.map(split => ({ split, generator: make(spec, split, from[split]) }))
    this.#limit = new RateLimit(rowsPerSecond)
  }

  limit(rowsPerSecond: number | undefined): void {
    this.#limit.change(rowsPerSecond)
  }

  /** At most one chunk of each split. */
  next(nowMs: number, take: (chunk: Chunk, split: string, offset: Offset) => void): void {
    for (const { split, generator } of this.#splits) {
      const allowed = this.#limit.allowed(nowMs, CHUNK_ROWS)
      if (allowed === 0) return
      const chunk = generator.next(allowed, nowMs)
      if (chunk === undefined) continue
      this.#limit.spend(chunk.length)
      take(chunk, split, generator.offset())
    }
  }
}

/** A generator that began so long ago is held by no rate of its own. */
export const NO_RATE_MS = 4e15

/**
 * Generates again what a source gave before a job read it. Offsets of generators are numbers that grow; when a chunk went
 * past the end it is thrown away and made again with fewer rows: one row can not, because the end was an offset once.
 */
export class CatchUpFeed {
  readonly spec: GeneratorCatchUp
  readonly #make: MakeGenerator
  readonly #splits: {
    split: string
    generator: Generator
    at: Offset | undefined
    until: Offset
    limit: number
  }[]

  constructor(spec: GeneratorCatchUp, make: MakeGenerator) {
    this.spec = spec
    this.#make = make
    this.#splits = Object.entries(spec.until).flatMap(([split, until]) => {
      const at = spec.from[split]
      return at === until ? [] : [{ split, generator: this.#start(split, at), at, until, limit: CHUNK_ROWS }]
    })
  }

  get done(): boolean {
    return this.#splits.length === 0
  }

  next(
    nowMs: number,
    take: (chunk: Chunk | undefined, offsets: Readonly<Record<string, Offset>>) => void,
  ): void {
    for (const state of [...this.#splits]) {
      const chunk = state.generator.next(state.limit, nowMs)
      const offset = state.generator.offset()
      if (Number(offset) > Number(state.until) && state.limit > 1) {
        state.limit >>= 1
        state.generator = this.#start(state.split, state.at)
        continue
      }
      state.at = offset
      const done = chunk === undefined || offset === state.until
      const at = done ? state.until : offset
      take(chunk, { [catchUpKey(this.spec.source, state.split)]: at })
      if (done) this.#splits.splice(this.#splits.indexOf(state), 1)
    }
  }

  /** The first call sets a generator's clock; later ones are far in its future. */
  #start(split: string, from: Offset | undefined): Generator {
    const generator = this.#make(this.spec.spec, split, from)
    generator.next(0, -NO_RATE_MS)
    return generator
  }
}
