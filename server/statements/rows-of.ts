import { chunkOf } from '../../storage/chunk-builder.ts'
import { type Schema, TEXT } from '../../types/type.ts'
import type { Value } from '../../types/value.ts'
import type { Prepared } from './contract.ts'

/** A statement that yields rows of text, made when it runs. */
export function rowsOf(
  names: readonly string[],
  make: () => readonly (readonly Value[])[] | Promise<readonly (readonly Value[])[]>,
  tag = (count: number) => `SELECT ${count}`,
): Prepared {
  const schema: Schema = names.map(name => ({ name, type: TEXT }))
  const types = names.map(() => TEXT)
  return {
    schema,
    parameters: [],
    async run() {
      const rows = await make()
      return { tag, rows: [chunkOf(types, rows)] }
    },
  }
}
