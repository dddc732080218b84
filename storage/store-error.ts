/** An object store refused or could not be reached. `retryable`: the outside world may come back. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  readonly retryable: boolean

  constructor(
    operation: string,
    key: string,
    reason: string,
    details: { retryable: boolean; cause?: unknown },
  ) {
    super(
      `${operation} ${key}: ${reason}`,
      details.cause === undefined ? undefined : { cause: details.cause },
    )
    this.retryable = details.retryable
  }
}
