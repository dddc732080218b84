import { compileProjection } from '../executor/expression/compile.ts'
import { hashRows } from '../storage/hash-rows.ts'
import { INDEXED_ROWS_MIN } from '../storage/key-indexes.ts'
import type { Chunk } from '../types/chunk.ts'
import type { Expression, RelationId } from '../types/job.ts'
import { columnsOf, conjuncts } from './expressions.ts'
import { inputs, keyOf, type Plan, schemaOf } from './plan.ts'

/** Some rows of a relation, spread over all of it, and how many it has. */
export interface Sample {
  readonly rows: number
  readonly chunk: Chunk
}

/** What is known of a relation's rows; undefined: nothing. */
export type Sampler = (relation: RelationId) => Sample | undefined

const UNKNOWN_ROWS = 1000
/** Share of rows that a condition keeps when nothing tells. */
const UNKNOWN_SHARE = 0.3
const GROUP_SHARE = 0.2

/** How many rows plans of one query have, by samples of the relations that they read. */
export class Estimates {
  readonly #sampler: Sampler
  readonly #rows = new WeakMap<Plan, number>()

  constructor(sampler: Sampler) {
    this.#sampler = sampler
  }

  rows(plan: Plan): number {
    let rows = this.#rows.get(plan)
    if (rows === undefined) this.#rows.set(plan, (rows = this.#derive(plan)))
    return rows
  }

