import type { OptionHelp } from '../../types/connector.ts'
import { SqlError } from '../../types/error.ts'
import { requiredOption } from '../options.ts'
import type { StartAt } from './client.ts'
import { CLIENT_OPTIONS } from './client-options.ts'
import type { KafkaSettings } from './kafkajs-internals.ts'

type Options = Readonly<Record<string, string>>

export const KAFKA_OPTIONS: Readonly<Record<string, OptionHelp>> = {
  topic: { help: 'topic to read or write', required: true },
  'properties.bootstrap.server': { help: 'brokers, host:port, comma separated', required: true },
  'scan.startup.mode': { help: 'earliest, latest or timestamp: where to start', default: 'earliest' },
  'scan.startup.timestamp.millis': { help: 'where to start, milliseconds since 1970 (mode timestamp)' },
  'properties.metadata.max.age.ms': {
    help: 'how often new partitions are looked for, milliseconds',
    default: '5000',
  },
  'properties.security.protocol': {
    help: 'PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL',
    default: 'PLAINTEXT',
  },
  'properties.sasl.mechanism': { help: 'PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512', default: 'PLAIN' },
  'properties.sasl.username': { help: 'user' },
  'properties.sasl.password': { help: 'password', sensitive: true },
  ...CLIENT_OPTIONS,
  primary_key: { help: 'key columns of a sink, comma separated' },
  type: { help: 'append-only, upsert or debezium (older form of FORMAT)' },
  force_append_only: { help: 'true: drop retractions of an append-only sink' },
  delivery: { help: 'exactly-once or at-least-once', default: 'exactly-once' },
  'progress.topic': { help: 'compacted one-partition topic of the markers', default: 'weir_progress' },
  'transaction.timeout.ms': { help: 'after it the broker aborts an epoch left open', default: '600000' },
}

export function kafkaSettings(options: Options): KafkaSettings {
  const servers =
    options['properties.bootstrap.server'] ?? requiredOption(options, 'properties.bootstrap.server')
  const protocol = (options['properties.security.protocol'] ?? 'PLAINTEXT').toUpperCase()
  if (!['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'].includes(protocol)) {
    throw new SqlError('invalid_parameter_value', `unknown security protocol "${protocol}"`)
  }
  const brokers = servers.split(',').map(server => server.trim())
  const ssl = protocol.endsWith('SSL')
  if (!protocol.startsWith('SASL')) return { brokers, ssl }
  const mechanism = (options['properties.sasl.mechanism'] ?? 'PLAIN').toLowerCase()
  const username = requiredOption(options, 'properties.sasl.username')
  const password = requiredOption(options, 'properties.sasl.password')
  switch (mechanism) {
    case 'plain':
    case 'scram-sha-256':
    case 'scram-sha-512':
      return { brokers, ssl, sasl: { mechanism, username, password } as NonNullable<KafkaSettings['sasl']> }
    default:
      throw new SqlError('invalid_parameter_value', `unknown SASL mechanism "${mechanism}"`)
  }
}

export function startAt(options: Options): StartAt {
  const mode = options['scan.startup.mode']?.toLowerCase() ?? 'earliest'
  if (mode === 'earliest' || mode === 'latest') return mode
  if (mode !== 'timestamp') {
    throw new SqlError('invalid_parameter_value', `invalid value for option "scan.startup.mode": "${mode}"`, {
      hint: 'Accepted: earliest, latest, timestamp.',
    })
  }
  const timestampMs = Number(requiredOption(options, 'scan.startup.timestamp.millis'))
  if (Number.isSafeInteger(timestampMs)) return { timestampMs }
  throw new SqlError('invalid_parameter_value', 'scan.startup.timestamp.millis must be a whole number')
}
