import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { CHUNK_ROWS } from '../../types/chunk.ts'
import type { OperatorSpec } from '../../types/job.ts'
import type { Operator, OperatorContext } from '../contract.ts'
import { GroupIndex } from './group-index.ts'

type Spec = Extract<OperatorSpec, { kind: 'set-operation' }>

/** INTERSECT and EXCEPT of a query: different rows are numbered and counted by side, and leave at the end. */
export function batchSetOperation(spec: Spec, context: OperatorContext): Operator {
  const input = context.inputs[0]!
  const key = input.map((_, i) => i)
  const rows = new GroupIndex(input)
  const types = input.map(field => field.type)
  let counts = [new Float64Array(64), new Float64Array(64)] as const
  let ids = new Int32Array(0)
  /** The row that leaves next; undefined: not all rows have come. */
  let next: number | undefined

  const multiplicity = (id: number): number => {
    const l = counts[0][id]!
    const r = counts[1][id]!
    if (spec.operation === 'intersect') return spec.all ? Math.max(0, Math.min(l, r)) : l > 0 && r > 0 ? 1 : 0
    return spec.all ? Math.max(0, l - Math.max(0, r)) : l > 0 && r <= 0 ? 1 : 0
  }

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
    barrier(emit) {
      next = 0
      this.resume!(emit)
    },
    resume(emit) {
      if (next === undefined) return false
      const out = new ChunkBuilder(types, emit)
      const end = Math.min(rows.count, next + CHUNK_ROWS)
      for (let id = next; id < end; id++) {
        const times = multiplicity(id)
        if (times === 0) continue
        for (const i of key) out.columns[i]!.copy(out.length, rows.columns[i]!, id)
        out.push(times)
      }
      out.flush()
      next = end
      return end < rows.count
    },
  }
}
