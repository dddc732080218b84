import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { ColumnBuffer } from '../../storage/column-buffer.ts'
import { ownedRows } from '../../storage/gather.ts'
import { hashRows } from '../../storage/hash-rows.ts'
import type { StateTable } from '../../storage/state-table.ts'
import { CHUNK_ROWS, type Chunk, insertions } from '../../types/chunk.ts'
import type { JoinType } from '../../types/job.ts'
import { INT4 } from '../../types/type.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { columnsOf } from '../expression/columns-of.ts'
import { joinBounds } from '../watermarks/join-bounds.ts'

/**
 * Algorithm: a chunk of one side is joined with the other side's rows, then added to its own side's; one side after the
 * other, so ΔA⋈B + A⋈ΔB + ΔA⋈ΔB comes out. State: each side's rows with a hash list by key. Outer, semi and anti sides
 * keep, beside each row, the weight of its matches (derived; counted again after recovery): a row is padded or kept
 * when that count crosses zero. Rows that marks say will match nothing more are forgotten. NULL keys match nothing unless null-safe, so such rows are not stored.
 */
export const join: OperatorKind<'join'> = {
  kind: 'join',
  create(spec, context) {
    const [left, right] = [context.inputs[0]!, context.inputs[1]!]
    const keys = [spec.leftKeys, spec.rightKeys]
    const filtering = spec.type === 'semi' || spec.type === 'anti'
    const pads = [paddedSide(spec.type, 0), paddedSide(spec.type, 1)]
    const counted = [pads[0]! || filtering, pads[1]!]
    const boundsOf = joinBounds(spec, [left, right], counted, context)
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
    let weights = new Int32Array(CHUNK_ROWS)
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
    const residualColumns = spec.residual === undefined ? [] : [...columnsOf(spec.residual)]
    /** Columns of pairs to be tested; of those the condition does not read there are no rows. */
    const candidates = [...types, INT4].map(type => new ColumnBuffer(type, 64, true))
    candidates[types.length]!.reserve(CHUNK_ROWS)
    for (let i = 0; i < CHUNK_ROWS; i++) candidates[types.length]!.i32[i] = i

    let hashes = new Int32Array(CHUNK_ROWS)
    let heads = new Int32Array(CHUNK_ROWS)
    let chosen = new Int32Array(CHUNK_ROWS)
    const pairRows = new Int32Array(CHUNK_ROWS)
    const pairIds = new Int32Array(CHUNK_ROWS)

    /** Rows whose key can match at all; undefined: every row of the chunk. Valid until the next call. */
    const matchable = (port: number, chunk: Chunk): Rows => {
      let { length } = chunk
      let rows: Int32Array | undefined
      for (let i = 0; i < keys[port]!.length; i++) {
        const { nulls } = chunk.columns[keys[port]![i]!]!
        if (nulls === null || spec.nullSafe[i]) continue
        const before = rows
        const count = length
        length = 0
        rows = chosen
        for (let k = 0; k < count; k++) {
          const row = before === undefined ? k : before[k]!
          if (nulls[row] !== 1) chosen[length++] = row
        }
      }
      return { rows, length }
    }

    /** Hands on the pairs of a row of the chunk and a stored row of the other side that join, many at a time. */
    const forEachPairs = (port: number, chunk: Chunk, { rows, length }: Rows, visit: VisitPairs): void => {
      const table = tables[1 - port]!
      const index = table.hashIndex(0)
      index.firsts(chunk, keys[port]!, hashes, rows, length, heads)
      const { links } = index
      let count = 0
      for (let i = 0; i < length; i++) {
        for (let id = heads[i]!; id !== -1; id = links[id]!) {
          pairRows[count] = rows === undefined ? i : rows[i]!
          pairIds[count++] = id
          if (count < CHUNK_ROWS) continue
          visit(pairRows, pairIds, residual === undefined ? count : joining(port, chunk, table, count))
          count = 0
        }
      }
      if (count > 0)
        visit(pairRows, pairIds, residual === undefined ? count : joining(port, chunk, table, count))
    }

    /** Moves the pairs that fulfil the condition to the front; returns how many there are. */
    const joining = (port: number, chunk: Chunk, table: StateTable, count: number): number => {
      const [ofLeft, ofRight] = port === 0 ? [pairRows, pairIds] : [pairIds, pairRows]
      const [fromLeft, fromRight] =
        port === 0 ? [chunk.columns, table.columns] : [table.columns, chunk.columns]
      for (const i of residualColumns) {
        const column = candidates[i]!
        if (i < left.length) column.gather(0, fromLeft[i]!, ofLeft, count)
        else column.gather(0, fromRight[i - left.length]!, ofRight, count)
      }
      const columns = candidates.map(({ type, data, nulls }) => ({ type, data, nulls }))
      const kept = residual!({ columns, weights: insertions(count), length: count })
      for (const i of residualColumns) candidates[i]!.clear()
      if (kept === undefined) return 0
      const numbers = kept.columns[0]!.data as Int32Array
      for (let i = 0; i < kept.length; i++) {
        pairRows[i] = pairRows[numbers[i]!]!
        pairIds[i] = pairIds[numbers[i]!]!
      }
      return kept.length
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
        if (hashes.length < chunk.length) {
          hashes = new Int32Array(chunk.length)
          heads = new Int32Array(chunk.length)
          chosen = new Int32Array(chunk.length)
        }
        const mine = tables[port]!
        const other = tables[1 - port]!
        const totals = counted[port] ? new Float64Array(chunk.length) : undefined
        const counting = totals !== undefined || counted[1 - port]!
        hashRows(chunk, keys[port]!, hashes)
        const able = matchable(port, chunk)
        forEachPairs(port, chunk, able, (rows, ids, count) => {
          if (!filtering) {
            out.gather(port === 0 ? 0 : left.length, chunk.columns, rows, count)
            out.gather(port === 0 ? left.length : 0, other.columns, ids, count)
            if (weights.length < count) weights = new Int32Array(count)
            for (let i = 0; i < count; i++) weights[i] = chunk.weights[rows[i]!]! * other.weights[ids[i]!]!
            out.pushMany(weights, count)
          }
          if (!counting) return
          for (let i = 0; i < count; i++) {
            const row = rows[i]!
            const id = ids[i]!
            const stored = other.weights[id]!
            if (totals !== undefined) totals[row] = totals[row]! + stored
            if (!counted[1 - port]) continue
            const before = matches[1 - port]![id]!
            const after = before + chunk.weights[row]!
            matches[1 - port]![id] = after
            emitAlone(1 - port, other.columns, id, stored * (alone(after) - alone(before)))
          }
        })
        if (totals !== undefined)
          for (let row = 0; row < chunk.length; row++)
            emitAlone(port, chunk.columns, row, chunk.weights[row]! * alone(totals[row]!))
        if (mine.spec.mode === 'append') {
          const first = mine.end
          mine.appendRows(chunk, able.rows, able.length, hashes)
          if (totals !== undefined)
            for (let i = 0; i < able.length; i++)
              setMatches(port, first + i, totals[able.rows === undefined ? i : able.rows[i]!]!)
        } else
          for (let i = 0; i < able.length; i++) {
            const row = able.rows === undefined ? i : able.rows[i]!
            const id = mine.add(chunk, row, chunk.weights[row]!)
            if (totals !== undefined && id !== -1) setMatches(port, id, totals[row]!)
          }
        out.flush()
      },

      marks([ofLeft, ofRight]) {
        const { bounds, marks } = boundsOf([ofLeft!, ofRight!])
        for (const port of [0, 1] as const)
          tables[port]!.expire(bounds[port], (ids, count) => {
            if (counted[port]) for (let i = 0; i < count; i++) matches[port]![i] = matches[port]![ids[i]!]!
          })
        return marks
      },

      restored() {
        for (const port of [0, 1]) if (counted[port]) recount(tables[port]!, port)
      },
    }

    function recount(table: StateTable, port: number): void {
      table.forEachRow(id => setMatches(port, id, 0))
      for (let from = 0; from < table.end; from += CHUNK_ROWS) {
        const length = Math.min(CHUNK_ROWS, table.end - from)
        let live = 0
        for (let id = from; id < from + length; id++) if (table.weights[id] !== 0) chosen[live++] = id
        const ids = chosen.slice(0, live)
        const chunk = { columns: table.columns.map(c => ownedRows(c, ids, live)), weights: ids, length: live }
        hashRows(chunk, keys[port]!, hashes)
        forEachPairs(port, chunk, { rows: undefined, length: live }, (rows, others, count) => {
          for (let i = 0; i < count; i++) {
            const id = ids[rows[i]!]!
            matches[port]![id] = matches[port]![id]! + tables[1 - port]!.weights[others[i]!]!
          }
        })
      }
    }
  },
}

/** Chosen rows of a chunk; no list: the first `length`. */
interface Rows {
  readonly rows: Int32Array | undefined
  readonly length: number
}

/** Pair i is row rows[i] of the chunk and the stored row ids[i], for i < count. */
type VisitPairs = (rows: Int32Array, ids: Int32Array, count: number) => void

function paddedSide(type: JoinType, port: number): boolean {
  return type === 'full' || type === (port === 0 ? 'left' : 'right')
}
