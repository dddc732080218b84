/** Microseconds of a quarter of an hour. */
const QUARTER = 900_000_000n
const ZONES_MAX = 1000
const QUARTERS_MAX = 10_000

/** The same function of a zone and an instant in microseconds, found once a quarter of an hour: no zone changes within one. */
export function byQuarter<T>(find: (zone: string, micros: bigint) => T): (zone: string, micros: bigint) => T {
  const found = new Map<string, Map<bigint, T>>()
  return (zone, micros) => {
    const quarter = micros / QUARTER - (micros % QUARTER < 0n ? 1n : 0n)
    const known = found.get(zone)?.get(quarter)
    if (known !== undefined) return known
    const value = find(zone, quarter * QUARTER)
    let ofZone = found.get(zone)
    if (ofZone === undefined) {
      if (found.size >= ZONES_MAX) found.clear()
      found.set(zone, (ofZone = new Map()))
    }
    if (ofZone.size >= QUARTERS_MAX) ofZone.clear()
    ofZone.set(quarter, value)
    return value
  }
}
