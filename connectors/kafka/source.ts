import type { Source, SourceContext } from '../../types/connector.ts'
import { SqlError } from '../../types/error.ts'
import { BYTEA, type Schema, TEXT, TIMESTAMPTZ, type Type } from '../../types/type.ts'
import { recordDecoder } from '../formats/decoder.ts'
import { integerOption, requiredOption } from '../options.ts'
import { kafkaClient } from './client.ts'
import { kafkaSettings, startAt } from './options.ts'
import { KafkaReader } from './reader.ts'

type Options = Readonly<Record<string, string>>

const HEADERS: Type = {
  name: 'array',
  element: {
    name: 'struct',
    fields: [
      { name: 'key', type: TEXT },
      { name: 'value', type: BYTEA },
    ],
  },
}

const INCLUDED: Readonly<Record<string, Type>> = {
  key: BYTEA,
  partition: TEXT,
  offset: TEXT,
  timestamp: TIMESTAMPTZ,
  header: HEADERS,
}

/** A topic; split ids are partition numbers, positions are the offsets to read next. */
export function kafkaSource(options: Options, context: SourceContext): Source {
  const topic = requiredOption(options, 'topic')
  const settings = kafkaSettings(options)
  const start = startAt(options)
  const refreshMs = integerOption(options, 'properties.metadata.max.age.ms', 5000, 100)
  const decode = recordDecoder(context.schema, context.key, context.format)
  const included = context.include.map(({ what, name }) => {
    const type = INCLUDED[what.toLowerCase()]
    if (type === undefined) {
      throw new SqlError('invalid_parameter_value', `a Kafka source cannot INCLUDE ${what}`, {
        hint: `Accepted: ${Object.keys(INCLUDED).join(', ')}.`,
      })
    }
    return { name, type }
  })
  const schema: Schema = [...context.schema, ...included]
  const what = context.include.map(column => column.what.toLowerCase())
  return {
    schema,
    async validate() {
      const client = await kafkaClient(settings)
      await client.partitions(topic).finally(() => client.close())
    },
    async ends() {
      const client = await kafkaClient(settings)
      const ends = await client.offsets(topic, 'latest').finally(() => client.close())
      return new Map([...ends].map(([partition, offset]) => [String(partition), String(offset)]))
    },
    async open(from, until) {
      const client = await kafkaClient(settings)
      const clock = context.host.monotonic
      const parts = {
        client,
        topic,
        start,
        refreshMs,
        schema,
        include: what,
        key: context.key,
        decode,
        clock,
      }
      const reader = new KafkaReader(parts, until)
      try {
        await reader.start(from)
      } catch (error) {
        await client.close()
        throw error
      }
      return reader
    },
    close: async () => {},
  }
}
