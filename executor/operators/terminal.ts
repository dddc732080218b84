import type { TableMode } from '../../storage/contract.ts'
import { DeltaTable } from '../../storage/delta-table.ts'
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
  create: (spec, context) => terminal(spec, 'log', context),
}

function terminal(
  { relation, schema, key }: Target,
  mode: TableMode,
  context: OperatorContext,
  order?: readonly Order[],
): Terminal {
  const rows = new DeltaTable({
    id: `${relation}/${context.node.id}/rows`,
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
