import { INT8, type Schema, TEXT, TIMESTAMP, type Type } from '../../types/type.ts'

export type NexmarkTable = 'bid' | 'auction' | 'person'

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
