import { insertions } from '../../types/chunk.ts'
import type { Connector, Generator, GeneratorSpec, OptionHelp } from '../../types/connector.ts'
import type { Value } from '../../types/value.ts'
import { RowWriter } from '../formats/row-writer.ts'
import { generatedSource } from '../generated-source.ts'
import { integerOption } from '../options.ts'
import { cellOf } from './cell.ts'

const OPTIONS: Readonly<Record<string, OptionHelp>> = {
  'datagen.rows.per.second': { help: 'rows a second of all splits together', default: '10' },
  'datagen.split.num': { help: 'splits; row n belongs to split n mod splits', default: '1' },
  'fields.<column>.kind': { help: 'sequence or random', default: 'random' },
  'fields.<column>.start': { help: 'first value of a sequence', default: '0' },
  'fields.<column>.end': { help: 'last value of a sequence; the source is done after it' },
  'fields.<column>.min': { help: 'least random value', default: '0' },
  'fields.<column>.max': { help: 'greatest random value', default: '32767' },
  'fields.<column>.length': { help: 'length of a random text or array', default: '10' },
  'fields.<column>.max_past': { help: 'how far random times lie back at most', default: '1 day' },
  'fields.<column>.max_past_mode': {
    help: 'relative: to the clock; absolute: to basetime',
    default: 'absolute',
  },
  'fields.<column>.basetime': { help: 'time that absolute random times lie before', default: 'the clock' },
  'fields.<column>.seed': { help: 'seed of a random column', default: '0' },
}

/** Rows made of sequences and random values; row n is a pure function of n, the seeds and, for times, the clock. */
export const datagen: Connector = {
  name: 'datagen',
  options: OPTIONS,
  formats: [],
  source(options, context) {
    const splits = integerOption(options, 'datagen.split.num', 1, 1)
    context.schema.forEach((field, i) => {
      cellOf(field, field.name, i, options)
    })
    const names = Array.from({ length: splits }, (_, i) => String(i))
    return generatedSource({
      connector: 'datagen',
      options,
      schema: context.schema,
      splits: names,
      bounded: ends(options),
    })
  },
  generator,
}

/** A sequence has an end. */
function ends(options: Readonly<Record<string, string>>): boolean {
  return Object.keys(options).some(
    name => name.endsWith('.end') && options[name.replace(/end$/, 'kind')]?.toLowerCase() === 'sequence',
  )
}

/** Offset = number of the split's next row. */
function generator(spec: GeneratorSpec, split: string, from: string | undefined): Generator {
  const cells = spec.schema.map((field, i) => cellOf(field, field.name, i, spec.options))
  const step = spec.splits.length
  const perSecond = integerOption(spec.options, 'datagen.rows.per.second', 10, 1)
  let next = from === undefined ? Number(split) : Number(from)
  const start = next
  let startMs: number | undefined
  let done = cells.some(cell => cell(next, 0) === undefined)
  return {
    next(limit, nowMs) {
      startMs ??= nowMs
      const end = start + ((nowMs - startMs) * perSecond) / 1000 + step
      const rows = new RowWriter(spec.schema)
      while (!done && rows.length < limit && next < end) {
        const row: Value[] = []
        for (const cell of cells) {
          const value = cell(next, nowMs)
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
