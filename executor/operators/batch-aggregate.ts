import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { byteLengths, ColumnBuffer } from '../../storage/column-buffer.ts'
import { CHUNK_ROWS, type Chunk } from '../../types/chunk.ts'
import type { AggregateCall, OperatorSpec } from '../../types/job.ts'
import { type Field, INT4 } from '../../types/type.ts'
import type { Accumulator, Multiset } from '../aggregates/contract.ts'
import { createAggregate } from '../aggregates/index.ts'
import type { Operator, OperatorContext } from '../contract.ts'
import { GatheredRows } from './gathered-rows.ts'
import { GroupIndex } from './group-index.ts'
import { endsPiece, inPieces } from './in-pieces.ts'

type Spec = Extract<OperatorSpec, { kind: 'aggregate' }>

type Call = Folded | Gathered

/** Its rows are folded as they come. */
interface Folded {
  readonly kind: 'folded'
  readonly spec: AggregateCall
  readonly accumulator: Accumulator
  readonly state: readonly ColumnBuffer[]
  readonly seen: Seen | undefined
  /** Its state is another call's, which fills it. */
  readonly follows: boolean
}

/** Its rows are needed in order. */
interface Gathered {
  readonly kind: 'gathered'
  readonly spec: AggregateCall
  readonly multiset: Multiset
  readonly rows: GatheredRows
}

const GROUP: Field = { name: 'group', type: INT4 }

/** Of a DISTINCT call: values behind the number of their group, if there are several, and which of them were counted. */
interface Seen {
  readonly values: GroupIndex
  counted: Uint8Array
}

/**
 * GROUP BY of a query over rows that are never taken back: groups are numbered, their accumulators filled, rows that are needed
 * in order gathered, and all leave at the end. undefined: rows may be taken back.
 */
export function batchAggregate(spec: Spec, context: OperatorContext): Operator | undefined {
  if (!context.appendOnly(0)) return undefined
  const input = context.inputs[0]!
  const calls: Call[] = []
  for (const call of spec.calls) {
    const types = call.args.map(arg => input[arg]!.type)
    const made = createAggregate(call.fn, types, true, true)
    if (made.kind === 'multiset') {
      const rows = new GatheredRows(call, made, input)
      calls.push({ kind: 'gathered', spec: call, multiset: made, rows })
      continue
    }
    const twin = calls.find(
      (other): other is Folded =>
        other.kind === 'folded' && other.accumulator.update === made.update && sameRows(other.spec, call),
    )
    if (twin !== undefined) {
      calls.push({ ...twin, spec: call, accumulator: made, follows: true })
      continue
    }
    const state = made.state.map(({ type }) => new ColumnBuffer(type))
    const keys = [...(spec.groups.length > 0 ? [GROUP] : []), ...call.args.map(i => input[i]!)]
    const seen =
      call.distinct && call.args.length > 0
        ? { values: new GroupIndex(keys), counted: new Uint8Array(64) }
        : undefined
    calls.push({ kind: 'folded', spec: call, accumulator: made, state, seen, follows: false })
  }
  const groups = new GroupIndex(spec.groups.map(i => input[i]!))
  const types = [...spec.groups.map(i => input[i]!.type), ...spec.calls.map(call => call.type)]
  const scratch = new Weights()
  let ids = new Int32Array(0)
  let initialised = 0

  const initialise = (): void => {
    for (const call of calls) {
      if (call.kind === 'gathered' || call.follows) continue
      for (const [k, column] of call.state.entries()) {
        const { initial } = call.accumulator.state[k]!
        column.reserve(groups.count)
        for (let id = initialised; id < groups.count; id++) column.set(id, initial)
      }
    }
    initialised = groups.count
  }

  return {
    tables: [],
    push(_port, chunk) {
      if (ids.length < chunk.length) ids = new Int32Array(Math.max(chunk.length, CHUNK_ROWS))
      groups.findOrAdd(chunk, spec.groups, ids)
      initialise()
      for (const call of calls) {
        if (call.kind === 'gathered') {
          call.rows.add(chunk, ids, scratch.of(call, ids, chunk))
          continue
        }
        if (call.follows) continue
        const args = call.spec.args.map(i => chunk.columns[i]!)
        call.accumulator.update(call.state, ids, args, scratch.of(call, ids, chunk), chunk.length)
      }
    },
    bytes() {
      let sum = groups.bytes
      for (const call of calls)
        sum +=
          call.kind === 'gathered'
            ? call.rows.bytes
            : byteLengths(call.state) + (call.seen?.values.bytes ?? 0)
      return sum
    },
    ...inPieces('batch', function* (emit) {
      if (spec.groups.length === 0 && groups.count === 0) {
        groups.count = 1
        initialise()
      }
      const values = calls.map(call =>
        call.kind === 'gathered' ? call.rows.byGroup(groups.count) : undefined,
      )
      const out = new ChunkBuilder(types, emit)
      for (let id = 0; id < groups.count; id++) {
        const at = out.length
        out.copyRow(0, groups.columns, id)
        for (const [i, call] of calls.entries()) {
          const column = out.columns[groups.columns.length + i]!
          if (call.kind === 'folded') call.accumulator.output(call.state, id, column, at)
          else column.set(at, yield* values[i]!(id))
        }
        out.push(1)
        if (endsPiece(id)) yield
      }
      out.flush()
    }),
  }
}

