import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { StateTable } from '../../storage/state-table.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { JoinType } from '../../types/job.ts'
import { INT4 } from '../../types/type.ts'
import type { Emit, OperatorKind } from '../contract.ts'

/**
 * Algorithm: a chunk of one side is joined with the other side's rows, then added to its own side's; one side after the
 * other, so ΔA⋈B + A⋈ΔB + ΔA⋈ΔB comes out. State: each side's rows with a hash list by key. Outer, semi and anti sides
 * keep, beside each row, the weight of its matches (derived; counted again after recovery): a row is padded or kept
 * when that count crosses zero. NULL keys match nothing unless null-safe, so such rows are not stored.
 */
export const join: OperatorKind<'join'> = {
  kind: 'join',
  create(spec, context) {
    const [left, right] = [context.inputs[0]!, context.inputs[1]!]
    const keys = [spec.leftKeys, spec.rightKeys]
    const filtering = spec.type === 'semi' || spec.type === 'anti'
    const pads = [paddedSide(spec.type, 0), paddedSide(spec.type, 1)]
    const counted = [pads[0]! || filtering, pads[1]!]
    const tables = [left, right].map((schema, port) =>
      context.table(port === 0 ? 'left' : 'right', {
        schema,
        mode: context.appendOnly(port) ? 'append' : 'bag',
        key: [],
        shard: keys[port]!,
        indexes: [{ kind: 'hash', columns: keys[port]! }],
      }),
    )
    const types = [...left, ...right].map(field => field.type)
    const outTypes = filtering ? left.map(field => field.type) : types
    const matches = [new Float64Array(64), new Float64Array(64)]
    let emitTo: Emit = () => {}
    const out = new ChunkBuilder(outTypes, chunk => emitTo(chunk))
    const residual =
      spec.residual === undefined
        ? undefined
        : context.compile(
            [{ kind: 'column', index: types.length, type: INT4 }],
            [...left, ...right, { name: 'pair', type: INT4 }],
            spec.residual,
          )

    const matchable = (port: number, chunk: Chunk, row: number): boolean => {
      for (let i = 0; i < keys[port]!.length; i++) {
        const nulls = chunk.columns[keys[port]![i]!]!.nulls
        if (nulls !== null && nulls[row] === 1 && !spec.nullSafe[i]) return false
      }
      return true
    }

    /** Calls `visit` for each pair of a row of the chunk and a stored row of the other side that join. */
    const forEachPair = (port: number, chunk: Chunk, visit: (row: number, other: number) => void): void => {
      const table = tables[1 - port]!
      const index = table.hashIndex(0)
      if (residual === undefined) {
        for (let row = 0; row < chunk.length; row++) {
          if (!matchable(port, chunk, row)) continue
          for (let id = index.first(chunk, row, keys[port]!); id !== -1; id = index.next(id)) visit(row, id)
        }
        return
      }
      let pairs: number[] = []
      const candidates = new ChunkBuilder([...types, INT4], batch => {
        const kept = residual(batch)
        const chosen = pairs
        pairs = []
        if (kept === undefined) return
        const numbers = kept.columns[0]!.data as Int32Array
        for (let i = 0; i < kept.length; i++) {
          const pair = numbers[i]!
          visit(chosen[2 * pair]!, chosen[2 * pair + 1]!)
        }
      })
      for (let row = 0; row < chunk.length; row++) {
        if (!matchable(port, chunk, row)) continue
        for (let id = index.first(chunk, row, keys[port]!); id !== -1; id = index.next(id)) {
          candidates.copyRow(port === 0 ? 0 : left.length, chunk.columns, row)
          candidates.copyRow(port === 0 ? left.length : 0, table.columns, id)
          candidates.columns[types.length]!.set(candidates.length, pairs.length >> 1)
          pairs.push(row, id)
          candidates.push(1)
        }
      }
      candidates.flush()
    }

    /** Emits a stored or arriving row of side `port` alone: padded with NULLs, or as a row of semi and anti joins. */
    const emitAlone = (port: number, columns: Chunk['columns'], row: number, weight: number): void => {
      if (weight === 0) return
      if (!filtering) out.nullRow(port === 0 ? left.length : 0, port === 0 ? right.length : left.length)
      out.copyRow(port === 0 || filtering ? 0 : left.length, columns, row)
      out.push(weight)
    }
    const alone = (count: number): number => ((spec.type === 'semi' ? count > 0 : count <= 0) ? 1 : 0)

    const setMatches = (port: number, id: number, count: number): void => {
      if (id >= matches[port]!.length) {
        const wider = new Float64Array(Math.max(id + 1, matches[port]!.length * 2))
        wider.set(matches[port]!)
        matches[port] = wider
      }
      matches[port]![id] = count
    }

    return {
      tables,

      push(port, chunk, emit) {
        emitTo = emit
        const mine = tables[port]!
        const other = tables[1 - port]!
        const totals = counted[port] ? new Float64Array(chunk.length) : undefined
        forEachPair(port, chunk, (row, id) => {
          const weight = chunk.weights[row]!
          const stored = other.weights[id]!
          if (!filtering) {
            out.copyRow(port === 0 ? 0 : left.length, chunk.columns, row)
            out.copyRow(port === 0 ? left.length : 0, other.columns, id)
            out.push(weight * stored)
          }
          if (totals !== undefined) totals[row] = totals[row]! + stored
          if (!counted[1 - port]) return
          const before = matches[1 - port]![id]!
          matches[1 - port]![id] = before + weight
          emitAlone(1 - port, other.columns, id, stored * (alone(before + weight) - alone(before)))
        })
        for (let row = 0; row < chunk.length; row++) {
          const total = totals?.[row] ?? 0
          if (counted[port]) emitAlone(port, chunk.columns, row, chunk.weights[row]! * alone(total))
          if (!matchable(port, chunk, row)) continue
          const id = mine.add(chunk, row, chunk.weights[row]!)
          if (counted[port] && id !== -1) setMatches(port, id, total)
        }
        out.flush()
      },

      restored() {
        for (const port of [0, 1]) if (counted[port]) recount(tables[port]!, port)
      },
    }

    function recount(table: StateTable, port: number): void {
      const chunk = { columns: table.columns, weights: table.weights, length: table.end }
      table.forEachRow(id => setMatches(port, id, 0))
      const live = table.weights
      forEachPair(port, chunk, (row, id) => {
        if (live[row] !== 0) matches[port]![row] = matches[port]![row]! + tables[1 - port]!.weights[id]!
      })
    }
  },
}

function paddedSide(type: JoinType, port: number): boolean {
  return type === 'full' || type === (port === 0 ? 'left' : 'right')
}
