import { SqlError } from '../types/error.ts'

/** Why a statement was given up: the signal's own reason where it is the user's to know. */
export function canceled(signal: AbortSignal): SqlError {
  if (signal.reason instanceof SqlError) return signal.reason
  return new SqlError('query_canceled', 'canceling statement due to user request')
}
