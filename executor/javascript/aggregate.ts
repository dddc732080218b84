import { cellValue } from '../../storage/column-buffer.ts'
import { SqlError } from '../../types/error.ts'
import { TEXT } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Accumulator, Aggregate, Multiset } from '../aggregates/contract.ts'
import type { Definition } from './definition.ts'
import { resultOf, runnerOf } from './function.ts'
import type { Answer } from './sandbox.ts'
import { argumentsToSandbox, fromSandbox } from './values.ts'

/**
 * An aggregate in JavaScript. Its state is what create_state and accumulate return, kept as JSON by us, so that it outlives
 * the thread it runs in. Without `retract` the rows are kept, where some may be taken back, and gone through for each result.
 */
export function javascriptAggregate(json: string, appendOnly: boolean): Aggregate {
  const definition = JSON.parse(json) as Definition
  return appendOnly || definition.retracts ? accumulator(json, definition) : overRows(json, definition)
}

/** A state that could not be made: its error is the result. */
interface Failed {
  readonly $error: string
}

function accumulator(json: string, definition: Definition): Accumulator {
  const run = runnerOf(json)
  return {
    kind: 'accumulator',
    keepsNulls: !definition.strict,
    state: [{ type: TEXT, initial: null }],
    update([states], ids, args, weights, length) {
      const groups = new Map<number, string[]>()
      for (let i = 0; i < length; i++) {
        const weight = weights[i]!
        if (weight === 0) continue
        const values = args.map(column => cellValue(column, i))
        const row = `[${weight},${argumentsToSandbox(values, definition.args)}]`
        const rows = groups.get(ids[i]!)
        if (rows === undefined) groups.set(ids[i]!, [row])
        else rows.push(row)
      }
      const ready = [...groups].filter(([id]) => !isFailed(cellValue(states!, id)))
      const inputs = ready.map(([id, rows]) => {
        const before = cellValue(states!, id) as string | null
        return `[${before ?? 'null'},${rows.join(',')}]`
      })
      for (const [n, answer] of run('fold', inputs).entries()) states!.set(ready[n]![0], stateOf(answer))
    },
    output([states], id, out, at) {
      const state = cellValue(states!, id) as string | null
      out.set(at, resultFrom(run('finish', [state ?? 'null']), state, definition))
    },
  }
}

function overRows(json: string, definition: Definition): Multiset {
  const run = runnerOf(json)
  return {
    kind: 'multiset',
    descending: false,
    keepsNulls: !definition.strict,
    firstOnly: false,
    output(table, args, ids, times) {
      const rows = ids.map((id, i) => {
        const values = args.map(arg => table.valueAt(id, arg))
        return `[${times[i]},${argumentsToSandbox(values, definition.args)}]`
      })
      const state = rows.length === 0 ? null : stateOf(run('fold', [`[null,${rows.join(',')}]`])[0]!)
      return resultFrom(isFailed(state) ? [] : run('finish', [state ?? 'null']), state, definition)
    },
  }
}

function stateOf(answer: Answer): string {
  if ('error' in answer) return JSON.stringify({ $error: answer.error } satisfies Failed)
  return JSON.stringify(answer.value ?? null)
}

function isFailed(state: Value): boolean {
  return typeof state === 'string' && state.startsWith('{"$error":')
}

function resultFrom(answers: readonly Answer[], state: string | null, definition: Definition): Value {
  if (state !== null && isFailed(state))
    throw new SqlError(
      'external_routine_exception',
      `function ${definition.name}: ${(JSON.parse(state) as Failed).$error}`,
    )
  return fromSandbox(resultOf(answers[0]!, definition), definition.result)
}
