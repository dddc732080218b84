import type { OptionHelp } from '../../types/connector.ts'

/** Options by which librdkafka is tuned, which change no row and no guarantee: taken, and not used. */
const NAMES = `allow.auto.create.topics batch.num.messages batch.size client.id enable.auto.commit
  enable.idempotence fetch.max.bytes fetch.queue.backoff.ms fetch.wait.max.ms max.in.flight.requests.per.connection
  message.max.bytes message.send.max.retries queue.buffering.max.kbytes queue.buffering.max.messages
  queue.buffering.max.ms queued.max.messages.kbytes queued.min.messages receive.message.max.bytes
  reconnect.backoff.max.ms reconnect.backoff.ms retry.backoff.ms statistics.interval.ms`.split(/\s+/)

export const CLIENT_OPTIONS: Readonly<Record<string, OptionHelp>> = Object.fromEntries(
  [...NAMES.map(name => `properties.${name}`), 'properties.sync.call.timeout', 'group.id.prefix'].map(
    name => [name, { help: 'taken for the sake of other clients, not used' }],
  ),
)
