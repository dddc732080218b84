import type { Expression } from '../../types/job.ts'
import { toJson } from '../../types/json.ts'
import { isFoldable } from '../functions/index.ts'

export type Call = Extract<Expression, { kind: 'call' }>

/** Forms whose own work is next to nothing: only what is below them is worth keeping. */
const CHEAP: ReadonlySet<string> = new Set(['is null', 'is not null', 'field'])

/**
 * Finds calls that occur more than once in the expressions and give the same each time: a number for each such value.
 * Below a repeated call nothing is counted again, so only the largest are found.
 */
export function sharedCalls(expressions: readonly Expression[]): (call: Call) => number | undefined {
  const numbers = new Map<Expression, number>()
  const byName = new Map<string, number>()
  const pure: boolean[] = []
  const counts: number[] = []
  const numberOf = (e: Expression): number => {
    const known = numbers.get(e)
    if (known !== undefined) return known
    const args = e.kind === 'call' ? e.args.map(numberOf) : []
    const name = toJson(e.kind === 'call' ? [e.fn, args, e.type] : e)
    let id = byName.get(name)
    if (id === undefined) {
      id = byName.size
      byName.set(name, id)
      counts.push(0)
      pure.push(e.kind !== 'call' || (isFoldable(e.fn) && args.every(arg => pure[arg])))
    }
    numbers.set(e, id)
    return id
  }
  const count = (e: Expression): void => {
    if (e.kind !== 'call') return
    const id = numberOf(e)
    counts[id]!++
    if (counts[id] !== 1) return
    e.args.forEach(count)
    // The compiler compares the needle with one item after the other.
    if (e.fn === 'in' && e.args.length > 2) count(e.args[0]!)
  }
  // One call alone repeats nothing, and most expressions are that.
  if (
    expressions.some(e => e.kind === 'call' && e.args.some(arg => arg.kind === 'call')) ||
    expressions.length > 1
  )
    expressions.forEach(count)
  return call => {
    if (CHEAP.has(call.fn)) return undefined
    const id = numbers.get(call)
    return id !== undefined && counts[id]! > 1 && pure[id] === true ? id : undefined
  }
}
