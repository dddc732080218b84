import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { ColumnBuffer } from '../../storage/column-buffer.ts'
import { equalCells } from '../../storage/compare-cells.ts'
import type { StateTable } from '../../storage/state-table.ts'
import type { Chunk, Column } from '../../types/chunk.ts'
import { assert, SqlError } from '../../types/error.ts'
import type { AggregateCall, OperatorSpec } from '../../types/job.ts'
import { INT8, physical, type Schema, type Type } from '../../types/type.ts'
import type { Accumulator, Multiset } from '../aggregates/contract.ts'
import { createAggregate } from '../aggregates/index.ts'
import type { Emit, OperatorContext, OperatorKind } from '../contract.ts'
import { boundsOf } from '../watermarks/marks.ts'
import { callOrder } from './call-order.ts'
import { endsPiece, inPieces } from './in-pieces.ts'

type Spec = Extract<OperatorSpec, { kind: 'aggregate' }>

/** State of one call: accumulator columns of the groups table, or a bag of arguments (also for DISTINCT). */
interface Call {
  readonly spec: AggregateCall
  readonly args: readonly number[]
  readonly strict: boolean
  readonly accumulator: Accumulator | undefined
  readonly multiset: Multiset | undefined
  /** First state column in the groups table, and how many. */
  readonly from: number
  readonly count: number
  readonly bag: StateTable | undefined
}

/**
 * GROUP BY. State: `groups`, keyed by the group columns, with the row count and accumulator columns; one bag per call
 * that needs its rows again (DISTINCT, retractable min and max, ordered calls). The first touch of a group in an epoch
 * copies what was emitted for it; the barrier emits at most one retraction and one insertion a group.
 */
export const aggregate: OperatorKind<'aggregate'> = {
  kind: 'aggregate',
  create(spec, context) {
    const input = context.inputs[0]!
    const { groups, calls } = declareState(spec, input, context)
    const groupCount = spec.groups.length
    const keys = spec.groups.map((_, i) => i)
    const outTypes = [...spec.groups.map(i => input[i]!.type), ...spec.calls.map(call => call.type)]
    const old = new ChunkBuilder(outTypes)
    let oldWeights: number[] = []
    let touched: number[] = []
    let isTouched = new Uint8Array(64)
    let ids = new Int32Array(0)
    let emitted = false

    const initialise = (id: number): void => {
      const rows = groups.columns[groupCount]!
      rows.set(id, 0n)
      for (const call of calls) {
        const state = call.accumulator?.state ?? []
        for (let i = 0; i < state.length; i++) groups.columns[call.from + i]!.set(id, state[i]!.initial)
      }
    }

    const writeOutput = (to: ChunkBuilder, id: number): void => {
      const at = to.length
      for (let i = 0; i < groupCount; i++) to.columns[i]!.copy(at, groups.columns[i]!, id)
      for (let i = 0; i < calls.length; i++) {
        const call = calls[i]!
        const out = to.columns[groupCount + i]!
        try {
          if (call.accumulator !== undefined)
            call.accumulator.output(groups.columns.slice(call.from, call.from + call.count), id, out, at)
          else out.set(at, multisetValue(call, groups, id, keys))
        } catch (error) {
          // As any value of a stream that fails, it is NULL there.
          if (context.mode === 'batch' || !(error instanceof SqlError)) throw error
          context.reportError(error)
          out.set(at, null)
        }
      }
    }

    const touch = (id: number): void => {
      if (id >= isTouched.length) {
        const wider = new Uint8Array(groups.weights.length)
        wider.set(isTouched)
        isTouched = wider
      }
      if (isTouched[id] === 1) return
      isTouched[id] = 1
      groups.markDirty(id)
      touched.push(id)
      const known = groups.columns[groupCount]!.i64[id]! > 0n || (groupCount === 0 && emitted)
      if (known) writeOutput(old, id)
      else old.nullRow(0, outTypes.length)
      old.push(1)
      oldWeights.push(known ? 1 : 0)
    }

    const onlyRow: Chunk = { columns: [], weights: new Int32Array([1]), length: 1 }
    const ensureOnlyRow = (): void => {
      if (groupCount > 0 || groups.size > 0) return
      groups.findOrAdd(onlyRow, [], new Int32Array(1), initialise)
      touch(groups.find(onlyRow, 0, []))
    }

    return {
      tables: [groups, ...calls.flatMap(call => (call.bag === undefined ? [] : [call.bag]))],

      push(_port, chunk) {
        ensureOnlyRow()
        if (ids.length < chunk.length) ids = new Int32Array(Math.max(chunk.length, 4096))
        groups.findOrAdd(chunk, spec.groups, ids, initialise)
        for (let i = 0; i < chunk.length; i++) touch(ids[i]!)
        const rows = groups.columns[groupCount]!.i64
        for (let i = 0; i < chunk.length; i++) rows[ids[i]!] = rows[ids[i]!]! + BigInt(chunk.weights[i]!)
        for (const call of calls) updateCall(call, spec.groups, groups, ids, chunk)
      },

      ...inPieces(context.mode, emitGroups),

      marks([marks]) {
        const own = spec.groups.map(i => marks![i])
        const bounds = boundsOf(own)
        groups.expire(bounds)
        for (const { bag } of calls) bag?.expire(bounds)
        return own
      },

      restored() {
        emitted = groups.size > 0
      },
    }

    function* emitGroups(emit: Emit): Generator<void> {
      ensureOnlyRow()
      if (touched.length === 0) return
      const out = new ChunkBuilder(outTypes, emit)
      const now = new ChunkBuilder(outTypes)
      for (let i = 0; i < touched.length; i++) {
        if (endsPiece(i)) yield
        const id = touched[i]!
        isTouched[id] = 0
        const count = groups.columns[groupCount]!.i64[id]!
        assert(count >= 0n, 'aggregate: no group has fewer than no rows at a barrier')
        const alive = count > 0n || groupCount === 0
        if (alive) writeOutput(now, id)
        const known = oldWeights[i] === 1
        if (known && alive && sameRow(old.columns, i, now.columns)) {
          reset(now)
          continue
        }
        if (known) {
          out.copyRow(0, old.columns, i)
          out.push(-1)
        }
        if (alive) {
          out.copyRow(0, now.columns, 0)
          out.push(1)
        } else groups.remove(id)
        reset(now)
      }
      out.flush()
      touched = []
      oldWeights = []
      reset(old)
      emitted = true
    }
  },
}