  /** Rows of the greatest relation that it scans; 0: all are small. */
  scanned(plan: Plan): number {
    if (plan.op === 'scan') {
      if (plan.own !== undefined) return 0
      const rows = plan.scan === undefined ? (this.#sampler(plan.relation)?.rows ?? 0) : 0
      return rows < INDEXED_ROWS_MIN ? 0 : rows
    }
    return Math.max(0, ...inputs(plan).map(input => this.scanned(input)))
  }

  /** Different values of a column, at most as many as rows. */
  distinct(plan: Plan, column: number): number {
    return Math.max(1, Math.min(this.rows(plan), this.#distinct(plan, column)))
  }

  /** Rows of an inner join of so many rows on pairs of columns. */
  joined(left: Plan, right: Plan, keys: readonly (readonly [number, number])[]): number {
    const [l, r] = [this.rows(left), this.rows(right)]
    let size = l * r
    let divisor = 1
    for (const [a, b] of keys) divisor *= Math.max(this.distinct(left, a), this.distinct(right, b))
    size /= Math.min(divisor, Math.max(l, r, 1))
    // A unique side matches each row of the other once; a filtered one fewer.
    for (const [side, at] of [
      [left, 0],
      [right, 1],
    ] as const) {
      const key = keyOf(side)
      if (key === undefined || !key.every(k => keys.some(pair => pair[at] === k))) continue
      const all = Math.max(1, this.#unfiltered(side))
      size = Math.min(size, (at === 0 ? r : l) * Math.min(1, this.rows(side) / all))
    }
    return Math.max(1, size)
  }

  /** Share of the left rows that have a match. */
  semiShare(left: Plan, right: Plan, keys: readonly (readonly [number, number])[]): number {
    let share = 1
    const key = keyOf(right)
    if (key?.every(k => keys.some(([, b]) => b === k)))
      share = this.rows(right) / Math.max(1, this.#unfiltered(right))
    for (const [a, b] of keys) share = Math.min(share, this.distinct(right, b) / this.distinct(left, a))
    return share
  }

  #derive(plan: Plan): number {
    switch (plan.op) {
      case 'scan':
        if (plan.own !== undefined) return plan.scan === undefined ? plan.own.size : 1
        return plan.scan === undefined ? (this.#sampler(plan.relation)?.rows ?? UNKNOWN_ROWS) : 1
      case 'values':
        return plan.rows.length
      case 'filter':
        return this.rows(plan.input) * this.#share(plan.input, plan.predicate)
      case 'project':
        return (
          this.rows(plan.input) * (plan.predicate === undefined ? 1 : this.#share(plan.input, plan.predicate))
        )
      case 'join': {
        const l = this.rows(plan.left)
        const pairs = plan.leftKeys.map((key, i) => [key, plan.rightKeys[i]!] as const)
        if (plan.type === 'semi') return Math.max(1, l * this.semiShare(plan.left, plan.right, pairs))
        if (plan.type === 'anti') return l / 2
        const inner = this.joined(plan.left, plan.right, pairs)
        if (plan.type === 'left') return Math.max(l, inner)
        if (plan.type === 'right') return Math.max(this.rows(plan.right), inner)
        return plan.type === 'full' ? Math.max(l, this.rows(plan.right), inner) : inner
      }
      case 'aggregate': {
        const rows = this.rows(plan.input)
        if (plan.groups.length === 0) return 1
        let groups = 1
        for (const g of plan.groups) groups *= this.distinct(plan.input, g)
        return Math.max(1, Math.min(groups, rows))
      }
      case 'top-n':
        return plan.partition.length === 0
          ? Math.min(plan.limit, this.rows(plan.input))
          : this.rows(plan.input) * GROUP_SHARE
      case 'sort':
        return Math.min(plan.limit ?? Number.POSITIVE_INFINITY, this.rows(plan.input))
      default:
        return Math.max(1, ...inputs(plan).map(input => this.rows(input)))
    }
  }

  /** Rows of a plan without the conditions on top of its scan. */
  #unfiltered(plan: Plan): number {
    if (plan.op === 'filter' || plan.op === 'project') return this.#unfiltered(plan.input)
    return this.rows(plan)
  }

  #distinct(plan: Plan, column: number): number {
    switch (plan.op) {
      case 'scan': {
        const sample = this.#sampler(plan.relation)
        if (plan.key.length === 1 && plan.key[0] === column) return sample?.rows ?? UNKNOWN_ROWS
        return sample === undefined ? UNKNOWN_ROWS : distinctOf(sample, column)
      }
      case 'project': {
        const e = plan.columns[column]!
        if (e.kind === 'column') return this.#distinct(plan.input, e.index)
        const [only, ...others] = columnsOf(e)
        if (only === undefined) return 1
        return others.length === 0 ? this.#distinct(plan.input, only) : Number.POSITIVE_INFINITY
      }
      case 'join': {
        const width = schemaOf(plan.left).length
        return column < width ? this.distinct(plan.left, column) : this.distinct(plan.right, column - width)
      }
      case 'aggregate': {
        const group = plan.groups[column]
        return group === undefined ? Number.POSITIVE_INFINITY : this.distinct(plan.input, group)
      }
      case 'filter':
      case 'sort':
      case 'top-n':
      case 'window':
      case 'single-row':
        return column < schemaOf(plan.input).length
          ? this.#distinct(plan.input, column)
          : Number.POSITIVE_INFINITY
      default:
        return Number.POSITIVE_INFINITY
    }
  }

  /** Of the rows of a scan, tried on its sample; else a guess by condition. */
  #share(input: Plan, predicate: Expression): number {
    const sample = input.op === 'scan' ? this.#sampler(input.relation) : undefined
    if (sample === undefined || sample.chunk.length === 0) return UNKNOWN_SHARE ** conjuncts(predicate).length
    try {
      const test = compileProjection([], schemaOf(input), { predicate, mode: 'batch', onError: () => {} })
      const kept = test(sample.chunk)?.length ?? 0
      return Math.max(kept, 0.5) / sample.chunk.length
    } catch {
      return UNKNOWN_SHARE
    }
  }
}

/** Of samples, which last longer than a query, by column. */
const known = new WeakMap<Chunk, Map<number, number>>()

function distinctOf(sample: Sample, column: number): number {
  const byColumn = known.get(sample.chunk) ?? new Map<number, number>()
  known.set(sample.chunk, byColumn)
  let found = byColumn.get(column)
  if (found === undefined) byColumn.set(column, (found = countDistinct(sample, column)))
  return found
}

function countDistinct({ rows, chunk }: Sample, column: number): number {
  if (chunk.length === 0) return 1
  const hashes = new Int32Array(chunk.length)
  hashRows(chunk, [column], hashes)
  const found = new Set(hashes).size
  // Values that fill the sample go on beyond it; those that repeat in it are most likely all there.
  if (chunk.length >= rows) return found
  return found * 2 > chunk.length ? rows * (found / chunk.length) ** 2 : found
}
