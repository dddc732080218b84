import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { INT8 } from '../../types/type.ts'
import type { OperatorKind } from '../contract.ts'
import { keptValues } from './kept-values.ts'

/**
 * The net change of its input, let out once in so long a time: what follows is at the state of the barrier at which it last was. What
 * a new job reads of its inputs goes through at once.
 */
export const refresh: OperatorKind<'refresh'> = {
  kind: 'refresh',
  create({ everyMs }, context) {
    const schema = context.inputs[0]!
    const bag = (role: string) =>
      context.table(role, { schema, mode: 'bag', key: [], shard: [], indexes: [] })
    const [removed, added] = [bag('removed'), bag('added')]
    const last = keptValues(context, 'refreshed', 'id', { name: 'at', type: INT8 })
    const out = new ChunkBuilder(schema.map(field => field.type))

    return {
      tables: [removed, added, last.table],
      push(_port, chunk) {
        for (let row = 0; row < chunk.length; row++) {
          const weight = chunk.weights[row]!
          const [own, other] = weight > 0 ? [added, removed] : [removed, added]
          const count = Math.abs(weight)
          const canceled = Math.min(count, other.weightOf(chunk, row))
          if (canceled > 0) other.add(chunk, row, -canceled)
          if (count > canceled) own.add(chunk, row, count - canceled)
        }
      },
      barrier(emit) {
        const now = BigInt(Math.floor(context.now()))
        const before = last.get(0) as bigint | undefined
        const reading = context.backfilling()
        if (!reading && before !== undefined && now - before < BigInt(everyMs) && now >= before) return
        if (!reading) last.set(0, now)
        for (const [table, sign] of [
          [removed, -1],
          [added, 1],
        ] as const) {
          const ids: number[] = []
          table.forEachRow(id => ids.push(id))
          for (const id of ids) {
            out.copyRow(0, table.columns, id)
            out.push(sign * table.weights[id]!)
            table.remove(id)
          }
        }
        const chunk = out.take()
        if (chunk !== undefined) emit(chunk)
      },
    }
  },
}
