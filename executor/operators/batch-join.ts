import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { ColumnBuffer } from '../../storage/column-buffer.ts'
import { hashRows } from '../../storage/hash-rows.ts'
import { CHUNK_ROWS, type Chunk, type Column, insertions } from '../../types/chunk.ts'
import type { OperatorSpec } from '../../types/job.ts'
import { INT4 } from '../../types/type.ts'
import type { Emit, Operator, OperatorContext } from '../contract.ts'
import { columnsOf } from '../expression/columns-of.ts'
import { ownedChunk } from '../owned-chunk.ts'
import { RowFilter } from '../row-filter.ts'
import { BuildSide, type Cursor } from './build-side.ts'

/** More rows are not worth a filter: it would take longer to make, and leave the processor's cache. */
const FILTERED_ROWS_MAX = 1 << 18

type Spec = Extract<OperatorSpec, { kind: 'join' }>

/** The port whose rows are gathered before those of the other come. */
export function buildPort(spec: Spec): 0 | 1 {
  return (spec.build ?? (spec.type === 'right' ? 'left' : 'right')) === 'left' ? 0 : 1
}

/**
 * The join of a query: one side's rows are gathered, the other's looked up among them and not kept. Rows that come too early,
 * because both sides read one node, wait. A gathered row that is padded or kept by its matches leaves at the end.
 */
export function batchJoin(spec: Spec, context: OperatorContext): Operator {
  const build = buildPort(spec)
  const probe = 1 - build
  const schemas = [context.inputs[0]!, context.inputs[1]!] as const
  const width = schemas[0].length
  const keys = [spec.leftKeys, spec.rightKeys] as const
  const filtering = spec.type === 'semi' || spec.type === 'anti'
  const pads = [spec.type === 'left' || spec.type === 'full', spec.type === 'right' || spec.type === 'full']
  const marks = pads[build]! || (filtering && build === 0)
  const counts = pads[probe]! || (filtering && build === 1)
  const side = new BuildSide(schemas[build], keys[build])
  let emitTo: Emit = () => {}
  const types = [...schemas[0], ...schemas[1]].map(field => field.type)
  const out = new ChunkBuilder(filtering ? types.slice(0, width) : types, chunk => emitTo(chunk))
  const condition = residual(spec, schemas, context)
  const rows = new Int32Array(CHUNK_ROWS)
  const ids = new Int32Array(CHUNK_ROWS)
  const weights = new Int32Array(CHUNK_ROWS)
  const early: Chunk[] = []
  let hashes = new Int32Array(CHUNK_ROWS)
  let unable = new Uint8Array(CHUNK_ROWS)
  let totals = new Float64Array(CHUNK_ROWS)
  let complete = false
  /** All rows have come, and so many of the gathered ones were asked whether they leave now. */
  let ended = false
  let asked = 0

  const hashed = (port: 0 | 1 | number, chunk: Chunk): Uint8Array | undefined => {
    if (hashes.length < chunk.length) {
      hashes = new Int32Array(chunk.length)
      unable = new Uint8Array(chunk.length)
      totals = new Float64Array(chunk.length)
    }
    hashRows(chunk, keys[port]!, hashes)
    return unmatchable(chunk, keys[port]!, spec.nullSafe, unable)
  }

  const emitPairs = (chunk: Chunk, count: number): void => {
    const [mine, theirs] = build === 0 ? [0, width] : [width, 0]
    out.gather(theirs, chunk.columns, rows, count)
    out.gather(mine, side.columns, ids, count)
    for (let i = 0; i < count; i++) weights[i] = chunk.weights[rows[i]!]! * side.weights[ids[i]!]!
    out.pushMany(weights, count)
  }

  /** Rows of one side alone: padded with NULLs, or whole rows of semi and anti joins. */
  const emitAlone = (
    port: number,
    columns: readonly Column[],
    of: Int32Array,
    list: Int32Array,
    n: number,
  ): void => {
    if (n === 0) return
    const at = port === 0 || filtering ? 0 : width
    out.gather(at, columns, list, n)
    if (!filtering)
      for (let i = 0; i < types.length; i++)
        if (port === 0 ? i >= width : i < width) {
          const column = out.columns[i]!
          column.reserve(out.length + n)
          for (let k = 0; k < n; k++) column.setNull(out.length + k)
        }
    for (let k = 0; k < n; k++) weights[k] = of[list[k]!]!
    out.pushMany(weights, n)
  }
  const stays = (matched: number): boolean => (spec.type === 'semi' ? matched > 0 : matched <= 0)

  const look = (chunk: Chunk): void => {
    const skip = hashed(probe, chunk)
    if (counts) totals.fill(0, 0, chunk.length)
    const one = filtering && !marks && condition === undefined && side.positive
    const at: Cursor = { row: 0, id: -1 }
    while (at.row < chunk.length) {
      let count = side.pairs(chunk, keys[probe]!, hashes, skip, one, at, rows, ids)
      if (count > 0 && condition !== undefined)
        count = condition(
          build === 0 ? [side.columns, chunk.columns] : [chunk.columns, side.columns],
          build,
          rows,
          ids,
          count,
        )
      if (count === 0) continue
      if (!filtering) emitPairs(chunk, count)
      if (counts)
        for (let i = 0; i < count; i++) totals[rows[i]!] = totals[rows[i]!]! + side.weights[ids[i]!]!
      const { matches } = side
      if (matches !== undefined)
        for (let i = 0; i < count; i++) matches[ids[i]!] = matches[ids[i]!]! + chunk.weights[rows[i]!]!
    }
    if (counts)
      for (let row = 0; row < chunk.length; ) {
        let n = 0
        for (; row < chunk.length && n < CHUNK_ROWS; row++) if (stays(totals[row]!)) rows[n++] = row
        emitAlone(probe, chunk.columns, chunk.weights, rows, n)
      }
    out.flush()
  }

  const emitLeft = (): void => {
    const { matches } = side
    if (matches === undefined) return
    let n = 0
    for (; asked < side.count && n < CHUNK_ROWS; asked++) if (stays(matches[asked]!)) ids[n++] = asked
    emitAlone(build, side.columns, side.weights, ids, n)
    out.flush()
  }

  return {
    tables: [],
    push(port, chunk, emit) {
      emitTo = emit
      if (port === probe) {
        if (complete) look(chunk)
        else early.push(ownedChunk(chunk))
      } else {
        const skip = hashed(build, chunk)
        side.add(chunk, hashes, skip)
      }
    },
    complete(port) {
      if (port !== build) return
      complete = true
      side.complete(marks)
    },
    resume(emit) {
      if (!complete) return false
      emitTo = emit
      const chunk = early.shift()
      if (chunk !== undefined) look(chunk)
      else if (ended) emitLeft()
      return early.length > 0 || (ended && side.matches !== undefined && asked < side.count)
    },
    barrier() {
      ended = true
    },
    bytes: () => side.bytes,
    keyFilter(places, columns) {
      if (side.count > FILTERED_ROWS_MAX) return undefined
      return new RowFilter(
        columns,
        places.map(key => side.columns[keys[build]![key]!]!),
        side.count,
      )
    },
    gatheredKeys: places => ({
      keys: places.map(key => side.columns[keys[build]![key]!]!),
      count: side.count,
    }),
  }
}

