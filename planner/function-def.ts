import type { Type } from '../types/type.ts'
import { typeName } from '../types/type-names.ts'

/** An argument of a function of a user's. */
export interface FunctionArgument {
  readonly name?: string
  readonly type: Type
  /** SQL text of what stands for it when it is left out. */
  readonly default?: string
}

/** A function or aggregate that a user made. */
export interface FunctionDef {
  /** Also the OID; relations that use it name it in `dependsOn`. */
  readonly id: number
  readonly database: string
  readonly schema: string
  readonly name: string
  readonly kind: 'function' | 'aggregate'
  readonly language: 'sql' | 'javascript'
  readonly args: readonly FunctionArgument[]
  /** Of the value, or of each row: several columns are a struct. */
  readonly result: Type
  readonly set: boolean
  /** RETURNS TABLE: names of the columns. */
  readonly columns?: readonly string[]
  /** SQL: the query. JavaScript: the module. */
  readonly body: string
  readonly strict: boolean
  readonly volatility: 'immutable' | 'stable' | 'volatile'
  /** JavaScript: runs in the thread that calls it, without limits. */
  readonly trusted: boolean
  /** JavaScript: takes and gives arrays of values, a chunk at a time. */
  readonly batch: boolean
  /** An aggregate that can take rows back. */
  readonly retracts?: boolean
  readonly owner: string
  /** The CREATE statement as the user wrote it. */
  readonly sql: string
  readonly comment?: string
}

/** `name(integer, text)`. */
export function signatureOf({ name, args }: Pick<FunctionDef, 'name' | 'args'>): string {
  return `${name}(${args.map(arg => typeName(arg.type)).join(', ')})`
}
