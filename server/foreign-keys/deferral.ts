import type { ForeignKeyDef } from '../../planner/constraint-def.ts'

/** What SET CONSTRAINTS has said in a block. Immutable. */
export class Deferral {
  readonly #all: boolean | undefined
  readonly #named: ReadonlyMap<number, boolean>

  constructor(all?: boolean, named: ReadonlyMap<number, boolean> = new Map()) {
    this.#all = all
    this.#named = named
  }

  /** `ids`: of constraints; undefined: all, whatever was said before. */
  with(ids: readonly number[] | undefined, deferred: boolean): Deferral {
    if (ids === undefined) return new Deferral(deferred)
    return new Deferral(this.#all, new Map([...this.#named, ...ids.map(id => [id, deferred] as const)]))
  }

  defers({ id, deferrable }: ForeignKeyDef): boolean {
    if (deferrable === undefined) return false
    return this.#named.get(id) ?? this.#all ?? deferrable === 'deferred'
  }
}
