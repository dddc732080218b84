import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { byteLengths, ColumnBuffer } from '../../storage/column-buffer.ts'
import { CHUNK_ROWS, type Chunk } from '../../types/chunk.ts'
import type { AggregateCall, OperatorSpec } from '../../types/job.ts'
import type { Accumulator } from '../aggregates/contract.ts'
import { createAggregate } from '../aggregates/index.ts'
import type { Operator, OperatorContext } from '../contract.ts'
import { GroupIndex } from './group-index.ts'
import { endsPiece, inPieces } from './in-pieces.ts'

type Spec = Extract<OperatorSpec, { kind: 'aggregate' }>

interface Call {
  readonly spec: AggregateCall
  readonly accumulator: Accumulator
  readonly state: readonly ColumnBuffer[]
  readonly seen: Seen | undefined
  /** Its state is another call's, which fills it. */
  readonly follows: boolean
}

/** Of a DISTINCT call: values by group, and which of them were counted. */
interface Seen {
  readonly values: GroupIndex
  counted: Uint8Array
}

/**
 * GROUP BY of a query over rows that are never taken back: groups are numbered, their accumulators filled, and all leave at the
 * end. undefined: a call needs its rows again in order, or rows may be taken back.
 */
export function batchAggregate(spec: Spec, context: OperatorContext): Operator | undefined {
  if (!context.appendOnly(0)) return undefined
  const input = context.inputs[0]!
  const calls: Call[] = []
  for (const call of spec.calls) {
    const types = call.args.map(arg => input[arg]!.type)
    const made = createAggregate(call.fn, types, true, true)
    if (made.kind !== 'accumulator') return undefined
    const twin = calls.find(other => other.accumulator.update === made.update && sameRows(other.spec, call))
    if (twin !== undefined) {
      calls.push({ ...twin, spec: call, accumulator: made, follows: true })
      continue
    }
    const state = made.state.map(({ type }) => new ColumnBuffer(type))
    const keys = [...spec.groups, ...call.args].map(i => input[i]!)
    const seen =
      call.distinct && call.args.length > 0
        ? { values: new GroupIndex(keys), counted: new Uint8Array(64) }
        : undefined
    calls.push({ spec: call, accumulator: made, state, seen, follows: false })
  }
  const groups = new GroupIndex(spec.groups.map(i => input[i]!))
  const types = [...spec.groups.map(i => input[i]!.type), ...spec.calls.map(call => call.type)]
  const scratch = new Weights()
  let ids = new Int32Array(0)
  let initialised = 0

  const initialise = (): void => {
    for (const { accumulator, state, follows } of calls)
      for (let k = 0; !follows && k < state.length; k++) {
        const column = state[k]!
        column.reserve(groups.count)
        for (let id = initialised; id < groups.count; id++) column.set(id, accumulator.state[k]!.initial)
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
        if (call.follows) continue
        const args = call.spec.args.map(i => chunk.columns[i]!)
        call.accumulator.update(call.state, ids, args, scratch.of(call, spec.groups, chunk), chunk.length)
      }
    },
    bytes() {
      let sum = groups.bytes
      for (const { state, seen } of calls) sum += byteLengths(state) + (seen?.values.bytes ?? 0)
      return sum
    },
    ...inPieces('batch', function* (emit) {
      if (spec.groups.length === 0 && groups.count === 0) {
        groups.count = 1
        initialise()
      }
      const out = new ChunkBuilder(types, emit)
      for (let id = 0; id < groups.count; id++) {
        const at = out.length
        out.copyRow(0, groups.columns, id)
        for (let i = 0; i < calls.length; i++)
          calls[i]!.accumulator.output(calls[i]!.state, id, out.columns[groups.columns.length + i]!, at)
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

  /** Valid until the next call. */
  of({ spec, accumulator, seen }: Call, groups: readonly number[], chunk: Chunk): Int32Array {
    const filter = spec.filter === undefined ? undefined : chunk.columns[spec.filter]!
    const strict = spec.args.length > 0 && accumulator.keepsNulls !== true
    const nulls = !strict ? null : chunk.columns[spec.args[0]!]!.nulls
    if (filter === undefined && nulls === null && seen === undefined) return chunk.weights
    const { length } = chunk
    if (this.#own.length < length) {
      this.#own = new Int32Array(length)
      this.#numbers = new Int32Array(length)
    }
    const own = this.#own
    own.set(chunk.weights.subarray(0, length))
    if (nulls !== null) for (let i = 0; i < length; i++) if (nulls[i] === 1) own[i] = 0
    if (filter !== undefined) {
      const data = filter.data as Uint8Array
      for (let i = 0; i < length; i++) if (data[i] !== 1 || filter.nulls?.[i] === 1) own[i] = 0
    }
    if (seen === undefined) return own
    const numbers = this.#numbers
    seen.values.findOrAdd(chunk, [...groups, ...spec.args], numbers)
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
