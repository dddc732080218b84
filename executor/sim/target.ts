import type { Chunk } from '../../types/chunk.ts'
import type { Connector, Epoch, SinkWriter } from '../../types/connector.ts'
import { SqlError } from '../../types/error.ts'
import { rowTexts } from './test-jobs.ts'

/** How a process reaches the target: applied sooner or later, answered perhaps. */
export type Reach = <R>(apply: () => R) => Promise<R>

/**
 * A transactional system outside: rows and marker change together, and a claim fences every older writer. It outlives the servers.
 */
export class Target {
  readonly committed: { readonly epoch: Epoch; readonly rows: readonly string[] }[] = []
  #marker: Epoch | undefined
  #fence = 0
  /** The latest epoch that a manifest is known to call delivered. */
  #recorded: Epoch = 0

  get epochs(): readonly Epoch[] {
    return this.committed.map(({ epoch }) => epoch)
  }

  /**
   * Somebody deletes what the target remembers. Before a manifest names a delivered epoch nobody can tell that from a new
   * target, and everything is delivered again; this fault comes later.
   */
  loseMarker(): void {
    if (this.#recorded > 0) this.#marker = undefined
  }

  restoreMarker(): void {
    this.#marker = this.committed.at(-1)?.epoch
  }

  /** The sum of everything delivered, one text a row. */
  fold(): readonly string[] {
    const counts = new Map<string, number>()
    for (const { rows } of this.committed)
      for (const row of rows) {
        const text = row.slice(1)
        counts.set(text, (counts.get(text) ?? 0) + (row.startsWith('+') ? 1 : -1))
      }
    return [...counts].flatMap(([text, n]) => Array.from({ length: n }, () => text)).sort()
  }

  connector(reach: Reach): Connector {
    return {
      name: 'target',
      options: {},
      formats: [],
      sink: () => {
        /** The first claim of a server says what the manifest does, later ones what it did itself since. */
        let first = true
        const claimed = (delivered: Epoch): void => {
          if (first) this.#recorded = Math.max(this.#recorded, delivered)
          first = false
        }
        return {
          guarantee: 'exactly_once',
          logged: true,
          validate: async () => {},
          open: async () => this.#writer(reach, claimed),
        }
      },
    }
  }

  #writer(reach: Reach, claimed: (delivered: Epoch) => void): SinkWriter {
    let fence = -1
    return {
      claim: async ({ delivered }) => {
        claimed(delivered)
        fence = await reach(() => ++this.#fence)
        // As a claim of Kafka asks for the ends of the topic before it reads: time for an older writer.
        for (let i = 0; i < 5; i++) await reach(() => {})
        const marker = await reach(() => this.#marker)
        if (marker === undefined && delivered > 0)
          throw new SqlError('object_not_in_prerequisite_state', 'the target lost its marker')
        return marker
      },
      write: async epochs => {
        const written = epochs.map(({ epoch, chunks }) => ({ epoch, rows: signedRows(chunks) }))
        await reach(() => {
          if (fence !== this.#fence) throw new Error('fenced by a newer writer')
          this.committed.push(...written)
          this.#marker = written.at(-1)!.epoch
        })
      },
      close: async () => {},
    }
  }
}

function signedRows(chunks: readonly Chunk[]): readonly string[] {
  const inserted = rowTexts(chunks).map(row => `+${row}`)
  const negated = chunks.map(chunk => ({ ...chunk, weights: chunk.weights.map(w => -w) }))
  return [...rowTexts(negated).map(row => `-${row}`), ...inserted]
}
