import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import { cellValue } from '../../storage/column-buffer.ts'
import type { Chunk } from '../../types/chunk.ts'
import { assert, SqlError } from '../../types/error.ts'
import type { Expression } from '../../types/job.ts'
import { INT8 } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Emit, OperatorKind } from '../contract.ts'
import { rowsOf } from '../functions/index.ts'
import { type Definition, isJavaScript } from '../javascript/definition.ts'
import { setFunction } from '../javascript/function.ts'
import { ownedChunk } from '../owned-chunk.ts'

/** Each row with the values of its set-returning calls side by side, shorter ones padded with NULLs. */
export const projectSet: OperatorKind<'project-set'> = {
  kind: 'project-set',
  create(spec, context) {
    const input = context.inputs[0]!
    const calls = spec.calls.map(call => {
      assert(call.kind === 'call', 'project-set: the planner hands in calls')
      const args = isJavaScript(call.fn) ? call.args.slice(1) : call.args
      return {
        ...rowsOfCall(call),
        args: args.length === 0 ? undefined : context.compile(args, input),
        type: call.type,
      }
    })
    const types = [...input.map(f => f.type), ...calls.map(c => c.type), ...(spec.ordinality ? [INT8] : [])]
    const ordinality = input.length + calls.length
    /** Rows of one call: made as they are read in a query; in a stream first, as a call that fails there has none. */
    const begin = (rows: (...actual: never[]) => Iterable<Value>, actual: Value[]): Iterator<Value> => {
      if (context.mode === 'batch') return rows(...(actual as never[]))[Symbol.iterator]()
      try {
        const all: Value[] = []
        for (const value of rows(...(actual as never[])))
          if (all.push(value) > STREAM_ROWS_MAX) throw tooManyRows()
        return all[Symbol.iterator]()
      } catch (error) {
        if (!(error instanceof SqlError)) throw error
        context.reportError(error)
        return NONE[Symbol.iterator]()
      }
    }
    let emitTo: Emit = () => {}
    const out = new ChunkBuilder(types, chunk => emitTo(chunk))

    /** Stops where a chunk of output is full. */
    function* expand(chunk: Chunk): Generator<void> {
      // A projection's output is borrowed until its next run, so every call's arguments are read first.
      const all = calls.map(({ rows, strict, args }): Iterator<Value>[] => {
        const evaluated = args?.(chunk)
        return Array.from({ length: chunk.length }, (_, row) => {
          const actual = evaluated?.columns.map(column => cellValue(column, row)) ?? []
          return strict && actual.includes(null) ? NONE[Symbol.iterator]() : begin(rows, actual)
        })
      })
      for (let row = 0; row < chunk.length; row++) {
        for (let n = 0; ; n++) {
          const values = all.map(of => of[row]!.next())
          const over = values.every(value => value.done === true)
          if (over && !(n === 0 && spec.outer)) break
          out.copyRow(0, chunk.columns, row)
          values.forEach((value, c) => {
            out.columns[input.length + c]!.set(out.length, value.done === true ? null : value.value)
          })
          if (spec.ordinality) out.columns[ordinality]!.set(out.length, over ? null : BigInt(n + 1))
          out.push(chunk.weights[row]!)
          if (out.length === 0) yield
          if (over) break
        }
      }
      out.flush()
    }

    if (context.mode === 'stream')
      return {
        tables: [],
        push(_port, chunk, emit) {
          emitTo = emit
          for (const _ of expand(chunk));
        },
        marks: ([marks]) => marks!,
      }
    const running: Generator<void>[] = []
    const resume = (emit: Emit): boolean => {
      emitTo = emit
      if (running[0]?.next().done) running.shift()
      return running.length > 0
    }
    return {
      tables: [],
      push(_port, chunk, emit) {
        running.push(expand(ownedChunk(chunk)))
        resume(emit)
      },
      resume,
    }
  },
}

function rowsOfCall(call: Extract<Expression, { kind: 'call' }>): ReturnType<typeof rowsOf> {
  const [definition] = call.args
  if (!isJavaScript(call.fn) || definition?.kind !== 'literal')
    return rowsOf(
      call.fn,
      call.args.map(arg => arg.type),
      call.type,
    )
  const json = definition.value as string
  return { strict: (JSON.parse(json) as Definition).strict, rows: setFunction(json) }
}

const NONE: readonly Value[] = []

/** Rows of one call in a stream, so that a mistaken bound neither fills the memory nor holds the thread. */
const STREAM_ROWS_MAX = 1_000_000

function tooManyRows(): SqlError {
  return new SqlError(
    'program_limit_exceeded',
    `a set-returning function made more than ${STREAM_ROWS_MAX} rows`,
  )
}
