import { ChunkBuilder } from '../../storage/chunk-builder.ts'
import type { TableMode } from '../../storage/contract.ts'
import { DeltaTable } from '../../storage/delta-table.ts'
import { StateTable } from '../../storage/state-table.ts'
import type { Chunk } from '../../types/chunk.ts'
import type { Order, RelationId } from '../../types/job.ts'
import type { Schema } from '../../types/type.ts'
import type { Operator, OperatorContext, OperatorKind } from '../contract.ts'

/** An operator whose epoch's net change is the relation's changelog. */
export interface Terminal extends Operator {
  /** Net change of the epoch, removals before insertions; owned by the receiver. The seal yields the same chunks. */
  takeDelta(): readonly Chunk[]
}

interface Target {
  readonly relation: RelationId
  readonly schema: Schema
  readonly key: readonly number[]
}

/** The relation's rows; keeps the current epoch only. The barrier emits the net change to readers of the relation. */
export const materialize: OperatorKind<'materialize'> = {
  kind: 'materialize',
  create: (spec, context) => terminal(spec, spec.mode, context, spec.order),
}

/** The sink's log: the epoch's net change. */
export const sink: OperatorKind<'sink'> = {
  kind: 'sink',
  create(spec, context) {
    const own = terminal(spec, 'log', context)
    const { merged } = spec
    if (merged === undefined) return own
    return {
      ...own,
      barrier(emit) {
        for (const chunk of withoutReplaced(own.takeDelta(), spec.schema, merged)) emit(chunk)
      },
    }
  },
}

/** Name of the table of a terminal node. */
export function rowsTable(relation: RelationId, node: number): string {
  return `${relation}/${node}/rows`
}

function terminal(
  { relation, schema, key }: Target,
  mode: TableMode,
  context: OperatorContext,
  order?: readonly Order[],
): Terminal {
  const rows = new DeltaTable({
    id: rowsTable(relation, context.node.id),
    schema,
    mode,
    key,
    shard: key,
    indexes: order === undefined ? [] : [{ kind: 'ordered', prefix: [], order }],
  })
  return {
    tables: [rows],
    takeDelta: () => rows.takeDelta(),
    push(_port, chunk) {
      rows.collect(chunk)
    },
    barrier(emit) {
      for (const chunk of rows.takeDelta()) emit(chunk)
    },
    marks: ([marks]) => marks!,
  }
}

/** The change without removals of keys that have a new row. */
function withoutReplaced(chunks: readonly Chunk[], schema: Schema, key: readonly number[]): readonly Chunk[] {
  const table = { id: '', schema, key, shard: [], indexes: [] } as const
  const coming = new StateTable({ ...table, mode: 'keyed' }, false)
  for (const chunk of chunks)
    for (let row = 0; row < chunk.length; row++) if (chunk.weights[row]! > 0) coming.insert(chunk, row)
  const out = new ChunkBuilder(schema.map(field => field.type))
  for (const chunk of chunks)
    for (let row = 0; row < chunk.length; row++) {
      if (chunk.weights[row]! < 0 && coming.find(chunk, row) !== -1) continue
      out.copyRow(0, chunk.columns, row)
      out.push(chunk.weights[row]!)
    }
  const left = out.take()
  return left === undefined ? [] : [left]
}
