import { ChunkBuilder, chunkOf } from '../../storage/chunk-builder.ts'
import { INT8 } from '../../types/type.ts'
import type { Emit, Operator, OperatorKind } from '../contract.ts'
import { marksOfUnion } from '../watermarks/marks.ts'
import { risingMark } from '../watermarks/rising-marks.ts'

const pass = (): Operator => ({
  tables: [],
  push: (_port, chunk, emit) => emit(chunk),
  marks: marksOfUnion,
})

/** Changelog of another relation, handed in by the engine. Columns that the relation got later are not passed on. */
export const input: OperatorKind<'input'> = {
  kind: 'input',
  create: ({ schema }) => ({
    tables: [],
    push(_port, chunk, emit) {
      const { columns, weights, length } = chunk
      const known = columns.length === schema.length
      emit(known ? chunk : { columns: columns.slice(0, schema.length), weights, length })
    },
    marks: ([marks]) => marks!.slice(0, schema.length),
  }),
}

/** Rows from a reader or from DML, handed in by the engine. */
export const source: OperatorKind<'source'> = { kind: 'source', create: pass }

/** UNION ALL. */
export const union: OperatorKind<'union'> = { kind: 'union', create: pass }

/** Drops what takes rows back. */
export const insertions: OperatorKind<'insertions'> = {
  kind: 'insertions',
  create: (_spec, context) => {
    const out = new ChunkBuilder(context.inputs[0]!.map(field => field.type))
    return {
      tables: [],
      push(_port, chunk, emit) {
        for (let row = 0; row < chunk.length; row++) {
          if (chunk.weights[row]! <= 0) continue
          out.copyRow(0, chunk.columns, row)
          out.push(chunk.weights[row]!)
        }
        const kept = out.take()
        if (kept !== undefined) emit(kept)
      },
      marks: marksOfUnion,
    }
  },
}

/** Filter and projection in one generated loop. */
export const project: OperatorKind<'project'> = {
  kind: 'project',
  create(spec, context) {
    const [schema] = context.inputs
    const run = context.compile(spec.columns, schema!, spec.predicate)
    const rising = spec.columns.map(e => risingMark(e, schema!, context.compile))
    return {
      tables: [],
      push(_port, chunk, emit) {
        const out = run(chunk)
        if (out !== undefined && out.length > 0) emit(out)
      },
      marks: ([marks]) => rising.map(mark => mark?.(marks!)),
    }
  },
}

/** Constant rows at the first barrier of the job's life; state remembers that they were emitted. */
export const values: OperatorKind<'values'> = {
  kind: 'values',
  create(spec, context) {
    const done = context.table('emitted', {
      schema: [{ name: 'rows', type: INT8 }],
      mode: 'append',
      key: [],
      shard: [],
      indexes: [],
    })
    return {
      tables: [done],
      push() {},
      barrier(emit: Emit) {
        if (done.size > 0) return
        done.insert(chunkOf([INT8], [[BigInt(spec.rows.length)]]), 0)
        const types = spec.schema.map(field => field.type)
        if (spec.rows.length > 0) emit(chunkOf(types, spec.rows))
      },
    }
  },
}
