import type { Chunk } from '../types/chunk.ts'
import type { Epoch } from '../types/connector.ts'
import type { ObjectStore, Version } from './contract.ts'
import { StateObjectReader } from './state-object-reader.ts'
import { readObjects } from './state-objects.ts'

export interface StoredEpochs {
  /** In order, each whole. */
  readonly epochs: readonly { readonly epoch: Epoch; readonly chunks: readonly Chunk[] }[]
  /** Nothing lies behind them in the version. */
  readonly complete: boolean
}

/** The oldest epochs after `after` of a table of mode log: at least one, then until they are of `bytesMax`. */
export async function storedEpochs(
  store: ObjectStore,
  version: Version,
  table: string,
  after: Epoch,
  bytesMax: number,
): Promise<StoredEpochs> {
  // An epoch is in one object, and objects are neighbours in epoch order.
  const objects = version.objects
    .filter(object => object.to > after && Object.hasOwn(object.tables, table))
    .sort((a, b) => a.from - b.from || a.to - b.to)
  const epochs: { epoch: Epoch; chunks: Chunk[] }[] = []
  let bytes = 0
  for await (const { object, body } of readObjects(store, objects)) {
    const reader = StateObjectReader.open(body, object.key)
    const blocks = [...reader.blocks(table)].filter(({ epoch }) => epoch > after)
    for (const block of blocks.sort((a, b) => a.epoch - b.epoch)) {
      if (epochs.at(-1)?.epoch !== block.epoch) {
        if (bytes > bytesMax) return { epochs, complete: false }
        epochs.push({ epoch: block.epoch, chunks: [] })
      }
      epochs.at(-1)!.chunks.push(reader.decode(table, block))
      bytes += Math.max(block.rawLength, block.stored.length)
    }
  }
  return { epochs, complete: true }
}
