import { SqlError } from '../types/error.ts'

type Options = Readonly<Record<string, string>>

/** A whole number within bounds, or the fallback when the option is absent. */
export function integerOption(options: Options, name: string, fallback: number, min: number): number {
  const text = options[name]
  if (text === undefined) return fallback
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < min) {
    throw new SqlError('invalid_parameter_value', `invalid value for option "${name}": "${text}"`, {
      hint: `The value must be a whole number, at least ${min}.`,
    })
  }
  return value
}

/** One of the named words (any case), or the fallback when the option is absent. */
export function wordOption<Word extends string>(
  options: Options,
  name: string,
  words: readonly Word[],
  fallback?: Word,
): Word {
  const text = options[name]?.toLowerCase()
  if (text === undefined && fallback !== undefined) return fallback
  const found = words.find(word => word === text)
  if (found !== undefined) return found
  const message =
    text === undefined ? `option "${name}" is required` : `invalid value for option "${name}": "${text}"`
  throw new SqlError('invalid_parameter_value', message, { hint: `Accepted: ${words.join(', ')}.` })
}

/** An option that must be there. */
export function requiredOption(options: Options, name: string): string {
  const text = options[name]
  if (text !== undefined && text !== '') return text
  throw new SqlError('invalid_parameter_value', `option "${name}" is required`)
}
