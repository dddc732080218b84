import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { compareOrder } from '../../storage/ordered-index.ts'
import type { OperatorKind } from '../contract.ts'

/** ORDER BY with OFFSET and LIMIT of a batch query: collects the net rows, emits them in order at the end. */
export const sort: OperatorKind<'sort'> = {
  kind: 'sort',
  create(spec, context) {
    const schema = context.inputs[0]!
    const types = schema.map(field => field.type)
    let rows = new ChunkBuilder(types)
    let weights: number[] = []
    let retracted = false
    const bag = context.table('rows', { schema, mode: 'bag', key: [], shard: [], indexes: [] })
    return {
      tables: [bag],
      push(_port, chunk) {
        for (let row = 0; row < chunk.length; row++) {
          const weight = chunk.weights[row]!
          if (weight < 0 && !retracted) {
            retracted = true
            for (let i = 0; i < rows.length; i++) bag.add(rows, i, weights[i]!)
            rows = new ChunkBuilder(types)
            weights = []
          }
          if (retracted) bag.add(chunk, row, weight)
          else {
            rows.copyRow(0, chunk.columns, row)
            rows.push(weight)
            weights.push(weight)
          }
        }
      },
      barrier(emit) {
        const columns = retracted ? bag.columns : rows.columns
        const ids: number[] = []
        if (retracted) bag.forEachRow(id => ids.push(id))
        else for (let i = 0; i < rows.length; i++) ids.push(i)
        ids.sort((a, b) => compareOrder(spec.order, columns, a, columns, b) || a - b)
        const out = new ChunkBuilder(types, emit)
        const end = spec.limit === undefined ? Number.POSITIVE_INFINITY : spec.offset + spec.limit
        let position = 0
        let last = -1
        for (const id of ids) {
          const weight = retracted ? bag.weights[id]! : weights[id]!
          const tie =
            spec.withTies && last !== -1 && compareOrder(spec.order, columns, last, columns, id) === 0
          if (position >= end && !tie) break
          const stop = spec.withTies ? position + weight : Math.min(position + weight, end)
          for (let n = Math.max(position, spec.offset); n < stop; n++) {
            out.copyRow(0, columns, id)
            out.push(1)
          }
          position += weight
          last = id
        }
        out.flush()
        rows = new ChunkBuilder(types)
        weights = []
      },
    }
  },
}
