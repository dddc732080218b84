import type { Connector } from '../../types/connector.ts'
import { DECODED_FORMATS } from '../formats/decoder.ts'
import { KAFKA_OPTIONS } from './options.ts'
import { kafkaSink } from './sink.ts'
import { kafkaSource } from './source.ts'

/** Kafka topics as sources (explicit partitions and offsets) and as exactly-once sinks (a transaction an epoch). */
export const kafka: Connector = {
  name: 'kafka',
  options: KAFKA_OPTIONS,
  formats: DECODED_FORMATS,
  source: kafkaSource,
  sink: kafkaSink,
}
