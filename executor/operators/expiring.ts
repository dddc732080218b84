import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { OperatorKind } from '../contract.ts'
import { expiringRows } from './expiring-rows.ts'

/** Rows without a key, which may leave in time: what takes back a row that is not there is dropped. */
export const expiring: OperatorKind<'expiring'> = {
  kind: 'expiring',
  create({ expiry }, context) {
    const schema = context.inputs[0]!
    const bag = { mode: 'bag', key: [], shard: [] } as const
    const held = expiry && expiringRows(context, schema, expiry, bag)
    const rows = held?.rows ?? context.table('rows', { ...bag, schema, indexes: [] })
    const content = schema.map((_, i) => i)
    const out = new ChunkBuilder(schema.map(field => field.type))

    /** The row's place, by its content. */
    const find = (chunk: Chunk, row: number): number =>
      expiry?.by === 'age' ? rows.hashIndex(1).first(chunk, row, content) : rows.find(chunk, row)

    return {
      tables: [rows],
      push(_port, chunk, emit) {
        const kept = held?.kept(chunk) ?? chunk
        for (let row = 0; row < chunk.length; row++) {
          let weight = chunk.weights[row]!
          if (weight > 0) {
            rows.add(kept, row, weight)
            out.copyRow(0, chunk.columns, row)
            out.push(weight)
            continue
          }
          for (let id = find(chunk, row); weight < 0 && id !== -1; id = find(chunk, row)) {
            const taken = Math.min(-weight, rows.weights[id]!)
            out.copyRow(0, chunk.columns, row)
            out.push(-taken)
            rows.add(rows, id, -taken)
            weight += taken
          }
        }
        const chunkOut = out.take()
        if (chunkOut !== undefined) emit(chunkOut)
      },
      ...(held && { marks: held.marks, expire: held.expire }),
    }
  },
}
