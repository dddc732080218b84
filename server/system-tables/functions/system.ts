import { fn } from '../../../executor/functions/registry.ts'
import { assert } from '../../../types/error.ts'
import type { Value } from '../../../types/value.ts'
import { type SystemSession, sessionByNumber } from '../sessions.ts'

/** Registers a function that asks the session or its catalog. `nulls`: it takes NULL arguments. */
export function system(
  signature: string,
  help: string,
  answer: (session: SystemSession, ...args: never[]) => Value,
  nulls = false,
): void {
  const run = answer as unknown as (session: SystemSession, ...args: readonly Value[]) => Value
  fn(signature, {
    help,
    session: true,
    volatility: 'stable',
    strict: !nulls,
    call: ((...args: readonly Value[]) => {
      const number = args.at(-1)
      assert(typeof number === 'number', 'the session follows the arguments')
      return run(sessionByNumber(number), ...args.slice(0, -1))
    }) as (...args: never[]) => Value,
  })
}

/** The same function with several lists of arguments; later ones only say how to print. */
export function systemForms(
  name: string,
  forms: readonly string[],
  result: string,
  help: string,
  answer: (session: SystemSession, ...args: never[]) => Value,
  nulls = false,
): void {
  for (const form of forms) system(`${name}(${form}) -> ${result}`, help, answer, nulls)
}

/** A function that does something to a session: never folded, never shared. */
export function act(
  signature: string,
  help: string,
  run: (session: SystemSession, ...args: never[]) => Value,
): void {
  const of = run as unknown as (session: SystemSession, ...args: readonly Value[]) => Value
  fn(signature, {
    help,
    session: true,
    volatility: 'volatile',
    call: ((...args: readonly Value[]) =>
      of(sessionByNumber(args.at(-1) as number), ...args.slice(0, -1))) as (...args: never[]) => Value,
  })
}