function reset(builder: ChunkBuilder): void {
  builder.length = 0
  for (const column of builder.columns) column.clear()
}

function declareState(
  spec: Spec,
  input: Schema,
  context: OperatorContext,
): { groups: StateTable; calls: readonly Call[] } {
  const groupFields = spec.groups.map((column, i) => ({ name: `g${i}`, type: input[column]!.type }))
  const schema = [...groupFields, { name: 'rows', type: INT8 }]
  const key = groupFields.map((_, i) => i)
  const calls = spec.calls.map((call, index): Call => {
    const types = call.args.map(arg => input[arg]!.type)
    const made = createAggregate(call.fn, types, context.appendOnly(0), false, call.presentScale)
    const multiset = made.kind === 'multiset' ? made : undefined
    const accumulator = made.kind === 'accumulator' ? made : undefined
    const from = schema.length
    accumulator?.state.forEach((state, i) => {
      schema.push({ name: `s${index}_${i}`, type: state.type })
    })
    return {
      spec: call,
      args: call.args,
      strict: call.args.length > 0 && made.keepsNulls !== true,
      accumulator,
      multiset,
      from,
      count: accumulator?.state.length ?? 0,
      bag:
        multiset === undefined && (!call.distinct || call.args.length === 0)
          ? undefined
          : declareBag(call, index, multiset, groupFields, types, input, context),
    }
  })
  const groups = context.table('groups', { schema, mode: 'keyed', key, shard: key, indexes: [] })
  return { groups, calls }
}

/** Rows of the bag: group columns, arguments, ORDER BY columns. */
function declareBag(
  call: AggregateCall,
  index: number,
  multiset: Multiset | undefined,
  groupFields: Schema,
  types: readonly Type[],
  input: Schema,
  context: OperatorContext,
): StateTable {
  const prefix = groupFields.map((_, i) => i)
  const sorted = call.order ?? []
  const schema = [
    ...groupFields,
    ...types.map((type, i) => ({ name: `a${i}`, type })),
    ...sorted.map((order, i) => ({ name: `o${i}`, type: input[order.column]!.type })),
  ]
  const order = callOrder(call, multiset, groupFields.length)
  return context.table(`call${index}`, {
    schema,
    mode: 'bag',
    ...(call.distinct ? { forms: 'merged' as const } : {}),
    key: [],
    shard: prefix,
    indexes: multiset === undefined ? [] : [{ kind: 'ordered', prefix, order }],
  })
}

