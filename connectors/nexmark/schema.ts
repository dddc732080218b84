import { INT8, type Schema, TEXT, TIMESTAMP, type Type } from '../../types/type.ts'

export type NexmarkTable = 'bid' | 'auction' | 'person'
/** One table, or all of them in one stream. */
export type NexmarkStream = NexmarkTable | 'combined'

const fields = (text: string): Schema =>
  text.split(' ').map(field => {
    const [name, kind] = field.split(':')
    return { name: name!, type: TYPES[kind!]! }
  })

const TYPES: Readonly<Record<string, Type>> = { i: INT8, s: TEXT, t: TIMESTAMP }

/** Columns of the three nexmark tables, named as RisingWave names them. */
export const NEXMARK_SCHEMAS: Readonly<Record<NexmarkTable, Schema>> = {
  bid: fields('auction:i bidder:i price:i channel:s url:s date_time:t extra:s'),
  auction: fields(
    'id:i item_name:s description:s initial_bid:i reserve:i date_time:t expires:t seller:i category:i extra:s',
  ),
  person: fields('id:i name:s email_address:s credit_card:s city:s state:s date_time:t extra:s'),
}

const struct = (fields: Schema): Type => ({ name: 'struct', fields })

/** Columns of a stream; of the combined one a row fills the struct of its table alone. */
export function streamSchema(stream: NexmarkStream): Schema {
  if (stream !== 'combined') return NEXMARK_SCHEMAS[stream]
  const { person, auction, bid } = NEXMARK_SCHEMAS
  return [
    { name: 'event_type', type: INT8 },
    { name: 'person', type: struct(person) },
    { name: 'auction', type: struct(auction) },
    { name: 'bid', type: struct(bid) },
  ]
}
