/** Smaller indexes keep what they reserved. */
const FITTED_MIN = 1 << 16

/**
 * Open addressing, linear probing, deletion by backward shift. Entries are (hash, row id) pairs in one Int32Array;
 * equality is the caller's: it walks `probe` and compares rows.
 */
export class HashIndex {
  /** Pairs: hash, row id + 1 (0: empty). */
  entries = new Int32Array(2 * 16)
  mask = 15
  count = 0

  insert(hash: number, id: number): void {
    this.reserve(this.count + 1)
    this.#place(this.entries, this.mask, hash, id)
    this.count++
  }

  /** Slot of the entry (hash, id), or -1. */
  slotOf(hash: number, id: number): number {
    const { entries, mask } = this
    for (let slot = scatter(hash) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask)
      if (entries[2 * slot + 1] === id + 1) return slot
    return -1
  }

  /** Lets the entry name another row with the same hash. */
  replace(hash: number, id: number, by: number): void {
    this.entries[2 * this.slotOf(hash, id) + 1] = by + 1
  }

  remove(hash: number, id: number): void {
    let hole = this.slotOf(hash, id)
    if (hole === -1) return
    const { entries, mask } = this
    this.count--
    for (let slot = (hole + 1) & mask; entries[2 * slot + 1] !== 0; slot = (slot + 1) & mask) {
      const home = scatter(entries[2 * slot]!) & mask
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue
      entries[2 * hole] = entries[2 * slot]!
      entries[2 * hole + 1] = entries[2 * slot + 1]!
      hole = slot
    }
    entries[2 * hole + 1] = 0
  }

  /** Makes room for so many entries. */
  reserve(count: number): void {
    if (count * 4 > (this.mask + 1) * 3) this.#resize(count)
  }

  /** Gives memory back when most of it was reserved for nothing. */
  fit(): void {
    if (this.mask < FITTED_MIN || this.count * 8 > this.mask) return
    this.#resize(this.count)
  }

  clear(): void {
    this.entries.fill(0)
    this.count = 0
  }

  get byteLength(): number {
    return this.entries.byteLength
  }

  #place(entries: Int32Array, mask: number, hash: number, id: number): void {
    let slot = scatter(hash) & mask
    while (entries[2 * slot + 1] !== 0) slot = (slot + 1) & mask
    entries[2 * slot] = hash
    entries[2 * slot + 1] = id + 1
  }

  #resize(count: number): void {
    const old = this.entries
    let mask = 15
    while (count * 4 > (mask + 1) * 3) mask = mask * 2 + 1
    const entries = new Int32Array(2 * (mask + 1))
    for (let i = 0; i < old.length; i += 2)
      if (old[i + 1] !== 0) this.#place(entries, mask, old[i]!, old[i + 1]! - 1)
    this.entries = entries
    this.mask = mask
  }
}

/** Home position of a hash before masking. */
export function scatter(hash: number): number {
  return hash ^ (hash >>> 16)
}
