import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import { assert, SqlError } from '../../types/error.ts'
import { INT8 } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { rowsOf } from '../functions/index.ts'

/** Each row with the values of its set-returning calls side by side, shorter ones padded with NULLs. */
export const projectSet: OperatorKind<'project-set'> = {
  kind: 'project-set',
  create(spec, context) {
    const input = context.inputs[0]!
    const calls = spec.calls.map(call => {
      assert(call.kind === 'call', 'project-set: the planner hands in calls')
      const types = call.args.map(arg => arg.type)
      return {
        ...rowsOf(call.fn, types, call.type),
        args: call.args.length === 0 ? undefined : context.compile(call.args, input),
        type: call.type,
      }
    })
    const types = [...input.map(f => f.type), ...calls.map(c => c.type), ...(spec.ordinality ? [INT8] : [])]
    const ordinality = input.length + calls.length
    /** In a stream a call that fails has no rows, and its error is reported. */
    const listed = (rows: (...actual: never[]) => Iterable<Value>, actual: Value[]): Value[] => {
      try {
        return [...rows(...(actual as never[]))]
      } catch (error) {
        if (context.mode === 'batch' || !(error instanceof SqlError)) throw error
        context.reportError(error)
        return []
      }
    }
    let emitTo: Emit = () => {}
    const out = new ChunkBuilder(types, chunk => emitTo(chunk))

    return {
      tables: [],
      push(_port, chunk, emit) {
        emitTo = emit
        // A projection's output is borrowed until its next run, so every call's values are made first.
        const lists = calls.map(({ rows: run, strict, args }): Value[][] => {
          const evaluated = args?.(chunk)
          const rows: Value[][] = []
          for (let row = 0; row < chunk.length; row++) {
            const actual =
              evaluated === undefined ? [] : evaluated.columns.map(column => cellValue(column, row))
            rows.push(strict && actual.includes(null) ? [] : listed(run, actual))
          }
          return rows
        })
        for (let row = 0; row < chunk.length; row++) {
          const longest = lists.reduce((most, list) => Math.max(most, list[row]!.length), 0)
          const count = longest === 0 && spec.outer ? 1 : longest
          for (let n = 0; n < count; n++) {
            out.copyRow(0, chunk.columns, row)
            for (let c = 0; c < calls.length; c++)
              out.columns[input.length + c]!.set(out.length, lists[c]![row]![n] ?? null)
            if (spec.ordinality)
              out.columns[ordinality]!.set(out.length, longest === 0 ? null : BigInt(n + 1))
            out.push(chunk.weights[row]!)
          }
        }
        out.flush()
      },
    }
  },
}
