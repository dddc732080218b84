export type GateReason = 'change' | 'sink backlog' | 'memory'

/** Closed while who would push rows has to wait; open when every reason is gone. */
export class Gate {
  readonly #reasons = new Set<GateReason>()
  #opened: Promise<void> | undefined
  #open: (() => void) | undefined

  get closed(): boolean {
    return this.#reasons.size > 0
  }

  /** Returns when the gate was open; ask `closed` again right before pushing. */
  async pass(): Promise<void> {
    while (this.#opened !== undefined) await this.#opened
  }

  close(reason: GateReason): void {
    this.#reasons.add(reason)
    if (this.#opened !== undefined) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#opened = promise
    this.#open = resolve
  }

  open(reason: GateReason): void {
    this.#reasons.delete(reason)
    if (this.#reasons.size > 0) return
    const open = this.#open
    this.#opened = undefined
    this.#open = undefined
    open?.()
  }
}
