/** The hidden column that numbers the rows of a table without a key. */
export const ROW_ID_COLUMN = '_row_id'

/** 2021-04-01T00:00:00Z, from which RisingWave counts the milliseconds in its row ids. */
const FIRST_MS = 1_617_235_200_000

/** Numbers of one millisecond. */
const PER_MS = 1n << 22n

/** The first row id of a moment; later moments have greater ones. */
export function idsOf(nowMs: number): bigint {
  return BigInt(Math.max(0, Math.trunc(nowMs) - FIRST_MS)) * PER_MS
}

/** Microseconds since 1970 of the moment that a row id was given in. */
export function timeOfId(id: bigint): bigint {
  return (id / PER_MS + BigInt(FIRST_MS)) * 1000n
}
