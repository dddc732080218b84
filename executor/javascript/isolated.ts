import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Value } from '../../types/value.ts'
import type { Definition } from './definition.ts'
import { resultOf, runnerOf } from './function.ts'
import type { Answer } from './sandbox.ts'
import { argumentsToSandbox, fromSandbox } from './values.ts'

/** Answers kept: of a stream's rows those that come back are found again, failed ones above all. */
const KNOWN_MAX = 20_000

/**
 * A function that runs in the sandbox, for generated code. A thread is asked once a chunk: the first call asks for all rows that
 * the loop goes over, so that a call whose branch is not taken may run, but its error is nobody's.
 */
export class IsolatedFunction {
  /** The arguments of a chunk's rows; undefined: they are not those of a row alone. */
  evaluate: ((chunk: Chunk) => Chunk | undefined) | undefined
  readonly #definition: Definition
  readonly #run: ReturnType<typeof runnerOf>
  readonly #known = new Map<string, Answer>()
  #ahead: { readonly chunk: Chunk; readonly rows: Int32Array | undefined; readonly count: number } | undefined

  constructor(json: string) {
    this.#definition = JSON.parse(json) as Definition
    this.#run = runnerOf(json)
  }

  /** The loop goes over these rows (undefined: the first `count`) next. */
  begin(chunk: Chunk, rows: Int32Array | undefined, count: number): void {
    this.#ahead = { chunk, rows, count }
  }

  call(...values: Value[]): Value {
    const { args, result, volatile } = this.#definition
    const input = argumentsToSandbox(values, args)
    if (volatile) return fromSandbox(resultOf(this.#run('call', [input])[0]!, this.#definition), result)
    let answer = this.#known.get(input)
    if (answer === undefined) {
      this.#askAhead(input)
      answer = this.#known.get(input) ?? this.#run('call', [input])[0]!
      this.#known.set(input, answer)
    }
    return fromSandbox(resultOf(answer, this.#definition), result)
  }

  #askAhead(first: string): void {
    if (this.#ahead === undefined || this.evaluate === undefined) return
    const { chunk, rows, count } = this.#ahead
    this.#ahead = undefined
    if (this.#known.size > KNOWN_MAX) this.#forget()
    const evaluated = this.evaluate(chunk)
    if (evaluated === undefined) return
    const { args, strict } = this.#definition
    const inputs = new Set([first])
    for (let i = 0; i < count; i++) {
      const row = rows === undefined ? i : rows[i]!
      const values = evaluated.columns.map(column => cellValue(column, row))
      if (strict && values.includes(null)) continue
      const input = argumentsToSandbox(values, args)
      if (!this.#known.has(input)) inputs.add(input)
    }
    const all = [...inputs]
    for (const [i, answer] of this.#run('call', all, true).entries()) this.#known.set(all[i]!, answer)
  }

  /** What failed is kept longest: another time it might not fail. */
  #forget(): void {
    for (const [input, answer] of this.#known) if ('value' in answer) this.#known.delete(input)
    if (this.#known.size > KNOWN_MAX) this.#known.clear()
  }
}
