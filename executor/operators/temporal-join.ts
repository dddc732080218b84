import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { Chunk, Column } from '../../types/chunk.ts'
import type { OperatorKind } from '../contract.ts'

/**
 * A row of the left side meets the right side's rows as they are when it comes; later changes of the right side leave
 * the result alone. State: the right rows by key; for a left side that takes rows back also the pairs made, by left row
 * (which the planner makes unique), so that what a row brought leaves with it.
 */
export const temporalJoin: OperatorKind<'temporal-join'> = {
  kind: 'temporal-join',
  create(spec, context) {
    const [left, right] = [context.inputs[0]!, context.inputs[1]!]
    const schema = [...left, ...right]
    const versions = context.table('versions', {
      schema: right,
      mode: 'bag',
      key: [],
      shard: spec.rightKeys,
      indexes: [{ kind: 'hash', columns: spec.rightKeys }],
    })
    const ofLeft = left.map((_, i) => i)
    const pairs = context.appendOnly(0)
      ? undefined
      : context.table('pairs', {
          schema,
          mode: 'bag',
          key: [],
          shard: spec.leftKeys,
          indexes: [{ kind: 'hash', columns: ofLeft }],
        })
    const holds =
      spec.residual === undefined
        ? undefined
        : context.compile(
            schema.map((field, index) => ({ kind: 'column', index, type: field.type })),
            schema,
            spec.residual,
          )
    const types = schema.map(field => field.type)
    let emitTo: (chunk: Chunk) => void = () => {}
    const out = new ChunkBuilder(types, chunk => {
      if (pairs !== undefined) for (let i = 0; i < chunk.length; i++) pairs.add(chunk, i, chunk.weights[i]!)
      emitTo(chunk)
    })
    const candidates = new ChunkBuilder(types, undefined, Number.MAX_SAFE_INTEGER)

    const pair = (to: ChunkBuilder, chunk: Chunk, row: number, from: readonly Column[], other: number) => {
      to.copyRow(0, chunk.columns, row)
      to.copyRow(left.length, from, other)
    }

    const canMatch = (chunk: Chunk, row: number): boolean =>
      spec.leftKeys.every((key, i) => spec.nullSafe[i] === true || chunk.columns[key]!.nulls?.[row] !== 1)

    /** Emits the row with its matches; how many there were. */
    const matched = (chunk: Chunk, row: number): number => {
      if (!canMatch(chunk, row)) return 0
      const index = versions.hashIndex(0)
      let count = 0
      for (let id = index.first(chunk, row, spec.leftKeys); id !== -1; id = index.next(id), count++) {
        const weight = chunk.weights[row]! * versions.weights[id]!
        const to = holds === undefined ? out : candidates
        pair(to, chunk, row, versions.columns, id)
        to.push(weight)
      }
      if (holds === undefined || count === 0) return count
      const kept = holds(candidates.take()!)
      if (kept === undefined) return 0
      for (let i = 0; i < kept.length; i++) {
        out.copyRow(0, kept.columns, i)
        out.push(kept.weights[i]!)
      }
      return kept.length
    }

    const takeBack = (chunk: Chunk, row: number): void => {
      const index = pairs!.hashIndex(0)
      const found: number[] = []
      for (let id = index.first(chunk, row, ofLeft); id !== -1; id = index.next(id)) found.push(id)
      for (const id of found) {
        out.copyRow(0, pairs!.columns, id)
        out.push(-pairs!.weights[id]!)
      }
      out.flush()
    }

    return {
      tables: pairs === undefined ? [versions] : [versions, pairs],

      push(port, chunk, emit) {
        emitTo = emit
        if (port === 1) {
          for (let row = 0; row < chunk.length; row++) versions.add(chunk, row, chunk.weights[row]!)
          return
        }
        for (let row = 0; row < chunk.length; row++) {
          if (chunk.weights[row]! < 0 && pairs !== undefined) {
            // What came before in this chunk is among the pairs first.
            out.flush()
            takeBack(chunk, row)
          } else if (matched(chunk, row) === 0 && spec.outer) {
            out.copyRow(0, chunk.columns, row)
            out.nullRow(left.length, right.length)
            out.push(chunk.weights[row]!)
          }
        }
        out.flush()
      },

      marks: ([marks]) => marks!,
    }
  },
}