let scratchWeights = new Int32Array(4096)

function updateCall(
  call: Call,
  groupColumns: readonly number[],
  groups: StateTable,
  ids: Int32Array,
  chunk: Chunk,
): void {
  const weights = countingWeights(call, chunk)
  if (call.bag !== undefined) {
    const columns = [
      ...groupColumns.map(i => chunk.columns[i]!),
      ...call.args.map(i => chunk.columns[i]!),
      ...(call.spec.order ?? []).map(o => chunk.columns[o.column]!),
    ]
    const row = { columns }
    // A distinct accumulator sees a row only when its multiplicity leaves or reaches zero.
    const distinct = call.multiset === undefined ? own(weights, chunk.length) : undefined
    for (let i = 0; i < chunk.length; i++) {
      const weight = weights[i]!
      if (weight === 0) continue
      const before = distinct === undefined ? 0 : call.bag.weightOf(row, i)
      call.bag.add(row, i, weight)
      if (distinct !== undefined) distinct[i] = (before + weight > 0 ? 1 : 0) - (before > 0 ? 1 : 0)
    }
    if (distinct !== undefined) accumulate(call, groups, ids, chunk, distinct)
  } else accumulate(call, groups, ids, chunk, weights)
}

function accumulate(
  call: Call,
  groups: StateTable,
  ids: Int32Array,
  chunk: Chunk,
  weights: Int32Array,
): void {
  const state: ColumnBuffer[] = groups.columns.slice(call.from, call.from + call.count)
  const args: Column[] = call.args.map(i => chunk.columns[i]!)
  call.accumulator!.update(state, ids, args, weights, chunk.length)
}

/** Weights with 0 for rows that FILTER drops or whose argument is NULL. Valid until the next call. */
function countingWeights(call: Call, chunk: Chunk): Int32Array {
  const filter = call.spec.filter === undefined ? undefined : chunk.columns[call.spec.filter]!
  const nulls = call.strict ? chunk.columns[call.args[0]!]!.nulls : null
  const by = call.multiset?.orderedBy ?? 0
  const nullsBy = by > 0 ? chunk.columns[call.args[by]!]!.nulls : null
  if (filter === undefined && nulls === null && nullsBy === null) return chunk.weights
  const weights = own(chunk.weights, chunk.length)
  for (const nullable of [nulls, nullsBy])
    if (nullable !== null) for (let i = 0; i < chunk.length; i++) if (nullable[i] === 1) weights[i] = 0
  if (filter !== undefined) {
    const data = filter.data as Uint8Array
    for (let i = 0; i < chunk.length; i++) if (data[i] !== 1 || filter.nulls?.[i] === 1) weights[i] = 0
  }
  return weights
}

function own(weights: Int32Array, length: number): Int32Array {
  if (weights === scratchWeights) return weights
  if (scratchWeights.length < length) scratchWeights = new Int32Array(length)
  for (let i = 0; i < length; i++) scratchWeights[i] = weights[i]!
  return scratchWeights
}

function multisetValue(call: Call, groups: StateTable, id: number, keys: readonly number[]) {
  const bag = call.bag!
  const ids: number[] = []
  const times: number[] = []
  const firstOnly = call.multiset!.firstOnly
  bag
    .orderedIndex(0)
    .rows(groups, id, keys)
    ?.walk(row => {
      const weight = bag.weights[row]!
      assert(weight > 0, 'aggregate: arguments are not negative at a barrier')
      ids.push(row)
      times.push(call.spec.distinct ? 1 : weight)
      return !firstOnly
    })
  return call.multiset!.output(
    bag,
    call.args.map((_, i) => keys.length + i),
    ids,
    times,
  )
}

/** Equal in value and in shape: 1.0 and 1.00 are not the same. */
function sameRow(old: readonly Column[], row: number, now: readonly Column[]): boolean {
  for (let i = 0; i < old.length; i++) {
    if (!equalCells(old[i]!, row, now[i]!, 0)) return false
    if (physical(old[i]!.type) !== 'values' || old[i]!.type.name !== 'numeric') continue
    const before = (old[i]!.data as ({ scale: number } | null)[])[row]
    const after = (now[i]!.data as ({ scale: number } | null)[])[0]
    if (before?.scale !== after?.scale) return false
  }
  return true
}
