import type { OptionHelp } from '../../types/connector.ts'
import { integerOption, wordOption } from '../options.ts'
import type { NexmarkStream } from './schema.ts'

export interface NexmarkOptions {
  readonly table: NexmarkStream
  readonly splitNum: number
  /** Events of all tables together; Infinity when not given. */
  readonly eventNum: number
  /** Density of event time. */
  readonly eventsPerSecond: number
  /** Pace of the clock between events of all tables; 0: as fast as possible. */
  readonly gapNs: number
}

export const NEXMARK_OPTIONS: Readonly<Record<string, OptionHelp>> = {
  'nexmark.table.type': { help: 'Bid, Auction or Person; none: all in one stream' },
  'nexmark.split.num': { help: 'splits, each with its own blocks of 50 events', default: '1' },
  'nexmark.event.num': { help: 'events of all tables together; the source is done after them' },
  'nexmark.min.event.gap.in.ns': {
    help: 'wall-clock time between two events of all tables; 0: as fast as possible',
    default: '100000',
  },
  'nexmark.events.per.second': { help: 'events in one second of event time', default: '10000' },
  'nexmark.batch.size': { help: 'accepted for compatibility; chunks have their own size' },
}

export function nexmarkOptions(options: Readonly<Record<string, string>>): NexmarkOptions {
  const table = wordOption(
    options,
    'nexmark.table.type',
    ['bid', 'auction', 'person', 'combined'],
    'combined',
  )
  return {
    table,
    splitNum: integerOption(options, 'nexmark.split.num', 1, 1),
    eventNum: integerOption(options, 'nexmark.event.num', Number.POSITIVE_INFINITY, 0),
    eventsPerSecond: integerOption(options, 'nexmark.events.per.second', 10_000, 1),
    gapNs: integerOption(options, 'nexmark.min.event.gap.in.ns', 100_000, 0),
  }
}
