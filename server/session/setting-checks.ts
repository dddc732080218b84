import type { Setting } from './setting.ts'

/** A word for true or false. */
export const bool = (value: string) => /^(on|off|true|false|yes|no|0|1)$/i.test(value)

/** Whether the word of a switch means true. */
export const isOn = (value: string) => /^(on|true|yes|1)$/i.test(value)

export const whole = (value: string) => /^-?\d+$/.test(value)

export const duration = (value: string) => durationMs(value) !== undefined

/** One of these words, in any case. */
export const oneOf = (...words: readonly string[]) =>
  Object.assign((value: string) => words.includes(value.toLowerCase()), { words })

/** The words that a check made by `oneOf` accepts. */
export function wordsOf(check: Setting['check']): readonly string[] | undefined {
  return check !== undefined && 'words' in check ? (check.words as readonly string[]) : undefined
}

/** From short to long. */
const UNIT_MS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A switch as PostgreSQL shows it. */
export const onOrOff = (value: string) => (isOn(value) ? 'on' : 'off')

/** A duration in the longest unit that it is whole in, as PostgreSQL shows it: 90000 as 90s. */
export function shownDuration(value: string): string {
  const ms = durationMs(value)
  if (ms === undefined) return value
  if (ms === 0) return '0'
  const [unit, factor] = Object.entries(UNIT_MS).findLast(([, factor]) => ms % factor === 0)!
  return `${ms / factor}${unit}`
}

const SIZES: readonly (readonly [string, number])[] = [
  ['TB', 1024 ** 3],
  ['GB', 1024 ** 2],
  ['MB', 1024],
  ['kB', 1],
  ['B', 1 / 1024],
]

/** A size, in kilobytes where it says no unit, in the largest unit that it is whole in: 2048 as 2MB. */
export function shownSize(value: string): string {
  const [, digits, said = 'kB'] = /^(\d+)\s*([kMGT]?B)?$/.exec(value.trim()) ?? []
  if (digits === undefined) return value
  const kilobytes = Math.round(Number(digits) * SIZES.find(([unit]) => unit === said)![1])
  if (kilobytes === 0) return '0'
  const [unit, factor] = SIZES.find(([, factor]) => kilobytes % factor === 0)!
  return `${kilobytes / factor}${unit}`
}

/** Milliseconds of a setting such as 500, 500ms, 1.5s or 2min; undefined: not a duration. */
export function durationMs(value: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(value.trim()) ?? []
  const factor = UNIT_MS[unit ?? 'none']
  return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor)
}