/** 1 where a key is NULL that matches nothing; undefined: nowhere. */
function unmatchable(
  chunk: Chunk,
  keys: readonly number[],
  nullSafe: readonly boolean[],
  into: Uint8Array,
): Uint8Array | undefined {
  let any = false
  for (let k = 0; k < keys.length; k++) {
    const { nulls } = chunk.columns[keys[k]!]!
    if (nulls === null || nullSafe[k]) continue
    if (!any) into.fill(0, 0, chunk.length)
    any = true
    for (let row = 0; row < chunk.length; row++) if (nulls[row] === 1) into[row] = 1
  }
  return any ? into : undefined
}

type Condition = (
  sides: readonly [readonly Column[], readonly Column[]],
  build: 0 | 1,
  rows: Int32Array,
  ids: Int32Array,
  count: number,
) => number

/** Moves the pairs that fulfil the join's condition to the front; returns how many there are. */
function residual(
  spec: Spec,
  schemas: readonly [OperatorContext['inputs'][0], OperatorContext['inputs'][0]],
  context: OperatorContext,
): Condition | undefined {
  if (spec.residual === undefined) return undefined
  const pair = { name: 'pair', type: INT4 }
  const schema = [...schemas[0], ...schemas[1], pair]
  const last = schema.length - 1
  const test = context.compile([{ kind: 'column', index: last, type: INT4 }], schema, spec.residual)
  const read = [...columnsOf(spec.residual)]
  /** Of columns that the condition does not read there are no rows. */
  const columns = schema.map(({ type }) => new ColumnBuffer(type, 64, true))
  columns[last]!.reserve(CHUNK_ROWS)
  for (let i = 0; i < CHUNK_ROWS; i++) columns[last]!.i32[i] = i
  const width = schemas[0].length
  return (sides, build, rows, ids, count) => {
    const [left, right] = build === 0 ? [ids, rows] : [rows, ids]
    for (const i of read) {
      columns[i]!.clear()
      if (i < width) columns[i]!.gather(0, sides[0][i]!, left, count)
      else columns[i]!.gather(0, sides[1][i - width]!, right, count)
    }
    const views = columns.map(({ type, data, nulls }) => ({ type, data, nulls }))
    const kept = test({ columns: views, weights: insertions(count), length: count })
    if (kept === undefined) return 0
    const numbers = kept.columns[0]!.data as Int32Array
    for (let i = 0; i < kept.length; i++) {
      rows[i] = rows[numbers[i]!]!
      ids[i] = ids[numbers[i]!]!
    }
    return kept.length
  }
}
