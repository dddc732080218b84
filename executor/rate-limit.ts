/** Token bucket that holds at most a tenth of a second. Undefined: no limit; 0: paused. */
export class RateLimit {
  #rowsPerSecond: number | undefined
  #tokens = 0
  #atMs: number | undefined

  constructor(rowsPerSecond: number | undefined) {
    this.#rowsPerSecond = rowsPerSecond
  }

  get rowsPerSecond(): number | undefined {
    return this.#rowsPerSecond
  }

  change(rowsPerSecond: number | undefined): void {
    this.#rowsPerSecond = rowsPerSecond
    this.#tokens = 0
  }

  /** Rows that may pass now, at most `most`. */
  allowed(nowMs: number, most: number): number {
    const rate = this.#rowsPerSecond
    if (rate === undefined) return most
    const elapsed = this.#atMs === undefined ? 0 : Math.max(0, nowMs - this.#atMs)
    this.#atMs = nowMs
    this.#tokens = Math.min(Math.max(1, rate / 10), this.#tokens + (elapsed * rate) / 1000)
    return rate === 0 ? 0 : Math.min(most, Math.floor(this.#tokens))
  }

  spend(rows: number): void {
    if (this.#rowsPerSecond !== undefined) this.#tokens -= rows
  }
}
