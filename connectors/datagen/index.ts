import { insertions } from '../../types/chunk.ts'
import type { Connector, Generator, GeneratorSpec, OptionHelp } from '../../types/connector.ts'
import { notSupported, SqlError } from '../../types/error.ts'
import type { Field } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import { fromText } from '../formats/from-json.ts'
import { RowWriter } from '../formats/row-writer.ts'
import { generatedSource } from '../generated-source.ts'
import { Random } from '../nexmark/random.ts'
import { integerOption, wordOption } from '../options.ts'

type Options = Readonly<Record<string, string>>
/** The cell of row `n`; undefined: a sequence has ended. */
type Cell = (n: number) => Value | undefined

const OPTIONS: Readonly<Record<string, OptionHelp>> = {
  'datagen.rows.per.second': { help: 'rows a second of all splits together', default: '10' },
  'datagen.split.num': { help: 'splits; row n belongs to split n mod splits', default: '1' },
  'fields.<column>.kind': { help: 'sequence or random', default: 'random' },
  'fields.<column>.start': { help: 'first value of a sequence', default: '0' },
  'fields.<column>.end': { help: 'last value of a sequence; the source is done after it' },
  'fields.<column>.min': { help: 'least random value', default: '0' },
  'fields.<column>.max': { help: 'greatest random value', default: '32767' },
  'fields.<column>.length': { help: 'length of a random text', default: '10' },
  'fields.<column>.seed': { help: 'seed of a random column', default: '0' },
}

/** Rows made of sequences and random values; row n is a pure function of n and the seeds. */
export const datagen: Connector = {
  name: 'datagen',
  options: OPTIONS,
  formats: [],
  source(options, context) {
    const splits = integerOption(options, 'datagen.split.num', 1, 1)
    context.schema.forEach((field, i) => {
      cellOf(field, i, options)
    })
    const names = Array.from({ length: splits }, (_, i) => String(i))
    return generatedSource({ connector: 'datagen', options, schema: context.schema, splits: names })
  },
  generator,
}

/** Offset = number of the split's next row. */
function generator(spec: GeneratorSpec, split: string, from: string | undefined): Generator {
  const cells = spec.schema.map((field, i) => cellOf(field, i, spec.options))
  const step = spec.splits.length
  const perSecond = integerOption(spec.options, 'datagen.rows.per.second', 10, 1)
  let next = from === undefined ? Number(split) : Number(from)
  const start = next
  let startMs: number | undefined
  let done = cells.some(cell => cell(next) === undefined)
  return {
    next(limit, nowMs) {
      startMs ??= nowMs
      const end = start + ((nowMs - startMs) * perSecond) / 1000 + step
      const rows = new RowWriter(spec.schema)
      while (!done && rows.length < limit && next < end) {
        const row: Value[] = []
        for (const cell of cells) {
          const value = cell(next)
          if (value === undefined) done = true
          else row.push(value)
        }
        if (done) break
        rows.push(row, 1)
        next += step
      }
      if (rows.length === 0) return undefined
      return { ...rows.chunk(), weights: insertions(rows.length) }
    },
    offset: () => String(next),
    done: () => done,
  }
}

function cellOf(field: Field, index: number, options: Options): Cell {
  const option = (name: string) => `fields.${field.name}.${name}`
  const kind = wordOption(options, option('kind'), ['sequence', 'random'], 'random')
  const { type } = field
  const isNumber = ['int2', 'int4', 'int8', 'float4', 'float8', 'numeric'].includes(type.name)
  const least = Number.MIN_SAFE_INTEGER
  if (kind === 'sequence') {
    if (!isNumber) throw notSupported(`a datagen sequence of type ${type.name}`)
    const first = integerOption(options, option('start'), 0, least)
    const last = integerOption(options, option('end'), Number.MAX_SAFE_INTEGER, least)
    return n => (first + n > last ? undefined : fromText(String(first + n), type, true))
  }
  const seed = integerOption(options, option('seed'), 0, 0)
  const random = (n: number) => new Random(n + (seed * 1024 + index) * 2 ** 32)
  if (isNumber) {
    const min = integerOption(options, option('min'), 0, least)
    const max = integerOption(options, option('max'), 32767, least)
    if (max < min)
      throw new SqlError('invalid_parameter_value', `option "${option('max')}" is below the minimum`)
    const whole = type.name.startsWith('int')
    return n => {
      const unit = random(n).unit()
      const value = whole ? Math.floor(min + unit * (max - min + 1)) : min + unit * (max - min)
      return fromText(String(value), type, true)
    }
  }
  if (type.name === 'bool') return n => random(n).below(2) === 1
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