/** Whether the calls fold the same values of the same rows. */
function sameRows(a: AggregateCall, b: AggregateCall): boolean {
  return (
    a.distinct === b.distinct &&
    a.filter === b.filter &&
    a.args.length === b.args.length &&
    a.args.every((arg, i) => arg === b.args[i])
  )
}

/** Weights of rows with 0 for those that a call passes over: its filter, a NULL argument, a value counted before. */
class Weights {
  #own = new Int32Array(4096)
  #numbers = new Int32Array(4096)

  /** Valid until the next call. `groups`: numbers of the rows' groups. */
  of(call: Call, groups: Int32Array, chunk: Chunk): Int32Array {
    const { spec } = call
    const { keepsNulls } = call.kind === 'folded' ? call.accumulator : call.multiset
    const seen = call.kind === 'folded' ? call.seen : undefined
    const filter = spec.filter === undefined ? undefined : chunk.columns[spec.filter]!
    const strict = spec.args.length > 0 && keepsNulls !== true
    const nulls = strict ? chunk.columns[spec.args[0]!]!.nulls : null
    const by = call.kind === 'gathered' ? (call.multiset.orderedBy ?? 0) : 0
    const nullsBy = by > 0 ? chunk.columns[spec.args[by]!]!.nulls : null
    if (filter === undefined && nulls === null && nullsBy === null && seen === undefined) return chunk.weights
    const { length } = chunk
    if (this.#own.length < length) {
      this.#own = new Int32Array(length)
      this.#numbers = new Int32Array(length)
    }
    const own = this.#own
    own.set(chunk.weights.subarray(0, length))
    for (const nullable of [nulls, nullsBy])
      if (nullable !== null) for (let i = 0; i < length; i++) if (nullable[i] === 1) own[i] = 0
    if (filter !== undefined) {
      const data = filter.data as Uint8Array
      for (let i = 0; i < length; i++) if (data[i] !== 1 || filter.nulls?.[i] === 1) own[i] = 0
    }
    if (seen === undefined) return own
    const numbers = this.#numbers
    const values = spec.args.map(i => chunk.columns[i]!)
    const grouped = seen.values.columns.length > values.length
    const columns = grouped ? [{ type: INT4, data: groups, nulls: null }, ...values] : values
    const keys = columns.map((_, k) => k)
    seen.values.findOrAdd({ columns, weights: chunk.weights, length }, keys, numbers)
    if (seen.counted.length < seen.values.count) {
      const counted = new Uint8Array(seen.values.count * 2)
      counted.set(seen.counted)
      seen.counted = counted
    }
    for (let i = 0; i < length; i++) {
      if (own[i] === 0) continue
      own[i] = 1 - seen.counted[numbers[i]!]!
      seen.counted[numbers[i]!] = 1
    }
    return own
  }
}
