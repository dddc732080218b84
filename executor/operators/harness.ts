import { chunkOf } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { StateTable } from '../../storage/state-table.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { OperatorSpec } from '../../types/job.ts'
import { toJson } from '../../types/json.ts'
import type { Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Operator, OperatorContext } from '../contract.ts'
import { type Marks, NO_MARKS } from '../watermarks/marks.ts'
import { createOperator } from './index.ts'

export type Row = readonly Value[]

/** For tests: one operator whose output is folded and whose state can be lost and loaded again. */
export class Harness {
  readonly #spec: OperatorSpec
  readonly #inputs: readonly Schema[]
  readonly #appendOnly: boolean
  readonly #compile: OperatorContext['compile'] | undefined
  readonly #stored = new Map<string, Chunk[]>()
  readonly #folded = new Map<string, number>()
  #operator: Operator
  #emitted = 0
  /** Milliseconds since 1970, as operators see them. */
  now = 0
  #marks: Marks = NO_MARKS

  constructor(
    spec: OperatorSpec,
    inputs: readonly Schema[],
    options: { appendOnly?: boolean; compile?: OperatorContext['compile'] } = {},
  ) {
    this.#spec = spec
    this.#inputs = inputs
    this.#appendOnly = options.appendOnly ?? false
    this.#compile = options.compile
    this.#operator = this.#create()
  }

  push(port: number, rows: readonly Row[], weights?: readonly number[]): void {
    const types = this.#inputs[port]!.map(field => field.type)
    this.#operator.push(port, chunkOf(types, rows, weights), this.#fold)
  }

  /** Barrier, marks of the inputs when given, and seal; returns the folded output as sorted JSON rows. */
  barrier(marks?: readonly Marks[]): readonly string[] {
    this.#emitted = 0
    this.#operator.barrier?.(this.#fold)
    if (marks !== undefined) this.#marks = this.#operator.marks?.(marks) ?? NO_MARKS
    for (const table of this.#operator.tables) {
      const delta = table.seal()
      if (delta === undefined) continue
      const before = delta.whole ? [] : (this.#stored.get(delta.table) ?? [])
      this.#stored.set(delta.table, [...before, ...delta.chunks])
    }
    for (const table of this.#operator.tables) table.settle()
    return this.output()
  }

  output(): readonly string[] {
    return [...this.#folded]
      .flatMap(([row, weight]) => {
        if (weight < 0) throw new Error(`${row} has weight ${weight}`)
        return Array.from({ length: weight }, () => row)
      })
      .sort()
  }

  /** Of the output, as of the last barrier with marks. */
  get marks(): Marks {
    return this.#marks
  }

  /** Live rows of all tables. */
  get stateRows(): number {
    return this.#operator.tables.reduce((sum, table) => sum + table.size, 0)
  }

  /** Rows emitted by the last barrier. */
  emitted(): number {
    return this.#emitted
  }

  /** Forgets the running operator and starts one from what was sealed. */
  crash(): void {
    this.#operator = this.#create()
    for (const table of this.#operator.tables) table.load(this.#stored.get(table.spec.id) ?? [])
    this.#operator.restored?.()
  }

  #create(): Operator {
    return createOperator(this.#spec, {
      node: { id: 1, spec: this.#spec, inputs: [], schema: [], shard: 'one', fragment: 0 },
      inputs: this.#inputs,
      mode: 'stream',
      appendOnly: () => this.#appendOnly,
      table: (role, spec) => new StateTable({ ...spec, id: `1/1/${role}` }),
      compile: (...args) => {
        if (this.#compile === undefined) throw new Error('this test compiles nothing')
        return this.#compile(...args)
      },
      reportError(error) {
        throw error
      },
      epoch: () => 1,
      now: () => this.now,
      backfilling: () => false,
    })
  }

  readonly #fold = (chunk: Chunk): void => {
    this.#emitted += chunk.length
    for (let row = 0; row < chunk.length; row++) {
      const key = toJson(chunk.columns.map(column => cellValue(column, row)))
      const weight = (this.#folded.get(key) ?? 0) + chunk.weights[row]!
      if (weight === 0) this.#folded.delete(key)
      else this.#folded.set(key, weight)
    }
  }
}

/** Rows as the harness shows them. */
export function shown(rows: readonly Row[]): readonly string[] {
  return rows.map(row => toJson(row)).sort()
}
