import type { Type } from '../../types/type.ts'

/** A function in JavaScript as an expression carries it, in JSON: it runs wherever the expression runs. */
export interface Definition {
  readonly name: string
  readonly source: string
  /** Names of the arguments, for a source that is a body alone; '' where there is none. */
  readonly parameters: readonly string[]
  readonly args: readonly Type[]
  readonly result: Type
  readonly set: boolean
  readonly strict: boolean
  readonly volatile: boolean
  readonly trusted: boolean
  readonly batch: boolean
  readonly aggregate: boolean
  /** An aggregate that exports `retract`. */
  readonly retracts: boolean
}

/** `fn` of a call of a function in JavaScript; the definition is its first argument. */
export const JAVASCRIPT = 'javascript'

/** The same of one that may give another value each time. */
export const JAVASCRIPT_VOLATILE = 'javascript volatile'

export function isJavaScript(fn: string): boolean {
  return fn === JAVASCRIPT || fn === JAVASCRIPT_VOLATILE
}
