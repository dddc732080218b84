import { intervalMicros } from '../../types/compare.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import { parseText } from '../../types/text-io.ts'
import { parseInterval } from '../../types/time/interval.ts'
import { type Field, TIMESTAMPTZ, type Type } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fromText } from '../formats/from-json.ts'
import { Random } from '../nexmark/random.ts'
import { integerOption, wordOption } from '../options.ts'

type Options = Readonly<Record<string, string>>

/** The cell of row `n`, made at that time; undefined: a sequence has ended. */
export type Cell = (n: number, nowMs: number) => Value | undefined

const NUMBERS: readonly string[] = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric']
const LEAST = Number.MIN_SAFE_INTEGER

/** How a field's cells are made; `path` names it in options: `column`, `column.field`, `column._` for elements. */
export function cellOf({ type }: Pick<Field, 'type'>, path: string, index: number, options: Options): Cell {
  const option = (name: string) => `fields.${path}.${name}`
  if (type.name === 'struct') {
    const cells = type.fields!.map((field, i) =>
      cellOf(field, `${path}.${field.name}`, index * 32 + i + 1, options),
    )
    return (n, nowMs) => together(cells.map(cell => cell(n, nowMs)))
  }
  if (type.name === 'array') {
    const length = integerOption(options, option('length'), 3, 0)
    const cell = cellOf({ type: type.element! }, `${path}._`, index, options)
    return (n, nowMs) => together(Array.from({ length }, (_, i) => cell(n * length + i, nowMs)))
  }
  const kind = wordOption(options, option('kind'), ['sequence', 'random'], 'random')
  if (kind === 'sequence') return sequence(type, option, options)
  const seed = integerOption(options, option('seed'), 0, 0)
  const random = (n: number) => new Random(n + (seed * 1024 + index) * 2 ** 32)
  if (NUMBERS.includes(type.name)) return randomNumber(type, option, options, random)
  if (type.name === 'bool') return n => random(n).below(2) === 1
  if (type.name === 'timestamp' || type.name === 'timestamptz') return pastTime(option, options, random)
  if (type.name === 'text') {
    const length = integerOption(options, option('length'), 10, 0)
    return n => {
      const draws = random(n)
      let text = ''
      for (let i = 0; i < length; i++) text += draws.below(36).toString(36)
      return text
    }
  }
  throw notSupported(`datagen of type ${type.name}`)
}

type Name = (name: string) => string
type Draws = (n: number) => Random

/** A list has ended when one of its values has. */
function together(values: readonly (Value | undefined)[]): Value | undefined {
  return values.every(value => value !== undefined) ? values : undefined
}

function sequence(type: Type, option: Name, options: Options): Cell {
  if (!NUMBERS.includes(type.name)) throw notSupported(`a datagen sequence of type ${type.name}`)
  const first = integerOption(options, option('start'), 0, LEAST)
  const last = integerOption(options, option('end'), Number.MAX_SAFE_INTEGER, LEAST)
  return n => (first + n > last ? undefined : fromText(String(first + n), type, true))
}

function randomNumber(type: Type, option: Name, options: Options, random: Draws): Cell {
  const min = integerOption(options, option('min'), 0, LEAST)
  const max = integerOption(options, option('max'), 32767, LEAST)
  if (max < min)
    throw new SqlError('invalid_parameter_value', `option "${option('max')}" is below the minimum`)
  const whole = type.name.startsWith('int')
  return n => {
    const unit = random(n).unit()
    const value = whole ? Math.floor(min + unit * (max - min + 1)) : min + unit * (max - min)
    return fromText(String(value), type, true)
  }
}

/** Times between `max_past` before the clock (or `basetime`) and then. */
function pastTime(option: Name, options: Options, random: Draws): Cell {
  const text = options[option('max_past')] ?? '1 day'
  const past = parseInterval(text)
  if (past === undefined)
    throw new SqlError('invalid_parameter_value', `option "${option('max_past')}" must be an interval`)
  wordOption(options, option('max_past_mode'), ['absolute', 'relative'], 'absolute')
  const base = options[option('basetime')]
  const fixed = base === undefined ? undefined : (parseText(TIMESTAMPTZ, base) as bigint)
  const span = Number(intervalMicros(past))
  return (n, nowMs) => (fixed ?? BigInt(nowMs) * 1000n) - BigInt(Math.floor(random(n).unit() * span))
}
