import type { Connector } from '../../types/connector.ts'
import { SqlError } from '../../types/error.ts'
import { type Schema, sameType } from '../../types/type.ts'
import { generatedSource } from '../generated-source.ts'
import { nexmarkGenerator } from './generator.ts'
import { NEXMARK_OPTIONS, nexmarkOptions } from './options.ts'
import { streamSchema } from './schema.ts'

/** Nexmark's auction site: bids, auctions and persons as pure functions of the event number. */
export const nexmark: Connector = {
  name: 'nexmark',
  options: NEXMARK_OPTIONS,
  formats: [],
  defaultSchema: options => streamSchema(nexmarkOptions(options).table),
  source(options, context) {
    const { table, splitNum, eventNum } = nexmarkOptions(options)
    const bounded = Number.isFinite(eventNum)
    const schema = context.schema.length === 0 ? streamSchema(table) : context.schema
    checkColumns(schema, streamSchema(table), table)
    const splits = Array.from({ length: splitNum }, (_, i) => String(i))
    return generatedSource({ connector: 'nexmark', options, schema, splits, bounded })
  },
  generator: nexmarkGenerator,
}

function checkColumns(given: Schema, own: Schema, table: string): void {
  for (const field of given) {
    const match = own.find(f => f.name === field.name)
    if (match === undefined) {
      throw new SqlError(
        'undefined_column',
        `column "${field.name}" does not exist in nexmark table ${table}`,
        {
          hint: `Its columns: ${own.map(f => f.name).join(', ')}.`,
        },
      )
    }
    if (!sameType(match.type, field.type)) {
      throw new SqlError(
        'datatype_mismatch',
        `column "${field.name}" of nexmark table ${table} must have type ${match.type.name}`,
      )
    }
  }
}
