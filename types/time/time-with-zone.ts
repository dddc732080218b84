import { notSupported } from '../error.ts'
import type { Interval } from '../value.ts'
import { localToInstant, splitMicros, zoneOffsetSeconds } from './datetime.ts'
import { clock } from './interval.ts'
import { offsetText } from './zone-offset.ts'

/** The zone takes the lowest bits: seconds west of Greenwich, moved so that they are never below zero. */
const ZONE_BITS = 18n
const ZONE_BIAS = 131_072

/**
 * A time with time zone as one whole number, the instant of day first and then the zone, so that numbers compare as PostgreSQL compares
 * the values. `micros`: since midnight there; `east`: seconds east of Greenwich.
 */
export function packTime(micros: bigint, east: number): bigint {
  return ((micros - BigInt(east) * 1_000_000n) << ZONE_BITS) + BigInt(ZONE_BIAS - east)
}

export function unpackTime(packed: bigint): { micros: bigint; east: number } {
  const east = ZONE_BIAS - Number(BigInt.asUintN(Number(ZONE_BITS), packed))
  return { micros: (packed >> ZONE_BITS) + BigInt(east) * 1_000_000n, east }
}

export function formatTimeWithZone(packed: bigint): string {
  const { micros, east } = unpackTime(packed)
  return clock(micros) + offsetText(east)
}

/** Later in the same zone, within the day. */
export function laterTime(packed: bigint, by: Interval): bigint {
  const { micros, east } = unpackTime(packed)
  return packTime(splitMicros(micros + by.micros).time, east)
}

/** The same instant of day in a zone so many seconds east. */
export function timeInZone(packed: bigint, east: number): bigint {
  const { micros, east: before } = unpackTime(packed)
  return packTime(splitMicros(micros + BigInt(east - before) * 1_000_000n).time, east)
}

/** A local time of a day that is not known, in a zone; only where clocks never change there is one answer. */
export function timeOfZone(micros: bigint, zone: string): bigint {
  return packTime(micros, steadyOffset(zone))
}

/** Seconds east of a zone at a local time. */
export function offsetOfLocal(local: bigint, zone: string): number {
  return Number((local - localToInstant(local, zone)) / 1_000_000n)
}

/** Seconds east of a zone whatever the day. Throws 0A000 where they change. */
export function steadyOffset(zone: string): number {
  const [winter, summer] = [1_704_067_200_000_000n, 1_719_792_000_000_000n]
  const offset = zoneOffsetSeconds(zone, winter)
  if (offset === zoneOffsetSeconds(zone, summer)) return offset
  throw notSupported(`time with time zone in "${zone}", where clocks change, without a date`)
}
