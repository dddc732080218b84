import type { Connector, Generator, Reader, RowError } from '../../types/connector.ts'
import type { JobChange } from '../runtime-contract.ts'
import { node, PAIR, pairs } from './test-jobs.ts'
import type { Incarnation } from './world.ts'

/** Row number i of either source. */
function rowAt(i: number): readonly [bigint, string] {
  return [BigInt(i), `v${i % 7}`]
}

function rowsBetween(from: number, to: number) {
  return pairs(Array.from({ length: to - from }, (_, i) => rowAt(from + i)))
}

/** A generator of `total` rows, a few at a time. */
export function numbers(total: number): Connector {
  return {
    name: 'numbers',
    options: {},
    formats: [],
    source: () => ({
      schema: PAIR,
      generator: { connector: 'numbers', options: {}, schema: PAIR, splits: ['0'] },
      open: () => Promise.reject(new Error('the engine generates')),
      validate: async () => {},
      close: async () => {},
    }),
    generator(_spec, _split, from): Generator {
      let at = Number(from ?? 0)
      return {
        next(limit) {
          const to = Math.min(total, at + Math.min(limit, 7))
          if (to <= at) return undefined
          const chunk = rowsBetween(at, to)
          at = to
          return chunk
        },
        offset: () => String(at),
        done: () => at >= total,
      }
    },
  }
}

const MALFORMED_EVERY = 10

/** How many of the feed's records cannot be read: they lie before its rows 0, 10, 20 … */
export function malformedOf(total: number): number {
  return Math.ceil(total / MALFORMED_EVERY)
}

function malformed(from: number, to: number): RowError[] {
  const errors: RowError[] = []
  for (let i = from; i < to; i++)
    if (i % MALFORMED_EVERY === 0)
      errors.push({ origin: `record before ${i}`, error: 'malformed', payload: null })
  return errors
}

/** `total` records in two splits outside, read over the network. */
export function feed(total: number, process: Incarnation): Connector {
  const splits = ['even', 'odd']
  return {
    name: 'feed',
    options: {},
    formats: [],
    source: () => ({
      schema: PAIR,
      validate: async () => {},
      close: async () => {},
      async open(from, until): Promise<Reader> {
        const at = new Map(splits.map(split => [split, Number(from.get(split) ?? 0)]))
        return {
          async read(limit, signal) {
            for (;;) {
              const ends = splits.map(split => {
                const end = until === undefined ? total / 2 : Number(until.get(split) ?? 0)
                return { split, from: at.get(split)!, to: Math.min(end, at.get(split)! + Math.min(limit, 5)) }
              })
              const next = ends.find(range => range.from < range.to)
              if (next !== undefined) {
                await process.request(() => undefined)
                if (signal.aborted) return undefined
                at.set(next.split, next.to)
                const first = next.split === 'even' ? 0 : total / 2
                const chunk = rowsBetween(first + next.from, first + next.to)
                const errors = malformed(first + next.from, first + next.to)
                return { chunk, offsets: new Map([[next.split, String(next.to)]]), errors, bytes: 1 }
              }
              if (until !== undefined || signal.aborted) return undefined
              await process.host.sleep(1000, signal)
            }
          },
          close: async () => {},
        }
      },
    }),
  }
}

export function sourceJob(relation: number, connector: string): JobChange {
  return {
    job: { relation, nodes: [node(1, { kind: 'source', relation, schema: PAIR }, [], PAIR)] },
    source: {
      relation,
      connector,
      options: {},
      schema: PAIR,
      include: [],
      format: { format: 'plain', encode: 'json', options: {} },
      key: [],
    },
  }
}
