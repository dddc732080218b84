import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { OperatorSpec } from '../../types/job.ts'
import { INT8 } from '../../types/type.ts'
import type { Emit, OperatorKind } from '../contract.ts'

type Spec = Extract<OperatorSpec, { kind: 'set-operation' }>

/** How often a row leaves that came so often on each side. */
export function multiplicity({ operation, all }: Spec, left: number, right: number): number {
  if (operation === 'intersect')
    return all ? Math.max(0, Math.min(left, right)) : left > 0 && right > 0 ? 1 : 0
  return all ? Math.max(0, left - Math.max(0, right)) : left > 0 && right <= 0 ? 1 : 0
}

/** INTERSECT and EXCEPT: counts of both sides per row; the barrier emits how the multiplicity moved. */
export const setOperation: OperatorKind<'set-operation'> = {
  kind: 'set-operation',
  create(spec, context) {
    const input = context.inputs[0]!
    const key = input.map((_, i) => i)
    const counts = context.table('counts', {
      schema: [...input, { name: 'left', type: INT8 }, { name: 'right', type: INT8 }],
      mode: 'keyed',
      key,
      shard: key,
      indexes: [],
    })
    const types = input.map(field => field.type)
    const [left, right] = [counts.columns[key.length]!, counts.columns[key.length + 1]!]
    /** Touched row -> multiplicity emitted so far. */
    const touched = new Map<number, number>()
    let ids = new Int32Array(0)

    const now = (id: number): number => multiplicity(spec, Number(left.i64[id]!), Number(right.i64[id]!))

    return {
      tables: [counts],
      push(port, chunk) {
        if (ids.length < chunk.length) ids = new Int32Array(chunk.length)
        counts.findOrAdd(chunk, key, ids, id => {
          left.set(id, 0n)
          right.set(id, 0n)
        })
        const side = port === 0 ? left : right
        for (let i = 0; i < chunk.length; i++) {
          const id = ids[i]!
          if (!touched.has(id)) touched.set(id, now(id))
          counts.markDirty(id)
          side.i64[id] = side.i64[id]! + BigInt(chunk.weights[i]!)
        }
      },
      barrier: emitChanges,
    }

    function emitChanges(emit: Emit): void {
      const out = new ChunkBuilder(types, emit)
      for (const [id, before] of touched) {
        const change = now(id) - before
        if (change !== 0) {
          for (const i of key) out.columns[i]!.copy(out.length, counts.columns[i]!, id)
          out.push(change)
        }
        if (left.i64[id] === 0n && right.i64[id] === 0n) counts.remove(id)
      }
      out.flush()
      touched.clear()
    }
  },
}
