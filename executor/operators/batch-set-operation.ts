import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { CHUNK_ROWS } from '../../types/chunk.ts'
import type { OperatorSpec } from '../../types/job.ts'
import type { Operator, OperatorContext } from '../contract.ts'
import { GroupIndex } from './group-index.ts'
import { endsPiece, inPieces } from './in-pieces.ts'
import { multiplicity } from './set-operation.ts'

type Spec = Extract<OperatorSpec, { kind: 'set-operation' }>

/** INTERSECT and EXCEPT of a query: different rows are numbered and counted by side, and leave at the end. */
export function batchSetOperation(spec: Spec, context: OperatorContext): Operator {
  const input = context.inputs[0]!
  const key = input.map((_, i) => i)
  const rows = new GroupIndex(input)
  const types = input.map(field => field.type)
  let counts = [new Float64Array(64), new Float64Array(64)] as const
  let ids = new Int32Array(0)

  return {
    tables: [],
    push(port, chunk) {
      if (ids.length < chunk.length) ids = new Int32Array(Math.max(chunk.length, CHUNK_ROWS))
      rows.findOrAdd(chunk, key, ids)
      if (rows.count > counts[0].length) {
        const [left, right] = counts
        let length = left.length
        while (length < rows.count) length *= 2
        counts = [new Float64Array(length), new Float64Array(length)]
        counts[0].set(left)
        counts[1].set(right)
      }
      const side = counts[port]!
      for (let i = 0; i < chunk.length; i++) side[ids[i]!] = side[ids[i]!]! + chunk.weights[i]!
    },
    bytes: () => rows.bytes + 2 * counts[0].byteLength,
    ...inPieces('batch', function* (emit) {
      const out = new ChunkBuilder(types, emit)
      for (let id = 0; id < rows.count; id++) {
        if (endsPiece(id)) yield
        const times = multiplicity(spec, counts[0][id]!, counts[1][id]!)
        if (times === 0) continue
        out.copyRow(0, rows.columns, id)
        out.push(times)
      }
      out.flush()
    }),
  }
}
