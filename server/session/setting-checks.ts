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
export function wordsOf(check: ((value: string) => boolean) | undefined): readonly string[] | undefined {
  return check !== undefined && 'words' in check ? (check.words as readonly string[]) : undefined
}

const UNIT_MS: Readonly<Record<string, number>> = {
  '': 1,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** Milliseconds of a setting such as 500, 500ms, 1.5s or 2min; undefined: not a duration. */
export function durationMs(value: string): number | undefined {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(value.trim()) ?? []
  const factor = UNIT_MS[unit ?? 'none']
  return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor)
}
