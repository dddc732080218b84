import { chunkOf } from '../../storage/chunk-builder.ts'
import type { RowId } from '../../storage/contract.ts'
import type { StateTable } from '../../storage/state-table.ts'
import type { Order } from '../../types/job.ts'
import { type Field, INT4, type Schema } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { OperatorContext } from '../contract.ts'

/** A few values by small number, kept like any state. */
export interface KeptValues {
  readonly table: StateTable
  /** Row of the table whose second column holds the value; -1: none was set. */
  id(key: number): RowId
  /** undefined: none was set. */
  get(key: number): Value | undefined
  set(key: number, value: Value): void
}

/** `key`: name of the column of the numbers. */
export function keptValues(
  context: Pick<OperatorContext, 'table'>,
  role: string,
  key: string,
  value: Field,
): KeptValues {
  const table = context.table(role, {
    schema: [{ name: key, type: INT4 }, value],
    mode: 'keyed',
    key: [0],
    shard: [],
    indexes: [],
  })
  const idOf = (number: number): RowId => table.find(chunkOf([INT4], [[number]]), 0, [0])
  return {
    table,
    id: idOf,
    get(number) {
      const id = idOf(number)
      return id === -1 ? undefined : table.valueAt(id, 1)
    },
    set(number, of) {
      table.insert(chunkOf([INT4, value.type], [[number, of]]), 0)
    },
  }
}

/** Rows of an operator in the order of each partition. */
export function orderedRows(
  context: Pick<OperatorContext, 'table'>,
  schema: Schema,
  partition: readonly number[],
  order: readonly Order[],
): StateTable {
  return context.table('rows', {
    schema,
    mode: 'bag',
    key: [],
    shard: partition,
    indexes: [{ kind: 'ordered', prefix: partition, order }],
  })
}

/** Rows in the order of one of their columns: those that wait for its value to be reached. */
export function rowsByTime(
  context: Pick<OperatorContext, 'table'>,
  schema: Schema,
  column: number,
): StateTable {
  return orderedRows(context, schema, [], [{ column, descending: false, nullsFirst: false }])
}
