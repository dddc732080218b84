import { SqlError } from '../../types/error.ts'
import { INT8 } from '../../types/type.ts'
import type { OperatorKind } from '../contract.ts'

/** Passes its rows on and fails with 21000 when a group has more than one at a barrier: scalar subqueries. */
export const singleRow: OperatorKind<'single-row'> = {
  kind: 'single-row',
  create(spec, context) {
    const input = context.inputs[0]!
    const key = spec.group.map((_, i) => i)
    const counts = context.table('counts', {
      schema: [...spec.group.map(i => input[i]!), { name: 'rows', type: INT8 }],
      mode: 'keyed',
      key,
      shard: key,
      indexes: [],
    })
    const rows = counts.columns[key.length]!
    const touched = new Set<number>()
    let ids = new Int32Array(0)
    return {
      tables: [counts],
      push(_port, chunk, emit) {
        if (ids.length < chunk.length) ids = new Int32Array(chunk.length)
        counts.findOrAdd(chunk, spec.group, ids, id => rows.set(id, 0n))
        for (let i = 0; i < chunk.length; i++) {
          counts.markDirty(ids[i]!)
          touched.add(ids[i]!)
          rows.i64[ids[i]!] = rows.i64[ids[i]!]! + BigInt(chunk.weights[i]!)
        }
        emit(chunk)
      },
      barrier() {
        for (const id of touched) {
          if (rows.i64[id]! > 1n) {
            const error = new SqlError(
              'cardinality_violation',
              'more than one row returned by a subquery used as an expression',
            )
            if (context.mode === 'batch') throw error
            context.reportError(error)
          }
          if (rows.i64[id] === 0n) counts.remove(id)
        }
        touched.clear()
      },
    }
  },
}
