import { SqlError } from '../../types/error.ts'
import type { Type, TypeName } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Definition } from './definition.ts'
import { createRealm, type Realm, type Work } from './realm.ts'
import { type Answer, runInSandbox } from './sandbox.ts'
import { argumentsToSandbox, fromSandbox } from './values.ts'

/** What runs a function's calls: the sandbox, or, for a trusted one, this thread. */
export type Runner = (work: Work, inputs: readonly string[], untilOverrun?: boolean) => readonly Answer[]

export function runnerOf(json: string): Runner {
  const definition = JSON.parse(json) as Definition
  if (!definition.trusted)
    return (work, inputs, untilOverrun) => runInSandbox(json, work, inputs, untilOverrun)
  return (work, inputs) => JSON.parse(trustedRealm(json).run(work, inputs, undefined)) as Answer[]
}

/** Throws 38000 for an answer that is an error. */
export function resultOf(answer: Answer, { name }: Definition): unknown {
  if ('error' in answer) throw new SqlError('external_routine_exception', `function ${name}: ${answer.error}`)
  return answer.value
}

/** A trusted function on values, for generated code. */
export function trustedFunction(json: string): (...args: Value[]) => Value {
  const definition = JSON.parse(json) as Definition
  const { args: types, result } = definition
  if (!definition.batch && [...types, result].every(isPlain)) return direct(json)
  const run = runnerOf(json)
  return (...values) => {
    const input = argumentsToSandbox(values, types)
    return fromSandbox(resultOf(run('call', [input])[0]!, definition), result)
  }
}

/** The rows of a call of a function that returns a set. */
export function setFunction(json: string): (...args: Value[]) => Iterable<Value> {
  const definition = JSON.parse(json) as Definition
  const run = runnerOf(json)
  return (...values) => {
    const input = argumentsToSandbox(values, definition.args)
    const rows = resultOf(run('rows', [input])[0]!, definition) as readonly unknown[]
    return rows.map(row => fromSandbox(row, definition.result))
  }
}

const PLAIN: ReadonlySet<TypeName> = new Set(['bool', 'int2', 'int4', 'float8', 'text'])

function isPlain(type: Type): boolean {
  return PLAIN.has(type.name)
}

/** A trusted function of plain types, called with the kernel's own values. */
function direct(json: string): (...args: Value[]) => Value {
  const definition = JSON.parse(json) as Definition
  const f = trustedRealm(json).direct as (...args: Value[]) => unknown
  const { result, name } = definition
  return (...values) => {
    let value: unknown
    try {
      value = f(...values)
    } catch (error) {
      throw new SqlError('external_routine_exception', `function ${name}: ${String(error)}`)
    }
    if (value === null || value === undefined) return null
    if (result.name === 'float8' && typeof value === 'number') return value
    if (result.name === 'int4' && typeof value === 'number' && (value | 0) === value) return value
    if (result.name === 'text' && typeof value === 'string') return value
    return fromSandbox(typeof value === 'boolean' ? value : String(value), result)
  }
}

const trusted = new Map<string, Realm>()

function trustedRealm(json: string): Realm {
  let realm = trusted.get(json)
  if (realm === undefined) trusted.set(json, (realm = createRealm(JSON.parse(json) as Definition)))
  return realm
}
