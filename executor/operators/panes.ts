import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { StateTable } from '../../storage/state-table.ts'
import type { Chunk, Column } from '../../types/chunk.ts'
import { assert } from '../../types/error.ts'
import type { Emit, OperatorKind } from '../contract.ts'

/** Rows kept before they are passed on, barrier or not. */
const ROWS_MAX = 1 << 14
const DAY = 86_400_000_000
const WORD = 4294967296
/** Times with a larger high word (2^53 microseconds, the year 2255) are not exact as doubles. */
const HIGH_MAX = 1 << 21

/**
 * Rounds the time down to its pane and adds equal rows up: windows whose bounds are bounds of panes count the same rows
 * (Li et al., "No pane, no gain", SIGMOD Record 34(1), 2005). A row is its weight, so nothing else changes. Holds rows
 * until the barrier only.
 */
export const panes: OperatorKind<'panes'> = {
  kind: 'panes',
  create(spec, context) {
    const input = context.inputs[0]!
    const unit = input[spec.time]!.type.name === 'date' ? BigInt(DAY) : 1n
    assert(spec.width > 0n && spec.width % unit === 0n, 'panes: the planner checks the width')
    const all = input.map((_, i) => i)
    const types = input.map(field => field.type)
    const rows = (): StateTable =>
      new StateTable({ id: 'panes', schema: input, mode: 'keyed', key: all, shard: [], indexes: [] }, false)
    let kept = rows()
    let sums = new Float64Array(1024)
    let ids = new Int32Array(0)

    const passOn = (emit: Emit): void => {
      if (kept.size === 0) return
      const out = new ChunkBuilder(types, emit)
      kept.forEachRow(id => {
        if (sums[id] === 0) return
        out.copyRow(0, kept.columns, id)
        out.push(sums[id]!)
      })
      out.flush()
      kept = rows()
    }

    return {
      tables: [],
      push(_port, chunk, emit) {
        if (ids.length < chunk.length) ids = new Int32Array(chunk.length)
        const columns = chunk.columns.with(spec.time, rounded(chunk, spec))
        kept.findOrAdd({ ...chunk, columns }, all, ids, id => {
          if (id >= sums.length) {
            const wider = new Float64Array(sums.length * 2)
            wider.set(sums)
            sums = wider
          }
          sums[id] = 0
        })
        for (let row = 0; row < chunk.length; row++) sums[ids[row]!] = sums[ids[row]!]! + chunk.weights[row]!
        if (kept.size > ROWS_MAX) passOn(emit)
      },
      barrier: passOn,
    }
  },
}

interface Pane {
  readonly time: number
  readonly width: bigint
  readonly offset: bigint
}

/** The time column with each time as the start of its pane; NULL and infinite times as they are. */
function rounded(chunk: Chunk, { time, width, offset }: Pane): Column {
  const { type, data, nulls } = chunk.columns[time]!
  if (data instanceof Int32Array) {
    const days = Number(width) / DAY
    const shift = Number(offset) / DAY
    const to = new Int32Array(chunk.length)
    for (let row = 0; row < chunk.length; row++) to[row] = down(data[row]!, days, shift)
    return { type, data: to, nulls }
  }
  const from = data as BigInt64Array
  const to = new BigInt64Array(chunk.length)
  const words = new Int32Array(from.buffer, from.byteOffset, chunk.length * 2)
  const target = new Int32Array(to.buffer)
  const size = Number(width)
  const shift = Number(offset)
  for (let row = 0; row < chunk.length; row++) {
    const high = words[2 * row + 1]!
    if (high >= HIGH_MAX || high < -HIGH_MAX) {
      to[row] = farRounded(from[row]!, width, offset)
      continue
    }
    const start = down(high * WORD + (words[2 * row]! >>> 0), size, shift)
    const startHigh = Math.floor(start / WORD)
    target[2 * row] = start - startHigh * WORD
    target[2 * row + 1] = startHigh
  }
  return { type, data: to, nulls }
}

function down(at: number, width: number, offset: number): number {
  return Math.floor((at - offset) / width) * width + offset
}

function farRounded(at: bigint, width: bigint, offset: bigint): bigint {
  if (at === 0x7fffffffffffffffn || at === -0x8000000000000000n) return at
  const since = (((at - offset) % width) + width) % width
  return at - since
}
