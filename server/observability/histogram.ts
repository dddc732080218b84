/** Counts of values up to each bound, as Prometheus has them. */
export class Histogram {
  readonly bounds: readonly number[]
  readonly #counts: Float64Array
  #sum = 0
  #count = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.#counts = new Float64Array(bounds.length)
  }

  observe(value: number): void {
    this.#sum += value
    this.#count++
    const at = this.bounds.findIndex(bound => value <= bound)
    if (at !== -1) this.#counts[at]!++
  }

  get sum(): number {
    return this.#sum
  }

  get count(): number {
    return this.#count
  }

  /** How many values were at most each bound. */
  cumulative(): readonly number[] {
    let total = 0
    return Array.from(this.#counts, count => (total += count))
  }
}
