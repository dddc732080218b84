import { AssertionError, type Condition, SqlError } from '../types/error.ts'
import type { Method } from './port.ts'

/** Main to executor thread. */
export interface Request {
  readonly id: number
  readonly method: Method
  readonly args: readonly unknown[]
}

/** Executor thread to main; `id` undefined: nobody asked. Then the epoch is `full`, or the thread failed. */
export interface Reply {
  readonly id: number | undefined
  readonly result?: unknown
  readonly error?: ErrorData
  readonly full?: boolean
}

/** An error as plain data, so that its condition survives the way between threads. */
export interface ErrorData {
  readonly message: string
  readonly stack: string | undefined
  readonly condition?: Condition
  readonly position?: number | undefined
  readonly detail?: string | undefined
  readonly hint?: string | undefined
  readonly context?: string | undefined
}

export interface ThreadSetup {
  /** URL of a module that exports `connectors`. */
  readonly connectorsModule: string | undefined
  readonly epochBytesMax: number
}

export function errorData(error: unknown): ErrorData {
  if (error instanceof SqlError) {
    const { message, stack, condition, position, detail, hint, context } = error
    return { message, stack, condition, position, detail, hint, context }
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack }
  return { message: String(error), stack: undefined }
}

export function errorOf(data: ErrorData): Error {
  const { condition, message, position, detail, hint, context } = data
  const error =
    condition === undefined
      ? new AssertionError(message)
      : new SqlError(condition, message, { position, detail, hint, context })
  if (data.stack !== undefined) error.stack = data.stack
  return error
}
