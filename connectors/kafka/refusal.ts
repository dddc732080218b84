import { SqlError } from '../../types/error.ts'

export const TOO_LARGE_HINT =
  'Raise max.message.bytes of the topic: the sink goes on by itself then. Nothing is lost meanwhile. Or DROP SINK.'

/** Refusals by the broker as SqlErrors; kafkajs has retried what is worth it. */
export function refusal(error: unknown, topic?: string): SqlError {
  if (error instanceof SqlError) return error
  const { message, type } = error as Error & { type?: string }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION' && topic !== undefined) {
    return new SqlError('undefined_object', `topic "${topic}" does not exist`, { cause: error })
  }
  if (type === 'OFFSET_OUT_OF_RANGE') {
    return new SqlError(
      'object_not_in_prerequisite_state',
      'the broker no longer holds the offsets to read next',
      {
        detail: 'Records were deleted by retention, or the topic was made anew.',
        hint: 'DROP and CREATE the source to start again.',
        cause: error,
      },
    )
  }
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    return new SqlError('program_limit_exceeded', `Kafka: ${message}`, { hint: TOO_LARGE_HINT, cause: error })
  }
  return new SqlError('external_service', `Kafka: ${message}`, { cause: error })
}
