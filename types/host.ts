/**
 * Everything a run depends on besides its input. The engine, the commit protocol and sinks reach time, timers and
 * randomness only through here, so that a simulated host can replay a seed.
 */
export interface Host {
  /** Wall clock, milliseconds since 1970. For people and metrics, never for ordering. */
  now(): number
  /** Monotonic milliseconds, for durations. */
  monotonic(): number
  /** Resolves after `ms`; rejects never. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Uniform in [0, 1). */
  random(): number
  /** `length` random bytes (at most 64), for generation ids and names. */
  randomBytes(length: number): Uint8Array
  /** A named crash point (reliability.md 1.2): kills the process when the run asks for it there, else does nothing. */
  crashPoint(id: string): void
}
